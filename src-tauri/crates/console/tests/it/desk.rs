//! A desk for tests: it remembers what it was told, and its gateway is a real one with the echo model.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::Extension;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use postern_console::api::accounts::{
    AccountChange, AccountDetail, AccountExport, AccountSource, AccountView, CooldownReset, ExportForm,
};
use postern_console::api::clients::{
    ClientApplied, ClientApply, ClientChoice, ClientId, ClientPreview, ClientView,
};
use postern_console::api::overview::QueueEntry;
use postern_console::api::server::{ServerState, ServerStatus};
use postern_console::api::settings::{
    Applies, Setting, SettingKind, SettingSource, SettingsChange, SettingsView, Unit,
};
use postern_console::api::system::{
    Bundle, Finding, Health, LogLevel, LogLine, LogPage, LogQuery, Storage, StorageItem, StorageKind,
};
use postern_console::api::vault::VaultView;
use postern_console::{Code, Desk, Exports, Router, Trouble};
use postern_curation::export::Jobs;
use postern_gateway::{AsClient, Gateway};
use postern_protocol::account::State;
use postern_store::{ConversationStore, Conversations};
use postern_upstream::Registry;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::vault::vault;

pub(crate) const BUNDLE: &str = "postern-1.zip";

pub(crate) struct FakeDesk {
    pub(crate) gateway: Gateway,
    registry: Registry,
    known: Mutex<Known>,
    /// One for server, accounts, queue, settings, log, enrolments, upstreams, domains and recording.
    pub(crate) changes: [watch::Sender<u64>; 9],
    pub(crate) recorded: ConversationStore,
    exports: Jobs,
    /// Where both are.
    folder: TempDir,
}

struct Known {
    server: ServerState,
    beyond_loopback: bool,
    accounts: Vec<AccountView>,
    settings: Vec<Setting>,
    queue: Vec<QueueEntry>,
    vault: VaultView,
}

impl FakeDesk {
    pub(crate) fn new(gateway: Gateway, registry: Registry) -> Self {
        let known = Known {
            server: running(),
            beyond_loopback: false,
            accounts: accounts(),
            settings: settings(),
            queue: Vec::new(),
            vault: vault(),
        };
        let folder = TempDir::new().expect("a folder");
        let recorded = ConversationStore::open(folder.path()).expect("a database");
        let exports = Jobs::new(recorded.conversations());
        let (known, changes) = (Mutex::new(known), Default::default());
        Self { gateway, registry, known, changes, recorded, exports, folder }
    }

    /// Puts back what may have been taken away.
    pub(crate) fn furnish(&self) {
        let mut known = self.known();
        known.accounts = accounts();
        known.queue.clear();
        known.vault = vault();
    }

    /// Reads or changes what the vault says of itself.
    pub(crate) fn change_vault<T>(&self, change: impl FnOnce(&mut VaultView) -> T) -> T {
        change(&mut self.known().vault)
    }

    pub(crate) fn open_to_the_network(&self) {
        self.known().beyond_loopback = true;
    }

    pub(crate) fn push_queue(&self, id: &str) {
        self.known().queue.push(QueueEntry {
            id: id.to_owned(),
            model: "echo".to_owned(),
            upstream: "postern".to_owned(),
            stream: true,
            position: Some(1),
            since_ms: 1,
            key: None,
        });
        bump(&self.changes[2]);
    }

