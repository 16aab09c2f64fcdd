//! The private door: the console router, through which window and browser see and steer the house.
//!
//! In come requests under `/api` and `/console`: from the window in process, marked with [`Visitor::Window`],
//! and from a browser over HTTP after a login. Out go JSON answers described by one OpenAPI document, one
//! stream of events, and the console's pages. What the house lets the console do is the trait [`Desk`];
//! nothing here knows who fulfils it.

pub mod api;
mod asked;
mod console;
mod curl;
mod desk;
mod document;
mod guard;
mod login;
mod pages;
mod routes;
mod stream;
mod trial;
mod trouble;

pub use axum::Router;

pub use console::{Console, ConsoleConfig};
pub use desk::{
    Desk, EnrolmentDesk, Exports, NetworkDesk, PageDesk, ProxyDesk, RecordingDesk, UpstreamDesk, VaultDesk,
};
pub use document::{MARK, document};
pub use guard::Visitor;
pub use trouble::{Code, ErrorBody, ErrorDetail, Trouble};
