//! Where things are.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use directories::ProjectDirs;
use postern_settings::{Change, DEFAULT_FILE, File, Flags, Settings};

/// The data folder with what is in it, and the configuration file.
#[derive(Clone, Debug)]
pub struct Paths {
    data: PathBuf,
    config: PathBuf,
    config_must_exist: bool,
}

impl Paths {
    /// The given places, or the usual ones of this system. An empty path counts as not given.
    pub fn new(data: Option<PathBuf>, config: Option<PathBuf>) -> Result<Self> {
        let given = |path: Option<PathBuf>| path.filter(|path| !path.as_os_str().is_empty());
        let data = match given(data) {
            Some(data) => data,
            None => usual_data_folder()?,
        };
        let data = std::path::absolute(&data).with_context(|| format!("not a path: {}", data.display()))?;
        let config = given(config);
        let config_must_exist = config.is_some();
        let config = config.unwrap_or_else(|| data.join("config.toml"));
        Ok(Self { data, config, config_must_exist })
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The configuration file.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.data.join("postern.db")
    }

    /// The database of recorded conversations.
    pub fn conversations(&self) -> PathBuf {
        self.data.join("conversations.db")
    }

    /// Where data sets are written that the console asks for.
    pub fn exports(&self) -> PathBuf {
        self.data.join("exports")
    }

    /// The folder of log files.
    pub fn logs(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// A file of keys that is imported when the server starts.
    pub fn key_file(&self) -> PathBuf {
        self.data.join("key.txt")
    }

    /// Replacements for what is known of the site's pages, if somebody wrote them.
    pub fn selectors(&self) -> PathBuf {
        self.data.join("selectors.toml")
    }

    /// Where files of requests lie while they are answered.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.data.join("uploads")
    }

    /// Where a running house says what its server does.
    pub(crate) fn server_file(&self) -> PathBuf {
        self.data.join("server.json")
    }

    /// Where master keys lie when the system has no keyring.
    pub(crate) fn master_key(&self) -> PathBuf {
        self.data.join("master.key")
    }

    pub(crate) fn lock_file(&self) -> PathBuf {
        self.data.join("postern.lock")
    }

    pub(crate) fn accounts(&self) -> PathBuf {
        self.data.join("accounts")
    }

    /// Makes sure that the data folder exists; one made here is for its owner alone.
    pub fn create(&self) -> Result<()> {
        private_folder(&self.data).with_context(|| {
            format!(
                "cannot create the data folder {}; choose another with --data-dir or POSTERN_DATA_DIR",
                self.data.display()
            )
        })
    }

    /// Reads the configuration file and the environment and puts `flags` on top.
    pub fn settings(&self, flags: Flags) -> Result<Settings> {
        self.resolve(self.read_config()?.as_deref(), flags)
    }

    /// Changes the configuration file, all or nothing. Its comments stay.
    pub fn change_config(&self, changes: &[Change]) -> Result<()> {
        let before = self.read_config()?;
        let text = postern_settings::edit(before.as_deref().unwrap_or(DEFAULT_FILE), changes)?;
        if let Some(folder) = self.config.parent() {
            private_folder(folder)?;
        }
        crate::file::replace(&self.config, &text)
            .with_context(|| format!("cannot write {}", self.config.display()))
    }

    /// The text of the configuration file; `None` where there is none.
    pub(crate) fn read_config(&self) -> Result<Option<String>> {
        match std::fs::read_to_string(&self.config) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.config_must_exist => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", self.config.display())),
        }
    }

    /// The settings with this text for a configuration file.
    pub(crate) fn resolve(&self, text: Option<&str>, flags: Flags) -> Result<Settings> {
        let name = self.config.display().to_string();
        let file = text.map(|text| File { name: &name, text });
        Ok(postern_settings::resolve(file, |name| std::env::var(name).ok(), flags)?)
    }
}

fn usual_data_folder() -> Result<PathBuf> {
    let folders = ProjectDirs::from("app", "postern", "Postern")
        .context("this user has no home folder; say where data goes with --data-dir or POSTERN_DATA_DIR")?;
    // Local, because browser profiles are large and belong to one machine.
    Ok(folders.data_local_dir().to_owned())
}

/// Creates a folder that only its owner can enter, and what is missing above it.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
