use std::path::PathBuf;

use axum::Router;
use futures::future::BoxFuture;
use postern_curation::export::Jobs;
use postern_protocol::page::PageReport;
use postern_store::Conversations;
use tokio::sync::watch;

use crate::Trouble;
use crate::api::accounts::{AccountChange, AccountDetail, AccountExport, AccountView, CooldownReset};
use crate::api::clients::{ClientApplied, ClientApply, ClientChoice, ClientId, ClientPreview, ClientView};
use crate::api::enrolments::{EnrolmentChoices, EnrolmentView, ImportStart, SignInStart};
use crate::api::network::{NetworkReport, NetworkTest};
use crate::api::overview::QueueEntry;
use crate::api::page::PageView;
use crate::api::proxy::{DomainAllow, ProxyView};
use crate::api::recording::RecordingView;
use crate::api::server::ServerStatus;
use crate::api::settings::{SettingsChange, SettingsView};
use crate::api::system::{Bundle, Finding, LogPage, LogQuery, Storage, StorageKind};
use crate::api::upstreams::{
    KeyTrial, KeyTrialOutcome, NewUpstream, NewUpstreamKey, UpstreamChange, UpstreamKeyChange,
    UpstreamKeyView, UpstreamTemplate, UpstreamView,
};
use crate::api::vault::{Recovered, RecoveryKey, RecoveryText, VaultView};

/// What writes conversations to files.
#[derive(Clone, Debug)]
pub struct Exports {
    /// The exports under way and those that ended.
    pub jobs: Jobs,
    /// Where the folders lie that they make.
    pub folder: PathBuf,
}

/// What the house does to take accounts into service.
pub trait EnrolmentDesk {
    /// The enrolments under way and those that ended, newest first.
    fn enrolments(&self) -> Vec<EnrolmentView>;
    /// Hears when [`Desk::enrolments`] says something new.
    fn enrolment_changes(&self) -> watch::Receiver<u64>;
    /// What can be chosen before a sign-in.
    fn enrolment_choices(&self) -> BoxFuture<'_, Result<EnrolmentChoices, Trouble>>;
    /// Begins a sign-in and returns at once.
    fn sign_in(&self, start: SignInStart) -> BoxFuture<'_, Result<EnrolmentView, Trouble>>;
    /// Begins an enrolment for each file and returns at once.
    fn import(&self, start: ImportStart) -> BoxFuture<'_, Result<Vec<EnrolmentView>, Trouble>>;
    /// The person says that the sign-in is over: the browser is asked to end.
    fn signed_in<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>>;
    /// Does the failed or interrupted step again.
    fn retry_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>>;
    /// Puts the new session in the place of the account with the same address.
    fn replace_by_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>>;
    /// Calls it off and leaves nothing behind.
    fn cancel_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Trouble>>;
}

/// What the house does with the master key.
pub trait VaultDesk {
    /// Where it lies, and whether everything it sealed can be opened.
    fn vault(&self) -> BoxFuture<'_, Result<VaultView, Trouble>>;
    /// The form in which people keep it, once.
    fn recovery_key(&self) -> BoxFuture<'_, Result<RecoveryKey, Trouble>>;
    /// Brings a lost one back.
    fn recover(&self, told: RecoveryText) -> BoxFuture<'_, Result<Recovered, Trouble>>;
    /// Exchanges it for a new one, which is shown once.
    fn rekey(&self) -> BoxFuture<'_, Result<RecoveryKey, Trouble>>;
}

