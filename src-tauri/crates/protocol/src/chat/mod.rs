//! The canonical chat: the one place where dialects, upstreams and everything that keeps or shows a
//! conversation meet. A dialect decodes into [`Request`], an upstream answers with [`Event`]s or one
//! [`Failure`], a dialect encodes those.

mod completion;
mod event;
mod failure;
mod request;

pub use completion::{Candidate, Completion, WholeCalls};
pub use event::{Event, Finish, Step, ToolMode, Usage};
pub use failure::{Failure, FailureKind};
pub use request::{
    Attachment, BlockFrom, Effort, Harm, MediaResolution, Message, Modality, Part, ProviderTools, Request,
    ResponseFormat, Role, Safety, Sampling, Source, Tool, ToolCall, ToolChoice, Wishes,
};
