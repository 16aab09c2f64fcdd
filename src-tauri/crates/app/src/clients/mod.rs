//! The configuration files of clients: showing what would change, writing it after a copy, and putting the
//! copy back.
//!
//! In come the client, the model and key it is to use, and the server's address; out comes a file in which
//! nothing but Postern's own entries is different. A file that cannot be understood is left alone. The
//! functions block for the moment that small files take.

mod edit;
mod file;
mod opencode;
mod yaml;

use std::path::{Path, PathBuf};

use directories::BaseDirs;
use postern_console::api::clients::{
    ClientApplied, ClientApply, ClientChoice, ClientId, ClientPreview, ClientView,
};
use postern_console::{Code, Trouble};
use similar::TextDiff;

use crate::tools::redact;
use edit::{Entry, Problem};
use file::Target;

/// Every client that can be configured here.
const ALL: [ClientId; 3] = [ClientId::Continue, ClientId::Aider, ClientId::OpenCode];
/// What a client sends while the server asks for no key: clients refuse an empty one.
const NO_KEY: &str = "postern";
/// Lines around a change in a preview.
const CONTEXT: usize = 3;

/// The configuration files of one user.
#[derive(Clone, Debug)]
pub struct Clients {
    continue_folder: PathBuf,
    aider: PathBuf,
    opencode_folder: PathBuf,
}

impl Clients {
    /// Those of the user that runs this program, where the clients look for them; `None` without a home
    /// folder.
    pub fn of_this_user() -> Option<Self> {
        let folders = BaseDirs::new()?;
        let given = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let mut clients = Self::below(folders.home_dir());
        if let Some(folder) = given("CONTINUE_GLOBAL_DIR") {
            clients.continue_folder = folder;
        }
        if let Some(folder) = given("XDG_CONFIG_HOME") {
            clients.opencode_folder = folder.join("opencode");
        }
        Some(clients)
    }

    /// Those of the user with this home folder.
    pub fn below(home: &Path) -> Self {
        Self {
            continue_folder: home.join(".continue"),
            aider: home.join(".aider.conf.yml"),
            opencode_folder: home.join(".config").join("opencode"),
        }
    }

    /// All of them, and whether they use the server at this address.
    pub fn list(&self, base_url: &str) -> Vec<ClientView> {
        ALL.into_iter().map(|client| self.view(client, base_url)).collect()
    }

    /// What would be written.
    pub fn preview(
        &self,
        client: ClientId,
        choice: &ClientChoice,
        base_url: &str,
    ) -> Result<ClientPreview, Trouble> {
        let target = self.target(client)?;
        let changed = changed(client, &target, &Entry::new(client, choice, base_url)?)?;
        let name = target.path.display().to_string();
        let diff = TextDiff::from_lines(target.text.as_str(), changed.as_str());
        let diff = diff.unified_diff().context_radius(CONTEXT).header(&name, &name).to_string();
        Ok(ClientPreview {
            path: name,
            diff: redact::settings(&diff),
            revision: target.revision(),
            unchanged: changed == target.text,
        })
    }

    /// Writes it, after a copy of what was there.
    pub fn apply(
        &self,
        client: ClientId,
        apply: &ClientApply,
        base_url: &str,
    ) -> Result<ClientApplied, Trouble> {
        let target = self.target(client)?;
        if target.revision() != apply.revision {
            let path = target.path.display();
            return Err(Trouble::new(Code::Conflict, format!("{path} has changed since it was shown"))
                .action("Look at the difference again."));
        }
        let choice = ClientChoice { model: apply.model.clone(), key: apply.key.clone() };
        let changed = changed(client, &target, &Entry::new(client, &choice, base_url)?)?;
        write(&target, &changed)
    }

    /// Puts the newest copy back, after a copy of what is there now.
    pub fn restore(&self, client: ClientId) -> Result<ClientApplied, Trouble> {
        let target = self.target(client)?;
        let Some(backup) = target.newest_backup() else {
            let path = target.path.display();
            return Err(Trouble::new(Code::NotFound, format!("there is no copy of {path} to put back")));
        };
        let text = std::fs::read_to_string(&backup.path).map_err(|error| {
            Trouble::new(Code::Unavailable, format!("cannot read {}: {error}", backup.path.display()))
        })?;
        write(&target, &text)
    }

    fn view(&self, client: ClientId, base_url: &str) -> ClientView {
        let path = self.path(client);
        let target = Target::open(&path).ok();
        let text = target.as_ref().map(|target| target.text.as_str()).unwrap_or_default();
        ClientView {
            id: client,
            path: path.display().to_string(),
            exists: path.exists(),
            configured: address(client, text).is_some_and(|address| address == edit::api(base_url)),
            backup_at: target.and_then(|target| target.newest_backup()).map(|backup| backup.at),
        }
    }

    fn target(&self, client: ClientId) -> Result<Target, Trouble> {
        let path = self.path(client);
        Target::open(&path).map_err(|error| {
            Trouble::new(Code::Unavailable, format!("cannot read {}: {error}", path.display()))
        })
    }

    fn path(&self, client: ClientId) -> PathBuf {
        match client {
            ClientId::Continue => self.continue_folder.join("config.yaml"),
            ClientId::Aider => self.aider.clone(),
            ClientId::OpenCode => {
                // Both are read when both are there, and what the first says wins.
                let names = ["opencode.jsonc", "opencode.json"].map(|name| self.opencode_folder.join(name));
                let there = names.iter().find(|path| path.exists());
                there.unwrap_or(&names[1]).clone()
            }
        }
    }
}

fn changed(client: ClientId, target: &Target, entry: &Entry) -> Result<String, Trouble> {
    let changed = match client {
        ClientId::Continue => yaml::set_continue(&target.text, entry),
        ClientId::Aider => yaml::set_aider(&target.text, entry),
        ClientId::OpenCode => opencode::set(&target.text, entry),
    };
    let path = target.path.display();
    changed.map_err(|problem| match problem {
        Problem::Broken(why) => {
            Trouble::new(Code::Invalid, format!("{path} cannot be read, so nothing was written: {why}"))
                .action("Correct the file, or enter the address by hand.")
        }
        Problem::Unusual(why) => Trouble::new(Code::Invalid, format!("{path} is left as it is: {why}"))
            .action("Enter the address by hand."),
    })
}

/// The address that the client calls Postern under, if it is configured for it.
fn address(client: ClientId, text: &str) -> Option<String> {
    match client {
        ClientId::Continue => yaml::continue_address(text),
        ClientId::Aider => yaml::aider_address(text),
        ClientId::OpenCode => opencode::address(text),
    }
}

fn write(target: &Target, text: &str) -> Result<ClientApplied, Trouble> {
    let path = target.path.display().to_string();
    let backup = target.replace(text).map_err(|error| {
        Trouble::new(Code::Unavailable, format!("cannot write {path}: {error}"))
            .action("Check who may write there.")
    })?;
    Ok(ClientApplied { path, backup: backup.map(|backup| backup.display().to_string()) })
}

#[cfg(test)]
mod tests;
