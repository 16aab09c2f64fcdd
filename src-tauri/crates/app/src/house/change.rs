//! Changing settings in the file and in force.

use std::io;

use postern_console::api::server::ServerFailure;
use postern_console::api::settings::SettingsChange;
use postern_console::{Code, Trouble};
use postern_settings::{Browser, Change, DEFAULT_FILE, Settings, Source, describe};

use super::hot::Draft;
use super::outward::{PROXY, Parted, forget_others};
use super::rooms::{Rooms, address};
use crate::words::capitalised;
use crate::{ServerState, StartError, file};

/// Settings that an account's browser is opened with.
fn for_browsers(settings: &Settings) -> impl PartialEq + use<> {
    let Settings { aistudio, browser, limits, network, diagnostics, .. } = settings.clone();
    let pace = (aistudio.pause, aistudio.tabs_per_account);
    let tools = (
        aistudio.google_search,
        aistudio.url_context,
        aistudio.code_execution,
        aistudio.google_maps,
        aistudio.tool_mode,
    );
    let site = (aistudio.url, aistudio.capture, aistudio.temporary_chat, tools, pace);
    let Browser { path, driver, webdriver_url, remote_profiles, headless, args, max_live: _, idle_stop: _ } =
        browser;
    let browser = (path, driver, webdriver_url, remote_profiles, headless, args);
    (site, browser, network, limits.first_byte_timeout, limits.silence_timeout, diagnostics)
}

impl Rooms {
    /// Changes settings, all or nothing. The file is written when everything that can fail has been done.
    pub(crate) async fn change_settings(&self, change: SettingsChange) -> Result<(), Trouble> {
        let _turn = self.hot.turn.lock().await;
        self.refuse_locked(&change)?;
        let before = self.read_config()?;
        let mut changes: Vec<Change> = change
            .changes
            .into_iter()
            .map(|change| Change { key: change.key, value: change.value })
            .collect();
        let parted = parted(&mut changes);
        let text =
            postern_settings::edit(before.as_deref().unwrap_or(DEFAULT_FILE), &changes).map_err(unfit)?;
        let draft = self.hot.draft(&text).map_err(|error| invalid(format!("{error:#}")))?;
        let old = self.settings();
        if let Some(parted) = &parted {
            parted.seal(&old.network.proxy, &self.secrets).await?;
        }
        self.move_server(&old, &draft.settings).await?;
        if let Err(trouble) = self.write_config(before.as_deref(), &text) {
            // The server goes back to where the file still says it is.
            if let Err(error) = self.move_server(&draft.settings, &old).await {
                tracing::warn!(%error, "the server did not go back");
            }
            return Err(trouble);
        }
        let new = draft.settings.clone();
        self.put_in_force(&old, draft).await;
        if old.network.proxy != new.network.proxy
            && let Err(error) = forget_others(&new, &self.secrets).await
        {
            tracing::warn!(%error, "the password of a proxy that is not used any more stays sealed");
        }
        Ok(())
    }

    /// Reads the file again and puts in force what it says.
    pub(crate) async fn reload_settings(&self) -> Result<(), Trouble> {
        let _turn = self.hot.turn.lock().await;
        let text = self.read_config()?.unwrap_or_default();
        let draft = self.hot.draft(&text).map_err(|error| invalid(format!("{error:#}")))?;
        let old = self.settings();
        self.move_server(&old, &draft.settings).await?;
        self.put_in_force(&old, draft).await;
        Ok(())
    }

    async fn put_in_force(&self, old: &Settings, draft: Draft) {
        let new = draft.settings.clone();
        self.hot.set(draft);
        self.obey(&new).await;
        if for_browsers(old) == for_browsers(&new) {
            self.roster.set_settings(&new);
        } else {
            self.roster.renew(&new).await;
        }
        if let Some(console) = self.console().filter(|_| offered(old) != offered(&new)) {
            console.models_changed();
        }
        self.server_changed.give();
        self.settings_changed.give();
    }

    /// Brings the server to where the new settings want it. A server that could not start is tried again.
    async fn move_server(&self, old: &Settings, new: &Settings) -> Result<(), Trouble> {
        let wanted = address(new);
        if address(old) == wanted {
            return Ok(());
        }
        let field = if old.server.port == new.server.port { "server.host" } else { "server.port" };
        let conflict = |failure: &ServerFailure| {
            let way_out = failure.free_port.map(|port| format!("Port {port} is free."));
            let trouble = Trouble::new(Code::Conflict, capitalised(&failure.why)).field(field);
            way_out.into_iter().fold(trouble, Trouble::action)
        };
        if matches!(self.server.state(), ServerState::Failed(_)) {
            return match self.server.start(wanted).await {
                Ok(_) | Err(StartError::Running) => Ok(()),
                Err(StartError::Refused(failure)) => Err(conflict(&failure)),
            };
        }
        self.server.rebind(wanted).await.map_err(|failure| conflict(&failure))
    }

    fn refuse_locked(&self, change: &SettingsChange) -> Result<(), Trouble> {
        let sources = self.hot.sources();
        let locked = |key: &str| match sources.get(key) {
            Some(Source::Environment) => Some("the environment"),
            Some(Source::Flag) => Some("the command line"),
            _ => None,
        };
        let by = |change: &postern_console::api::settings::SettingChange| {
            Some((change.key.clone(), locked(&change.key)?))
        };
        match change.changes.iter().find_map(by) {
            Some((key, by)) => {
                Err(Trouble::new(Code::Locked, format!("{by} decides {key}", by = capitalised(by)))
                    .action("Start Postern without it to change the setting here.")
                    .field(key))
            }
            None => Ok(()),
        }
    }

    fn read_config(&self) -> Result<Option<String>, Trouble> {
        self.paths.read_config().map_err(|error| Trouble::new(Code::Internal, format!("{error:#}")))
    }

    /// Writes the file, unless somebody else has changed it since `before` was read.
    fn write_config(&self, before: Option<&str>, text: &str) -> Result<(), Trouble> {
        if self.read_config()?.as_deref() != before {
            return Err(Trouble::new(
                Code::Conflict,
                "The configuration file was changed by another program.",
            )
            .action("Look at the settings again, then change them."));
        }
        let path = self.paths.config();
        let written = match path.parent() {
            Some(folder) => crate::paths::private_folder(folder).and_then(|()| file::replace(path, text)),
            None => Err(io::ErrorKind::InvalidFilename.into()),
        };
        written.map_err(|error| {
            Trouble::new(Code::Internal, format!("Postern cannot write {}: {error}", path.display()))
        })
    }
}

/// Takes name and password out of a proxy that is to be saved; they are sealed.
fn parted(changes: &mut [Change]) -> Option<Parted> {
    let change = changes.iter_mut().rfind(|change| change.key == PROXY)?;
    let parted = Parted::of(change.value.as_str()?)?;
    change.value = parted.written.clone().into();
    Some(parted)
}

/// What decides which models are offered and how they are called.
fn offered(settings: &Settings) -> impl PartialEq + use<> {
    (settings.models.clone(), settings.upstreams.clone(), settings.aistudio.excluded_models.clone())
}

fn unfit(error: postern_settings::Error) -> Trouble {
    let message = error.to_string();
    match error {
        postern_settings::Error::Change { key, .. } if describe().iter().any(|known| known.key == key) => {
            invalid(message).field(key)
        }
        _ => invalid(message),
    }
}

fn invalid(message: String) -> Trouble {
    Trouble::new(Code::Invalid, message)
}
