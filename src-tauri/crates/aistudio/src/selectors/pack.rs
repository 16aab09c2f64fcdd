//! Which selectors are in force: the built-in ones, and in their place the entries of a file that is read again when
//! it has changed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postern_protocol::page::{PackFault, PackFile, PackStatus};
use serde::Deserialize;

use super::Selectors;
use super::file::{self, Entry};

/// A file that is larger is none that somebody wrote.
const LARGEST: u64 = 1 << 20;

/// The selectors in force. Clones share them.
#[derive(Clone)]
pub struct Pack {
    inner: Arc<Inner>,
}

struct Inner {
    file: Option<PathBuf>,
    kept: Mutex<Kept>,
}

struct Kept {
    /// What was last read.
    read: Reading,
    selectors: Arc<Selectors>,
    /// The file, as it stands.
    file: Option<PackFile>,
    /// Its entries that no browser has read as CSS yet.
    unproven: Vec<Entry>,
}

#[derive(PartialEq)]
enum Reading {
    /// There is no file.
    Nothing,
    Text(String),
    /// The system's words.
    Failed(String),
}

/// An entry that a browser does not take for CSS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct WrongCss {
    /// The value as it is written in the file.
    pub(crate) entry: String,
}

impl Pack {
    /// Those that are built in, with the entries of this file in their place.
    pub fn new(file: Option<PathBuf>) -> Self {
        let kept = Kept {
            read: Reading::Nothing,
            selectors: Arc::new(Selectors::embedded()),
            file: None,
            unproven: Vec::new(),
        };
        let pack = Self { inner: Arc::new(Inner { file, kept: Mutex::new(kept) }) };
        pack.current();
        pack
    }

    /// Those in force now. The same as before, unless the file has changed.
    pub fn current(&self) -> Arc<Selectors> {
        let Some(path) = &self.inner.file else { return Arc::clone(&self.kept().selectors) };
        let read = Reading::of(path);
        let mut kept = self.kept();
        if kept.read != read {
            kept.take(read, path);
        }
        Arc::clone(&kept.selectors)
    }

    /// How the file stands.
    pub fn status(&self) -> PackStatus {
        self.current();
        PackStatus { version: Selectors::embedded().pack.version, file: self.kept().file.clone() }
    }

    /// Whether a browser has still to say that the entries of the file are CSS.
    pub(crate) fn is_unproven(&self, selectors: &Arc<Selectors>) -> bool {
        let kept = self.kept();
        Arc::ptr_eq(&kept.selectors, selectors) && !kept.unproven.is_empty()
    }

    /// A browser has read these. With one wrong entry the file is left aside.
    pub(crate) fn proven(&self, selectors: &Arc<Selectors>, wrong: &[WrongCss]) {
        let mut kept = self.kept();
        if !Arc::ptr_eq(&kept.selectors, selectors) {
            return;
        }
        let entries = std::mem::take(&mut kept.unproven);
        let fault = entries.iter().find(|entry| wrong.iter().any(|wrong| wrong.entry == entry.text));
        if let Some(Entry { text, line }) = fault {
            kept.refuse(PackFault { line: Some(*line), what: format!("`{text}` is no CSS") });
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pack").field("file", &self.inner.file).finish_non_exhaustive()
    }
}

impl Reading {
    fn of(path: &Path) -> Self {
        let size = match std::fs::metadata(path) {
            Ok(about) => about.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Self::Nothing,
            Err(error) => return Self::Failed(error.to_string()),
        };
        if size > LARGEST {
            return Self::Failed(format!("it has more than {} kB", LARGEST / 1024));
        }
        std::fs::read_to_string(path).map_or_else(|error| Self::Failed(error.to_string()), Self::Text)
    }
}

impl Kept {
    fn take(&mut self, read: Reading, path: &Path) {
        let mut file = PackFile {
            path: path.display().to_string(),
            version: None,
            outdated: false,
            overrides: Vec::new(),
            fault: None,
        };
        let built_in = Selectors::embedded();
        self.unproven.clear();
        self.file = None;
        match &read {
            Reading::Nothing => {
                tracing::info!(path = %path.display(), "no file replaces the built-in selectors any more");
                self.selectors = Arc::new(built_in);
            }
            Reading::Failed(why) => {
                self.file = Some(file);
                self.refuse(PackFault { line: None, what: why.clone() });
            }
            Reading::Text(text) => match file::read(text) {
                Ok(overlay) => {
                    file.version = overlay.version;
                    file.outdated = overlay.version.is_some_and(|version| version < built_in.pack.version);
                    file.overrides = overlay.overrides;
                    tracing::info!(how = %file.words(built_in.pack.version), "took up a file of selectors");
                    self.file = Some(file);
                    self.selectors = Arc::new(overlay.selectors);
                    self.unproven = overlay.css;
                }
                Err(fault) => {
                    self.file = Some(file);
                    self.refuse(fault);
                }
            },
        }
        self.read = read;
    }

