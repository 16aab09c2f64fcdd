//! Starting other programs, and the places of this repository.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The top folder of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest).parent().unwrap_or_else(|| Path::new(".")).to_owned()
}

/// Cargo's target folder: this program was built two levels below it.
pub(crate) fn target_dir() -> Result<PathBuf> {
    let own = env::current_exe().context("where xtask itself lies")?;
    own.ancestors().nth(2).map(Path::to_owned).context("xtask does not lie in a cargo target folder")
}

/// Where xtask keeps what it fetched: below the target folder, so that `cargo clean` takes it along.
pub(crate) fn work_dir() -> Result<PathBuf> {
    let dir = target_dir()?.join("xtask");
    std::fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    Ok(dir)
}

/// A program of a debug build.
pub(crate) fn built(program: &str) -> Result<PathBuf> {
    Ok(target_dir()?.join("debug").join(executable(program)))
}

/// A command that runs in the top folder.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Cargo, without the variables that the outer cargo set for xtask itself: build scripts that watch them
/// (ring's does) would otherwise run again each time `cargo` and `cargo xtask` alternate.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo.args(args);
    cargo
}

/// Says what comes next.
pub(crate) fn title(text: &str) {
    eprintln!("\n== {text}");
}

/// Prints the command, runs it and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    eprintln!("$ {line}");
    let status = command.status().with_context(|| format!("starting `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// Prints the command and becomes it, so that signals reach it and not a parent in between.
pub(crate) fn become_program(command: &mut Command) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        let line = line(command);
        eprintln!("$ {line}");
        Err(command.exec()).with_context(|| format!("starting `{line}`"))
    }
    #[cfg(not(unix))]
    run(command)
}

/// What the command prints, or `None` when it cannot be started or fails.
pub(crate) fn output(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(std::process::Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program lies that is called by its bare file name.
pub(crate) fn on_path(file: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(file)).find(|path| path.is_file())
}

/// The file name of a program.
pub(crate) fn executable(program: &str) -> String {
    format!("{program}{}", env::consts::EXE_SUFFIX)
}

/// `PATH` with one more folder in front.
pub(crate) fn path_with(dir: &Path) -> Result<std::ffi::OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(dir.to_owned()).chain(env::split_paths(&old))).context("extending PATH")
}

/// Whether `stamp` says that what `source` asks for was done already.
pub(crate) fn is_current(stamp: &Path, source: &[u8]) -> bool {
    std::fs::read(stamp).is_ok_and(|seen| seen == source)
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_does_not_inherit_what_was_set_for_xtask() {
        let removed: Vec<_> = cargo(&[])
            .get_envs()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name.to_owned())
            .collect();
        assert!(removed.iter().any(|name| name == "CARGO_MANIFEST_DIR"), "{removed:?}");
    }

    #[test]
    fn a_stamp_is_current_only_for_the_very_same_source() -> Result<()> {
        let stamp = env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        assert!(!is_current(&stamp, b"one"));
        std::fs::write(&stamp, b"one")?;
        assert!(is_current(&stamp, b"one"));
        assert!(!is_current(&stamp, b"two"));
        std::fs::remove_file(&stamp)?;
        Ok(())
    }
}
