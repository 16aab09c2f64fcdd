//! A browser driver that notes what it is asked to do, so that the page operations of a request can be counted. In
//! goes a folder for it; out come a program for Postern's settings and the count so far. Linux only, a shell script.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use postern_browser::{Options, find};

/// What the driver writes before each command.
const COMMAND: &str = " COMMAND ";

/// The machine's own driver behind a script that has it write down every command.
pub(crate) struct CountedDriver {
    pub(crate) program: PathBuf,
    log: PathBuf,
}

impl CountedDriver {
    pub(crate) fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        let driver = find::find(&Options::default())?.driver;
        let driver = driver.to_str().context("the driver's path")?;
        let (program, log) = (folder.join("driver"), folder.join("commands.log"));
        // Of an argument that comes twice the driver takes the last.
        let script =
            format!("#!/bin/sh\nexec '{driver}' \"$@\" --log-level=INFO '--log-path={}'\n", log.display());
        std::fs::write(&program, script)?;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
        Ok(Self { program, log })
    }

    /// How many commands it has got.
    pub(crate) fn commands(&self) -> anyhow::Result<usize> {
        let log = std::fs::read(&self.log).context("what the driver wrote down")?;
        Ok(String::from_utf8_lossy(&log).lines().filter(|line| begins_command(line)).count())
    }
}

/// `[time][INFO]: [session] COMMAND Name {`; what follows are the arguments, whatever they say.
fn begins_command(line: &str) -> bool {
    line.starts_with('[') && line.split_once(COMMAND).is_some_and(|(before, _)| before.contains("[INFO]: ["))
}