    /// Leaves the file aside as a whole.
    fn refuse(&mut self, fault: PackFault) {
        let built_in = Selectors::embedded();
        if let Some(file) = &mut self.file {
            file.fault = Some(fault);
            tracing::warn!(error = %file.words(built_in.pack.version), "a file of selectors is left aside");
        }
        self.selectors = Arc::new(built_in);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("selectors.toml");
        (dir, file)
    }

    #[test]
    fn a_changed_file_is_taken_up_and_a_removed_one_forgotten() {
        let (_dir, path) = place();
        let pack = Pack::new(Some(path.clone()));
        let built_in = pack.current();
        assert_eq!((pack.status().file, &*built_in), (None, &Selectors::embedded()));
        assert!(Arc::ptr_eq(&built_in, &pack.current()), "nothing has changed");

        std::fs::write(&path, "[selectors]\nrun = [\"#go\"]\n").unwrap();
        let changed = pack.current();
        assert_eq!(changed.selectors["run"], ["#go"]);
        assert!(Arc::ptr_eq(&changed, &pack.current()));
        assert_eq!(pack.status().file.unwrap().overrides, ["selectors.run"]);

        // Of the same length, within the same moment.
        std::fs::write(&path, "[selectors]\nrun = [\"#no\"]\n").unwrap();
        assert_eq!(pack.current().selectors["run"], ["#no"]);

        std::fs::remove_file(&path).unwrap();
        assert_eq!((pack.status().file, &*pack.current()), (None, &Selectors::embedded()));
    }

    #[test]
    fn a_wrong_file_is_left_aside_until_it_is_mended() {
        let (_dir, path) = place();
        std::fs::write(&path, "[selectors]\nrun = [\"#go\"]\nrum = []\n").unwrap();
        let pack = Pack::new(Some(path.clone()));
        assert_eq!(*pack.current(), Selectors::embedded());
        let status = pack.status();
        assert_eq!(status.fault().unwrap().line, Some(3));
        std::fs::write(&path, "[selectors]\nrun = [\"#go\"]\n").unwrap();
        assert_eq!(pack.current().selectors["run"], ["#go"]);
        assert_eq!(pack.status().fault(), None);
    }

    #[test]
    fn what_is_no_css_is_refused_with_its_line() {
        let (_dir, path) = place();
        std::fs::write(&path, "[selectors]\nrun = [\n  \"#go\",\n  \"button[\",\n]\n").unwrap();
        let pack = Pack::new(Some(path));
        let selectors = pack.current();
        assert!(pack.is_unproven(&selectors));
        pack.proven(&selectors, &[WrongCss { entry: "button[".to_owned() }]);
        assert_eq!(pack.status().fault().unwrap().line, Some(4));
        assert_eq!(*pack.current(), Selectors::embedded());
        assert!(!pack.is_unproven(&pack.current()));
    }

    #[test]
    fn a_word_on_older_selectors_says_nothing_of_newer_ones() {
        let (_dir, path) = place();
        std::fs::write(&path, "[selectors]\nrun = [\"button[\"]\n").unwrap();
        let pack = Pack::new(Some(path.clone()));
        let old = pack.current();
        std::fs::write(&path, "[selectors]\nrun = [\"button\"]\n").unwrap();
        let new = pack.current();
        pack.proven(&old, &[WrongCss { entry: "button[".to_owned() }]);
        assert!(pack.status().fault().is_none() && pack.is_unproven(&new));
        pack.proven(&new, &[]);
        assert!(!pack.is_unproven(&new) && pack.status().fault().is_none());
    }
}
