//! What the console may see and do in this house, page by page.

mod accounts;
mod carry;
mod client_files;
mod enrolments;
mod network;
mod page;
mod proxy;
mod recording;
mod requests;
mod server;
mod settings;
mod system;
mod upstreams;
mod vault;

use std::sync::Arc;

use futures::future::BoxFuture;
use postern_console::api::accounts::{
    AccountChange, AccountDetail, AccountExport, AccountView, CooldownReset,
};
use postern_console::api::clients::{
    ClientApplied, ClientApply, ClientChoice, ClientId, ClientPreview, ClientView,
};
use postern_console::api::overview::QueueEntry;
use postern_console::api::server::ServerStatus;
use postern_console::api::settings::{SettingsChange, SettingsView};
use postern_console::api::system::{Bundle, Finding, LogPage, LogQuery, Storage, StorageKind};
use postern_console::{Code, Desk, Exports, Router, Trouble};
use postern_store::Conversations;
use tokio::sync::watch;
use tokio::task::JoinError;

use crate::house::rooms::Rooms;

/// The console's desk in this house.
#[derive(Clone)]
pub(crate) struct HouseDesk {
    rooms: Arc<Rooms>,
}

impl HouseDesk {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Self {
        Self { rooms }
    }
}

/// Does the work to its end, also when whoever asked for it goes away meanwhile: a page that is closed must not
/// leave a change half done.
fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Trouble>> + Send + 'static,
) -> BoxFuture<'static, Result<T, Trouble>> {
    Box::pin(async { tokio::spawn(work).await.unwrap_or_else(|error| Err(broke_off(&error))) })
}

fn broke_off(error: &JoinError) -> Trouble {
    tracing::error!(%error, "a job for the console broke off");
    Trouble::new(Code::Internal, "A defect of Postern; the log says more.")
}

impl Desk for HouseDesk {
    fn conversations(&self) -> Option<Conversations> {
        self.rooms.conversations.as_ref().ok().cloned()
    }

    fn exports(&self) -> Option<Exports> {
        let jobs = self.rooms.exports.clone()?;
        Some(Exports { jobs, folder: self.rooms.paths.exports() })
    }

    fn server(&self) -> ServerStatus {
        self.server_status()
    }

    fn server_changes(&self) -> watch::Receiver<u64> {
        self.rooms.server_changed.listen()
    }

    fn start(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>> {
        let desk = self.clone();
        to_the_end(async move { desk.start_server().await })
    }

    fn stop(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>> {
        Box::pin(self.stop_server())
    }

    fn restart(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>> {
        Box::pin(self.restart_server())
    }

    fn accounts(&self) -> Vec<AccountView> {
        self.rooms.roster.views()
    }

    fn account_changes(&self) -> watch::Receiver<u64> {
        self.rooms.roster.changes()
    }

    fn check_account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<AccountView, Trouble>> {
        Box::pin(self.rooms.roster.check(name))
    }

    fn change_account<'a>(
        &'a self,
        name: &'a str,
        change: AccountChange,
    ) -> BoxFuture<'a, Result<AccountView, Trouble>> {
        let (roster, name) = (self.rooms.roster.clone(), name.to_owned());
        to_the_end(async move { roster.change(&name, change).await })
    }

    fn remove_account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        let (roster, name) = (self.rooms.roster.clone(), name.to_owned());
        to_the_end(async move { roster.remove(&name).await })
    }

    fn account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<AccountDetail, Trouble>> {
        Box::pin(self.account_detail(name))
    }

    fn reset_cooldowns<'a>(
        &'a self,
        name: &'a str,
        reset: CooldownReset,
    ) -> BoxFuture<'a, Result<AccountView, Trouble>> {
        Box::pin(self.end_cooldowns(name, reset))
    }

    fn show_browser<'a>(&'a self, name: &'a str, shown: bool) -> BoxFuture<'a, Result<AccountView, Trouble>> {
        Box::pin(self.show(name, shown))
    }

    fn export_account<'a>(
        &'a self,
        name: &'a str,
        export: AccountExport,
    ) -> BoxFuture<'a, Result<Vec<u8>, Trouble>> {
        let (desk, name) = (self.clone(), name.to_owned());
        to_the_end(async move { desk.carry_out(&name, export).await })
    }

    fn queue(&self) -> Vec<QueueEntry> {
        self.queue_entries()
    }

    fn queue_changes(&self) -> watch::Receiver<u64> {
        self.rooms.gateway.queue_changes()
    }

    fn cancel(&self, id: &str) -> bool {
        self.rooms.gateway.cancel(id)
    }

    fn inside(&self) -> Router {
        self.rooms.gateway.inside()
    }

    fn inside_as_client(&self) -> Router {
        self.rooms.gateway.inside_as_client()
    }

    fn settings(&self) -> SettingsView {
        self.settings_view()
    }

    fn settings_changes(&self) -> watch::Receiver<u64> {
        self.rooms.settings_changed.listen()
    }

    fn change_settings(&self, change: SettingsChange) -> BoxFuture<'_, Result<SettingsView, Trouble>> {
        let desk = self.clone();
        to_the_end(async move {
            desk.rooms.change_settings(change).await?;
            Ok(desk.settings_view())
        })
    }

    fn logs(&self, query: &LogQuery) -> LogPage {
        self.rooms.logs.query(query)
    }

    fn log_changes(&self) -> watch::Receiver<u64> {
        self.rooms.logs.changes()
    }

    fn storage(&self) -> BoxFuture<'_, Result<Storage, Trouble>> {
        Box::pin(self.measure_storage())
    }

    fn clear_storage(&self, kind: StorageKind) -> BoxFuture<'_, Result<Storage, Trouble>> {
        Box::pin(self.clear(kind))
    }

    fn doctor(&self) -> BoxFuture<'_, Vec<Finding>> {
        Box::pin(self.examine())
    }

    fn make_bundle(&self) -> BoxFuture<'_, Result<Bundle, Trouble>> {
        Box::pin(self.pack_bundle())
    }

    fn read_bundle<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Trouble>> {
        Box::pin(self.unpacked_bundle(name))
    }

    fn clients(&self) -> BoxFuture<'_, Vec<ClientView>> {
        Box::pin(self.client_views())
    }

    fn preview_client(
        &self,
        client: ClientId,
        choice: ClientChoice,
    ) -> BoxFuture<'_, Result<ClientPreview, Trouble>> {
        Box::pin(self.preview(client, choice))
    }

    fn apply_client(
        &self,
        client: ClientId,
        apply: ClientApply,
    ) -> BoxFuture<'_, Result<ClientApplied, Trouble>> {
        Box::pin(self.apply(client, apply))
    }

    fn restore_client(&self, client: ClientId) -> BoxFuture<'_, Result<ClientApplied, Trouble>> {
        Box::pin(self.restore(client))
    }
}