/// What the house does with providers that are asked with keys.
pub trait UpstreamDesk {
    /// All of them, in their order.
    fn upstreams(&self) -> Vec<UpstreamView>;
    /// Hears when [`UpstreamDesk::upstreams`] says something new.
    fn upstream_changes(&self) -> watch::Receiver<u64>;
    /// What to begin with.
    fn upstream_templates(&self) -> Vec<UpstreamTemplate>;
    /// Asks a provider with a key that is not kept.
    fn try_upstream_key(&self, trial: KeyTrial) -> BoxFuture<'_, Result<KeyTrialOutcome, Trouble>>;
    /// Adds a provider, and its first key if one is given.
    fn add_upstream(&self, new: NewUpstream) -> BoxFuture<'_, Result<UpstreamView, Trouble>>;
    /// Changes a provider.
    fn change_upstream<'a>(
        &'a self,
        name: &'a str,
        change: UpstreamChange,
    ) -> BoxFuture<'a, Result<UpstreamView, Trouble>>;
    /// Removes a provider with its keys.
    fn remove_upstream<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Trouble>>;
    /// Seals a key and keeps it.
    fn add_upstream_key<'a>(
        &'a self,
        name: &'a str,
        new: NewUpstreamKey,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>>;
    /// Renames a key, exchanges it, switches it, says how much it is used.
    fn change_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key: &'a str,
        change: UpstreamKeyChange,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>>;
    /// Forgets a key.
    fn remove_upstream_key<'a>(&'a self, name: &'a str, key: &'a str) -> BoxFuture<'a, Result<(), Trouble>>;
    /// Asks the provider whether it takes the key.
    fn check_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key: &'a str,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>>;
    /// Ends cooldowns of a key before their time.
    fn reset_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key: &'a str,
        reset: CooldownReset,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>>;
}

/// What the house knows of AI Studio's page.
pub trait PageDesk {
    /// What was found last, and which selectors are in force.
    fn page(&self) -> PageView;
    /// Looks at the page of an account.
    fn check_page<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<PageReport, Trouble>>;
}

/// How the house gets out.
pub trait NetworkDesk {
    /// Tries to reach somebody.
    fn test_network(&self, test: NetworkTest) -> BoxFuture<'_, Result<NetworkReport, Trouble>>;
}

/// What the house lets clients reach through it.
pub trait ProxyDesk {
    /// What may be reached, and what was asked for and may not. It changes with the settings.
    fn proxy(&self) -> ProxyView;
    /// Hears when something else was asked for that may not be reached.
    fn refusal_changes(&self) -> watch::Receiver<u64>;
    /// Lets a domain through, or changes how it is reached.
    fn allow_domain(&self, allow: DomainAllow) -> BoxFuture<'_, Result<ProxyView, Trouble>>;
    /// Lets it through no longer.
    fn forbid_domain<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<ProxyView, Trouble>>;
}

/// What the house records.
pub trait RecordingDesk {
    /// Whether it does, and how much is kept.
    fn recording(&self) -> BoxFuture<'_, RecordingView>;
    /// Hears when [`RecordingDesk::recording`] says something new, except of how much is kept.
    fn recording_changes(&self) -> watch::Receiver<u64>;
    /// Begins or ends a time in which nothing is recorded.
    fn set_private(&self, private: bool);
    /// Deletes everything that was recorded.
    fn forget_recorded(&self) -> BoxFuture<'_, Result<RecordingView, Trouble>>;
}

