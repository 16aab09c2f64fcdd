//! What the tests of tray and notifications look at.

use postern_console::api::accounts::{AccountSource, AccountView};
use postern_console::api::server::{FailureKind, ServerFailure, ServerState, ServerStatus};
use postern_protocol::account::State;

/// An account of this name in this state.
pub(crate) fn account(name: &str, status: State) -> AccountView {
    AccountView {
        upstream: "aistudio".into(),
        name: name.into(),
        email: None,
        source: AccountSource::SignIn,
        action: None,
        enabled: status != State::Off,
        weight: 1,
        priority: 0,
        proxy: None,
        status,
        pending: 0,
        models: None,
        cooldowns: Vec::new(),
        uses_today: 0,
        browser_running: false,
        browser_shown: false,
        browser: None,
        created_at: None,
        profile: String::new(),
        profile_bytes: None,
        memory_bytes: None,
        last_used_at: None,
        checked_at: None,
    }
}

/// A server in this state.
pub(crate) fn server(state: ServerState) -> ServerStatus {
    ServerStatus {
        state,
        configured: "127.0.0.1:2048".into(),
        open: false,
        beyond_loopback: false,
        version: "1".into(),
    }
}

/// A server that could not start.
pub(crate) fn failed(kind: FailureKind) -> ServerState {
    ServerState::Failed(ServerFailure { kind, why: "why".into(), holder: None, free_port: None })
}