    pub(crate) fn setting(&self, key: &str) -> Value {
        let settings = &self.known().settings;
        settings.iter().find(|setting| setting.key == key).expect("a setting").value.clone()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, state: ServerState) -> BoxFuture<'_, Result<ServerStatus, Trouble>> {
        self.known().server = state;
        bump(&self.changes[0]);
        ready(Ok(self.server())).boxed()
    }

    fn apply(&self, change: &SettingsChange) -> Result<SettingsView, Trouble> {
        let mut settings = self.known().settings.clone();
        for (number, change) in change.changes.iter().enumerate() {
            let field = format!("changes[{number}].value");
            let setting = settings.iter_mut().find(|setting| setting.key == change.key).ok_or_else(|| {
                Trouble::new(Code::Invalid, "There is no such setting.")
                    .field(format!("changes[{number}].key"))
            })?;
            if setting.source == SettingSource::Flag {
                return Err(Trouble::new(Code::Locked, "The flag --host decides this."));
            }
            let value = if change.value.is_null() { setting.default.clone() } else { change.value.clone() };
            if !fits(&setting.kind, &value) {
                return Err(Trouble::new(Code::Invalid, "This does not fit.").field(field));
            }
            setting.value = value;
        }
        let aliases = settings.iter().find(|setting| setting.key == "models.aliases").expect("aliases");
        let aliases = serde_json::from_value(aliases.value.clone())
            .map_err(|_| Trouble::new(Code::Invalid, "This does not fit.").field("models.aliases"))?;
        self.registry
            .set_aliases(aliases)
            .map_err(|bad| Trouble::new(Code::Invalid, bad.to_string()).field("models.aliases"))?;
        let fallbacks = settings.iter().find(|setting| setting.key == "models.fallbacks").expect("fallbacks");
        let fallbacks = serde_json::from_value(fallbacks.value.clone()).unwrap_or_default();
        self.registry
            .set_fallbacks(fallbacks)
            .map_err(|bad| Trouble::new(Code::Invalid, bad.to_string()).field("models.fallbacks"))?;
        self.known().settings = settings;
        bump(&self.changes[3]);
        Ok(self.settings())
    }
}

pub(crate) fn bump(changes: &watch::Sender<u64>) {
    changes.send_modify(|count| *count += 1);
}

fn fits(kind: &SettingKind, value: &Value) -> bool {
    match kind {
        SettingKind::Bool => value.is_boolean(),
        SettingKind::Integer { min, max, .. } => value.as_u64().is_some_and(|it| (*min..=*max).contains(&it)),
        SettingKind::Choice { options } => value.as_str().is_some_and(|it| options.iter().any(|o| o == it)),
        SettingKind::Text { .. } | SettingKind::Path => value.is_string(),
        SettingKind::List { .. } => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
        SettingKind::Map { .. } => value
            .as_object()
            .is_some_and(|map| map.values().all(|value| value.is_string() || value.is_array())),
    }
}

fn running() -> ServerState {
    ServerState::Running {
        address: "127.0.0.1:2048".to_owned(),
        base_url: "http://127.0.0.1:2048/v1".to_owned(),
        since: 1_700_000_000,
    }
}

fn accounts() -> Vec<AccountView> {
    vec![account("ada"), account("bob")]
}

fn account(name: &str) -> AccountView {
    AccountView {
        upstream: "aistudio".to_owned(),
        name: name.to_owned(),
        email: None,
        source: AccountSource::SignIn,
        status: State::CoolingDown { until: 1_800_000_000, model: Some("gemini".to_owned()) },
        action: Some("Wait, or add another account.".to_owned()),
        enabled: true,
        weight: 1,
        priority: 0,
        proxy: None,
        pending: 0,
        models: Some(3),
        cooldowns: Vec::new(),
        uses_today: 0,
        browser_running: false,
        browser_shown: false,
        browser: None,
        created_at: Some(1_700_000_000),
        profile: format!("/profiles/{name}"),
        profile_bytes: Some(1),
        memory_bytes: None,
        last_used_at: None,
        checked_at: None,
    }
}

fn settings() -> Vec<Setting> {
    let text = || "any text".to_owned();
    let port = SettingKind::Integer { min: 0, max: 65_535, unit: Unit::Port };
    [
        ("server.host", SettingKind::Text { expected: text() }, json!("127.0.0.1"), SettingSource::Flag),
        ("server.port", port, json!(2048), SettingSource::Default),
        ("models.aliases", SettingKind::Map { expected: text() }, json!({}), SettingSource::Default),
        ("models.fallbacks", SettingKind::Map { expected: text() }, json!({}), SettingSource::Default),
        ("models.excluded", SettingKind::List { expected: text() }, json!([]), SettingSource::Default),
        ("aistudio.excluded_models", SettingKind::List { expected: text() }, json!([]), SettingSource::File),
    ]
    .map(|(key, kind, default, source)| Setting {
        key: key.to_owned(),
        kind,
        value: default.clone(),
        default,
        source,
        applies: Applies::AtOnce,
    })
    .to_vec()
}

pub(crate) fn no_account() -> Trouble {
    Trouble::new(Code::NotFound, "There is no such account.")
}

impl Desk for FakeDesk {
    fn conversations(&self) -> Option<Conversations> {
        Some(self.recorded.conversations())
    }

    fn exports(&self) -> Option<Exports> {
        Some(Exports { jobs: self.exports.clone(), folder: self.folder.path().join("exports") })
    }