/// What the house lets the console see and do. Everything else the console finds in the store and in the registry of
/// upstreams.
///
/// A `*_changes` receiver tells that something is to be read anew; how often it changed means nothing.
pub trait Desk:
    EnrolmentDesk
    + NetworkDesk
    + VaultDesk
    + PageDesk
    + ProxyDesk
    + RecordingDesk
    + UpstreamDesk
    + Send
    + Sync
    + 'static
{
    /// What was recorded; `None` when its database could not be opened.
    fn conversations(&self) -> Option<Conversations>;
    /// What writes them to files; `None` when there are none.
    fn exports(&self) -> Option<Exports>;

    /// The server's state.
    fn server(&self) -> ServerStatus;
    /// Hears when [`Desk::server`] says something new.
    fn server_changes(&self) -> watch::Receiver<u64>;
    /// Starts the server at the address of the settings.
    fn start(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>>;
    /// Begins to stop the server and returns at once, because the asker may sit behind it.
    fn stop(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>>;
    /// Stops and starts, in the background.
    fn restart(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>>;

    /// The accounts, worst first.
    fn accounts(&self) -> Vec<AccountView>;
    /// Hears when [`Desk::accounts`] says something new.
    fn account_changes(&self) -> watch::Receiver<u64>;
    /// Looks whether the account can serve, and says how it is.
    fn check_account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<AccountView, Trouble>>;
    /// Renames it, switches it on or off.
    fn change_account<'a>(
        &'a self,
        name: &'a str,
        change: AccountChange,
    ) -> BoxFuture<'a, Result<AccountView, Trouble>>;
    /// Removes it with its profile.
    fn remove_account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Trouble>>;

    /// One account with what it did.
    fn account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<AccountDetail, Trouble>>;
    /// Ends cooldowns before their time.
    fn reset_cooldowns<'a>(
        &'a self,
        name: &'a str,
        reset: CooldownReset,
    ) -> BoxFuture<'a, Result<AccountView, Trouble>>;
    /// Shows the account's browser to the person at the screen, or puts it out of sight again.
    fn show_browser<'a>(&'a self, name: &'a str, shown: bool) -> BoxFuture<'a, Result<AccountView, Trouble>>;
    /// The account in a form that can be carried elsewhere.
    fn export_account<'a>(
        &'a self,
        name: &'a str,
        export: AccountExport,
    ) -> BoxFuture<'a, Result<Vec<u8>, Trouble>>;

    /// Who is answered and who waits.
    fn queue(&self) -> Vec<QueueEntry>;
    /// Hears when [`Desk::queue`] says something new.
    fn queue_changes(&self) -> watch::Receiver<u64>;
    /// Cancels a request, waiting or running. Whether there was one.
    fn cancel(&self, id: &str) -> bool;
    /// The public door from inside: the same routes as clients have, without host and key.
    fn inside(&self) -> Router;
    /// The same for somebody who shows a key as a client of this machine would: the rules of that key count.
    fn inside_as_client(&self) -> Router;

    /// All settings.
    fn settings(&self) -> SettingsView;
    /// Hears when [`Desk::settings`] says something new.
    fn settings_changes(&self) -> watch::Receiver<u64>;
    /// Changes settings in the file and in force, all or nothing.
    fn change_settings(&self, change: SettingsChange) -> BoxFuture<'_, Result<SettingsView, Trouble>>;

    /// Lines of the log.
    fn logs(&self, query: &LogQuery) -> LogPage;
    /// Hears of the last line's number.
    fn log_changes(&self) -> watch::Receiver<u64>;
    /// What takes space.
    fn storage(&self) -> BoxFuture<'_, Result<Storage, Trouble>>;
    /// Clears one kind of stored things.
    fn clear_storage(&self, kind: StorageKind) -> BoxFuture<'_, Result<Storage, Trouble>>;
    /// Looks at everything that must be there.
    fn doctor(&self) -> BoxFuture<'_, Vec<Finding>>;
    /// Makes a bundle for a report, without secrets.
    fn make_bundle(&self) -> BoxFuture<'_, Result<Bundle, Trouble>>;
    /// The bytes of a bundle.
    fn read_bundle<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Trouble>>;

    /// The clients whose configuration can be written on this machine.
    fn clients(&self) -> BoxFuture<'_, Vec<ClientView>>;
    /// What would be written.
    fn preview_client(
        &self,
        client: ClientId,
        choice: ClientChoice,
    ) -> BoxFuture<'_, Result<ClientPreview, Trouble>>;
    /// Writes it, after a copy of what was there.
    fn apply_client(
        &self,
        client: ClientId,
        apply: ClientApply,
    ) -> BoxFuture<'_, Result<ClientApplied, Trouble>>;
    /// Puts the last copy back.
    fn restore_client(&self, client: ClientId) -> BoxFuture<'_, Result<ClientApplied, Trouble>>;
}
