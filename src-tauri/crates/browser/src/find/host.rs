//! The machine as the search sees it, so that the search can be tried for every system on any.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use crate::deadline;

/// An operating system that differs in where programs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Os {
    Linux,
    Windows,
    Mac,
}

/// What the search asks of a machine.
pub(super) trait Host {
    /// Its system.
    fn os(&self) -> Os;
    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// Whether a program file is there.
    fn is_file(&self, path: &Path) -> bool;
    /// The names in a folder; empty when there is none.
    fn names_in(&self, folder: &Path) -> Vec<String>;
    /// The beginning of a file, as text.
    fn beginning(&self, path: &Path) -> String;
    /// The whole of a text file.
    fn text(&self, path: &Path) -> Option<String>;
    /// What the program prints when it is given these words.
    fn output(&self, program: &Path, words: &[&str]) -> Option<String>;

    /// What the program prints for `--version`.
    fn version_output(&self, program: &Path) -> Option<String> {
        self.output(program, &["--version"])
    }

    /// The user's home folder.
    fn home(&self) -> Option<PathBuf> {
        let name = if self.os() == Os::Windows { "USERPROFILE" } else { "HOME" };
        self.variable(name).map(PathBuf::from)
    }

    /// The folders of `PATH`.
    fn search_path(&self) -> Vec<PathBuf> {
        let separator = if self.os() == Os::Windows { ';' } else { ':' };
        let path = self.variable("PATH").unwrap_or_default();
        path.split(separator).filter(|part| !part.is_empty()).map(PathBuf::from).collect()
    }
}

/// The machine this runs on.
pub(super) struct ThisMachine;

impl Host for ThisMachine {
    fn os(&self) -> Os {
        if cfg!(windows) {
            Os::Windows
        } else if cfg!(target_os = "macos") {
            Os::Mac
        } else {
            Os::Linux
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn names_in(&self, folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    fn beginning(&self, path: &Path) -> String {
        let mut bytes = Vec::new();
        if let Ok(file) = std::fs::File::open(path) {
            // What cannot be read explains nothing; the search goes on without it.
            let _ = file.take(4096).read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn text(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }

    fn output(&self, program: &Path, words: &[&str]) -> Option<String> {
        let mut child = Command::new(program)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut stdout = child.stdout.take()?;
        let (told, telling) = mpsc::channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            let read = stdout.read_to_string(&mut text).is_ok();
            // Nobody listens any more when the program took too long.
            let _ = told.send(read.then_some(text));
        });
        let text = telling.recv_timeout(deadline::VERSION).ok().flatten();
        if text.is_none() {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
        }
        let _ = child.wait();
        text
    }
}
