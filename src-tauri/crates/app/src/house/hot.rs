//! The settings in force: read once, changed while everything runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use postern_settings::{Flags, Settings, Source};
use tokio::sync::{Mutex as Turn, watch};

use crate::Paths;

/// The settings in force and who decided them.
pub(crate) struct Hot {
    paths: Paths,
    flags: Flags,
    current: watch::Sender<Arc<Settings>>,
    sources: Mutex<Sources>,
    /// Held by whoever changes them.
    pub(crate) turn: Turn<()>,
}

/// Who decided each key.
pub(crate) type Sources = BTreeMap<&'static str, Source>;

/// Settings that are not in force yet.
pub(crate) struct Draft {
    pub(crate) settings: Arc<Settings>,
    pub(crate) sources: Sources,
}

impl Hot {
    /// Reads the file, the environment and the flags.
    pub(crate) fn read(paths: &Paths, flags: Flags) -> Result<Self> {
        let text = paths.read_config()?;
        let draft = draft(paths, flags.clone(), text.as_deref())?;
        Ok(Self {
            paths: paths.clone(),
            flags,
            current: watch::Sender::new(draft.settings),
            sources: Mutex::new(draft.sources),
            turn: Turn::new(()),
        })
    }

    /// The settings in force.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.current.borrow())
    }

    /// Hears of every change.
    pub(crate) fn watch(&self) -> watch::Receiver<Arc<Settings>> {
        self.current.subscribe()
    }

    /// Who decided each key.
    pub(crate) fn sources(&self) -> Sources {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the settings would be with this text for a file.
    pub(crate) fn draft(&self, text: &str) -> Result<Draft> {
        draft(&self.paths, self.flags.clone(), Some(text))
    }

    /// Puts them in force, for those who read them here.
    pub(crate) fn set(&self, draft: Draft) {
        *self.sources.lock().unwrap_or_else(PoisonError::into_inner) = draft.sources;
        self.current.send_replace(draft.settings);
    }
}

fn draft(paths: &Paths, flags: Flags, text: Option<&str>) -> Result<Draft> {
    let settings = Arc::new(paths.resolve(text, flags.clone())?);
    let sources = postern_settings::sources(text, |name| std::env::var(name).ok(), flags);
    Ok(Draft { settings, sources })
}
