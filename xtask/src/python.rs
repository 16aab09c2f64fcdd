//! A Python environment of our own below the target folder, with exact versions.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell;

/// The name of the machine's own Python.
pub(crate) const SYSTEM: &str = if cfg!(windows) { "python" } else { "python3" };

/// An environment below the target folder.
pub(crate) struct Venv {
    dir: PathBuf,
}

impl Venv {
    /// Makes the environment of that name hold what `requirements` says.
    pub(crate) fn ensure(name: &str, requirements: &str) -> Result<Self> {
        let venv = Self { dir: shell::work_dir()?.join(name) };
        let stamp = venv.dir.join("requirements.stamp");
        if venv.python().is_file() && shell::is_current(&stamp, requirements.as_bytes()) {
            return Ok(venv);
        }
        shell::title(&format!("Python environment `{name}`"));
        let dir = venv.dir.to_string_lossy().into_owned();
        shell::run(shell::command(SYSTEM).args(["-m", "venv", "--clear", &dir]))?;
        let list = venv.dir.join("requirements.txt");
        fs::write(&list, requirements).with_context(|| format!("writing {}", list.display()))?;
        // The lists are complete, and trainers say they need much that nobody needs who only loads data.
        let pip =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"];
        shell::run(shell::command(venv.python()).args(pip).arg(&list))?;
        fs::write(&stamp, requirements).with_context(|| format!("writing {}", stamp.display()))?;
        Ok(venv)
    }

    /// Its interpreter.
    pub(crate) fn python(&self) -> PathBuf {
        self.programs().join(shell::executable("python"))
    }

    /// The folder with its programs.
    pub(crate) fn programs(&self) -> PathBuf {
        self.dir.join(if cfg!(windows) { "Scripts" } else { "bin" })
    }
}

/// The requirements of the tests in a folder below `tests`.
pub(crate) fn requirements(of: &str) -> Result<String> {
    let file = shell::root().join(Path::new("tests").join(of).join("requirements.txt"));
    fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))
}