    fn server(&self) -> ServerStatus {
        let known = self.known();
        ServerStatus {
            state: known.server.clone(),
            configured: "127.0.0.1:2048".to_owned(),
            open: true,
            beyond_loopback: known.beyond_loopback,
            version: "1".to_owned(),
        }
    }

    fn server_changes(&self) -> watch::Receiver<u64> {
        self.changes[0].subscribe()
    }

    fn start(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>> {
        self.turn(running())
    }

    fn stop(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>> {
        if self.known().server == ServerState::Stopped {
            return ready(Err(Trouble::new(Code::Conflict, "The server is stopped already."))).boxed();
        }
        self.turn(ServerState::Stopped)
    }

    fn restart(&self) -> BoxFuture<'_, Result<ServerStatus, Trouble>> {
        self.turn(ServerState::Starting)
    }

    fn accounts(&self) -> Vec<AccountView> {
        self.known().accounts.clone()
    }

    fn account_changes(&self) -> watch::Receiver<u64> {
        self.changes[1].subscribe()
    }

    fn check_account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<AccountView, Trouble>> {
        let found = self.accounts().into_iter().find(|account| account.name == name);
        ready(found.ok_or_else(no_account)).boxed()
    }

    fn change_account<'a>(
        &'a self,
        name: &'a str,
        change: AccountChange,
    ) -> BoxFuture<'a, Result<AccountView, Trouble>> {
        let mut known = self.known();
        let Some(account) = known.accounts.iter_mut().find(|account| account.name == name) else {
            return ready(Err(no_account())).boxed();
        };
        account.name = change.name.unwrap_or_else(|| account.name.clone());
        account.enabled = change.enabled.unwrap_or(account.enabled);
        ready(Ok(account.clone())).boxed()
    }

    fn remove_account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        let mut known = self.known();
        let before = known.accounts.len();
        known.accounts.retain(|account| account.name != name);
        let gone = known.accounts.len() < before;
        ready(if gone { Ok(()) } else { Err(no_account()) }).boxed()
    }

    fn account<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<AccountDetail, Trouble>> {
        let found = self.accounts().into_iter().find(|account| account.name == name);
        let detail = |account| AccountDetail { account, uses_today: Vec::new(), history: Vec::new() };
        ready(found.map(detail).ok_or_else(no_account)).boxed()
    }

    fn reset_cooldowns<'a>(
        &'a self,
        name: &'a str,
        reset: CooldownReset,
    ) -> BoxFuture<'a, Result<AccountView, Trouble>> {
        let mut known = self.known();
        let Some(account) = known.accounts.iter_mut().find(|account| account.name == name) else {
            return ready(Err(no_account())).boxed();
        };
        account.cooldowns.retain(|cooldown| reset.model.is_some() && cooldown.model != reset.model);
        ready(Ok(account.clone())).boxed()
    }

    fn show_browser<'a>(&'a self, name: &'a str, shown: bool) -> BoxFuture<'a, Result<AccountView, Trouble>> {
        let mut known = self.known();
        let Some(account) = known.accounts.iter_mut().find(|account| account.name == name) else {
            return ready(Err(no_account())).boxed();
        };
        account.browser_shown = shown;
        ready(Ok(account.clone())).boxed()
    }

    fn export_account<'a>(
        &'a self,
        name: &'a str,
        export: AccountExport,
    ) -> BoxFuture<'a, Result<Vec<u8>, Trouble>> {
        let known = self.accounts().iter().any(|account| account.name == name);
        let outcome = match export.form {
            _ if !known => Err(no_account()),
            ExportForm::SealedProfile if export.passphrase.is_none() => {
                Err(Trouble::new(Code::Invalid, "A sealed profile needs a passphrase.").field("passphrase"))
            }
            _ => Ok(b"{}".to_vec()),
        };
        ready(outcome).boxed()
    }

    fn queue(&self) -> Vec<QueueEntry> {
        self.known().queue.clone()
    }

    fn queue_changes(&self) -> watch::Receiver<u64> {
        self.changes[2].subscribe()
    }

    fn cancel(&self, id: &str) -> bool {
        let mut known = self.known();
        let before = known.queue.len();
        known.queue.retain(|entry| entry.id != id);
        known.queue.len() < before
    }

    fn inside(&self) -> Router {
        self.gateway.inside()
    }

    fn inside_as_client(&self) -> Router {
        self.gateway.inside().layer(Extension(AsClient))
    }

    fn settings(&self) -> SettingsView {
        SettingsView { file: "/data/config.toml".to_owned(), settings: self.known().settings.clone() }
    }

    fn settings_changes(&self) -> watch::Receiver<u64> {
        self.changes[3].subscribe()
    }

    fn change_settings(&self, change: SettingsChange) -> BoxFuture<'_, Result<SettingsView, Trouble>> {
        Box::pin(async move {
            // A real one writes a file.
            tokio::task::yield_now().await;
            self.apply(&change)
        })
    }

    fn logs(&self, query: &LogQuery) -> LogPage {
        let line = LogLine {
            seq: 7,
            at_ms: 1_700_000_000_000,
            level: LogLevel::Warn,
            target: "postern".to_owned(),
            message: "a warning".to_owned(),
        };
        let wanted = query.level.is_none_or(|level| line.level <= level);
        let lines = wanted.then_some(line).into_iter().collect();
        LogPage { lines, last: 7, folder: "/data/logs".to_owned() }
    }

    fn log_changes(&self) -> watch::Receiver<u64> {
        self.changes[4].subscribe()
    }

    fn storage(&self) -> BoxFuture<'_, Result<Storage, Trouble>> {
        let item = StorageItem {
            kind: StorageKind::Logs,
            path: "/data/logs".to_owned(),
            bytes: 1,
            count: None,
            limit_bytes: Some(2),
            clearable: true,
        };
        let storage = Storage { folder: "/data".to_owned(), free_bytes: Some(1), items: vec![item] };
        ready(Ok(storage)).boxed()
    }

    fn clear_storage(&self, kind: StorageKind) -> BoxFuture<'_, Result<Storage, Trouble>> {
        match kind {
            StorageKind::Profiles => {
                ready(Err(Trouble::new(Code::Conflict, "Remove accounts instead."))).boxed()
            }
            _ => self.storage(),
        }
    }

    fn doctor(&self) -> BoxFuture<'_, Vec<Finding>> {
        let finding = Finding {
            subject: "browser".to_owned(),
            health: Health::Problem,
            message: "There is none.".to_owned(),
            remedy: Some("Install one.".to_owned()),
        };
        ready(vec![finding]).boxed()
    }

    fn make_bundle(&self) -> BoxFuture<'_, Result<Bundle, Trouble>> {
        let bundle = Bundle {
            name: BUNDLE.to_owned(),
            path: format!("/data/diagnostics/{BUNDLE}"),
            bytes: 2,
            entries: vec!["doctor.txt".to_owned()],
        };
        ready(Ok(bundle)).boxed()
    }

    fn read_bundle<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Trouble>> {
        assert!(!name.contains(['/', '\\']) && !name.starts_with('.'), "{name} leaves the folder");
        let found = (name == BUNDLE).then(|| b"PK".to_vec());
        ready(found.ok_or_else(|| Trouble::new(Code::NotFound, "There is no such bundle."))).boxed()
    }

    fn clients(&self) -> BoxFuture<'_, Vec<ClientView>> {
        let view = ClientView {
            id: ClientId::Aider,
            path: "/home/ada/.aider.conf.yml".to_owned(),
            exists: true,
            configured: false,
            backup_at: None,
        };
        ready(vec![view]).boxed()
    }

    fn preview_client(
        &self,
        _client: ClientId,
        choice: ClientChoice,
    ) -> BoxFuture<'_, Result<ClientPreview, Trouble>> {
        let preview = ClientPreview {
            path: "/home/ada/.aider.conf.yml".to_owned(),
            diff: format!("+model: {}", choice.model),
            revision: "1".to_owned(),
            unchanged: false,
        };
        ready(Ok(preview)).boxed()
    }

    fn apply_client(
        &self,
        _client: ClientId,
        apply: ClientApply,
    ) -> BoxFuture<'_, Result<ClientApplied, Trouble>> {
        let applied = ClientApplied { path: "/home/ada/.aider.conf.yml".to_owned(), backup: None };
        let current = apply.revision == "1";
        let changed = || Trouble::new(Code::Conflict, "The file has changed meanwhile.");
        ready(if current { Ok(applied) } else { Err(changed()) }).boxed()
    }

    fn restore_client(&self, client: ClientId) -> BoxFuture<'_, Result<ClientApplied, Trouble>> {
        let none = Trouble::new(Code::NotFound, format!("There is no copy for {client:?}."));
        ready(Err(none)).boxed()
    }
}
