//! `cargo xtask shots`: a picture of every page in both themes, both languages and two sizes.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::setup::{self, Purpose};
use crate::{run, shell};

/// Takes the pictures into the folder that is named, or one below the target folder.
pub(crate) fn shots(own: &[String]) -> Result<()> {
    let folder = match own {
        [] => shell::built("postern")?.ancestors().nth(2).context("a target folder")?.join("shots"),
        [folder] if !folder.starts_with('-') => std::path::absolute(PathBuf::from(folder))?,
        _ => bail!("name one folder at most"),
    };
    setup::ensure(Purpose::Test)?;
    run::build_page()?;
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    shell::title("Taking pictures");
    let mut cargo =
        shell::cargo(&["test", "--quiet", "--package", "postern-tests", "--test", "it", "--", "--ignored"]);
    shell::run(
        cargo
            .arg("every_page_has_its_picture_taken")
            .env("POSTERN_SHOTS", &folder)
            .env("POSTERN_TEST_STRICT", "1"),
    )?;
    eprintln!("\nThe pictures are in {}", folder.display());
    Ok(())
}
