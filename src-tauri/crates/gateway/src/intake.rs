//! How what is asked comes in: it is handed on as it came to a provider that takes it so, and else read here.

use axum::extract::Request;
use axum::response::Response;
use postern_protocol::chat::{self, Failure, Part, Source};
use postern_protocol::dialect::{Asked, Dialect};
use postern_protocol::openai::{ImageCall, SpeechCall};
use postern_upstream::Operation;
use serde::Deserialize;

use crate::asking::Asking;
use crate::attempts::Attempts;
use crate::conversation::finish;
use crate::reject::Reject;
use crate::verbatim::{Parcel, hand_on};

/// What a route is asked for, before the body is read.
pub(crate) struct Inquiry {
    pub(crate) operation: Operation,
    /// The model, where the path names it.
    pub(crate) model: Option<String>,
}

impl From<Operation> for Inquiry {
    fn from(operation: Operation) -> Self {
        Self { operation, model: None }
    }
}

/// What became of it.
pub(crate) enum Intake<T> {
    /// It was handed on, and this is what came back.
    Answered(Response),
    /// It is to be answered here.
    Read(T, Attempts),
}

/// What decides who answers, and how.
pub(crate) struct Brief {
    pub(crate) model: String,
    /// Whether the answer comes in pieces.
    pub(crate) stream: bool,
    /// Something is asked for that is done here and not by a provider.
    pub(crate) ours: bool,
}

/// Something that was read from a body.
pub(crate) trait Wanted {
    fn brief(&self) -> Brief;

    /// The conversation, if it is one.
    fn request(&self) -> Option<&chat::Request> {
        None
    }
}

/// Takes in a request. What is not understood here may still be handed on: the provider may understand it.
pub(crate) async fn take_in<T: Wanted>(
    asking: Asking,
    request: Request,
    inquiry: Inquiry,
    read: impl FnOnce(&[u8]) -> Result<T, Failure>,
) -> Result<Intake<T>, Reject> {
    let headers = request.headers().clone();
    let body = asking.body(request).await?;
    let wanted = read(&body);
    let brief = match &wanted {
        Ok(wanted) => wanted.brief(),
        Err(failure) => inquiry.peek(&body).ok_or_else(|| failure.clone())?,
    };
    let visit = asking.visit.clone();
    visit.asked(&brief.model, brief.stream, body.clone());
    let mut attempts = Attempts::new(asking, &brief.model, brief.stream);
    if !brief.ours {
        let parcel = Parcel { operation: inquiry.operation, headers, body };
        let request = wanted.as_ref().ok().and_then(T::request);
        if let Some(answered) = hand_on(&mut attempts, parcel, request).await {
            return Ok(Intake::Answered(finish(answered, &visit)));
        }
    }
    Ok(Intake::Read(wanted?, attempts))
}

impl Inquiry {
    /// What a body says of itself that could not be read.
    fn peek(&self, body: &[u8]) -> Option<Brief> {
        #[derive(Deserialize)]
        struct Peek {
            model: Option<String>,
            #[serde(default)]
            stream: bool,
        }
        let peek: Peek = serde_json::from_slice(body).ok()?;
        let (model, stream) = match (&self.model, self.operation) {
            (Some(model), Operation::Generate { stream, .. }) => (model.clone(), stream),
            (Some(model), _) => (model.clone(), false),
            (None, _) => (peek.model?, peek.stream),
        };
        Some(Brief { model, stream, ours: false })
    }
}

impl Brief {
    /// For what comes as a whole and needs nothing of ours.
    pub(crate) fn whole(model: &str) -> Self {
        Self { model: model.to_owned(), stream: false, ours: false }
    }
}

impl Wanted for Asked {
    fn brief(&self) -> Brief {
        let ours = needs_us(&self.request, self.form.dialect());
        Brief { model: self.request.model.clone(), stream: self.stream, ours }
    }

    fn request(&self) -> Option<&chat::Request> {
        Some(&self.request)
    }
}

impl Wanted for SpeechCall {
    fn brief(&self) -> Brief {
        Brief::whole(&self.request.model)
    }
}

impl Wanted for ImageCall {
    fn brief(&self) -> Brief {
        Brief::whole(&self.request.model)
    }
}

/// Whether the request asks for something that no provider does by itself: a server that runs functions, files that are
/// beside the conversation or on this computer, thoughts that another provider has sealed.
fn needs_us(request: &chat::Request, dialect: Dialect) -> bool {
    let runs = request.mcp_endpoint.is_some() || request.tools.iter().any(|tool| tool.mcp_endpoint.is_some());
    let mut parts = request.messages.iter().flat_map(|message| &message.parts);
    runs || !request.attachments.is_empty() || parts.any(|part| is_foreign(part, dialect))
}

fn is_foreign(part: &Part, dialect: Dialect) -> bool {
    match part {
        Part::Signature(seal) | Part::Sealed(seal) => seal.meant_for(dialect).is_none(),
        Part::Image { source, .. }
        | Part::Audio { source }
        | Part::Video { source }
        | Part::File { source, .. } => is_here(source),
        Part::Text { .. }
        | Part::Reasoning { .. }
        | Part::Refusal { .. }
        | Part::ToolCall(_)
        | Part::ToolResult { .. } => false,
    }
}

/// Whether the bytes are on this computer.
fn is_here(source: &Source) -> bool {
    match source {
        Source::Url(url) => {
            let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
            !matches!(scheme.as_str(), "https" | "http" | "data" | "gs")
        }
        Source::Data { .. } | Source::FileId(_) => false,
    }
}
