//! The driver of Firefox, which no package of Debian brings.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell;

const NAME: &str = "geckodriver";
const VERSION: &str = "0.37.1";

/// Builds the driver if it is neither on `PATH` nor built yet, and says in which folder that lies.
pub(crate) fn ensure() -> Result<Option<PathBuf>> {
    let program = shell::executable(NAME);
    if shell::on_path(&program).is_some() {
        return Ok(None);
    }
    let work = shell::work_dir()?;
    let root = work.join(format!("{NAME}-{VERSION}"));
    let folder = root.join("bin");
    if !folder.join(program).is_file() {
        shell::title(&format!("{NAME} {VERSION}"));
        let how = ["install", "--locked", "--debug", NAME, "--version", VERSION, "--root"];
        let mut cargo = shell::cargo(&how);
        shell::run(cargo.arg(root).arg("--target-dir").arg(work.join(NAME)))?;
    }
    Ok(Some(folder))
}
