//! `cargo xtask openapi`: the document of the console API, and the types that the page gets from it.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::node::Node;
use crate::setup::{self, Purpose};
use crate::shell;

/// Writes `ui/src/api/openapi.json` and `ui/src/api/schema.gen.ts`.
pub(crate) fn openapi() -> Result<()> {
    setup::ensure(Purpose::Test)?;
    let node = Node::ensure()?;
    shell::title("The document of the console API");
    let mut cargo = shell::cargo(&["run", "--quiet", "--package", "postern-console", "--example", "openapi"]);
    let output = cargo.stderr(std::process::Stdio::inherit()).output().context("starting cargo")?;
    if !output.status.success() {
        bail!("the document could not be made: {}", output.status);
    }
    let file = shell::root().join("ui/src/api/openapi.json");
    fs::write(&file, &output.stdout).with_context(|| format!("writing {}", file.display()))?;
    shell::run(node.npm().args(["run", "--silent", "api"]))
}
