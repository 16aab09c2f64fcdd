//! The official SDKs, unmodified, through the real product and a real browser. What the SDK saw is
//! compared with what the site's own page sent.

mod agents;
mod chat;
mod controls;
mod matrix;
mod media;
mod tools;

use std::process::{Command, Stdio};

use anyhow::Context;
use postern_tests::{Control, Layout, Record, Script, Usage};
use serde_json::Value;

use crate::product::{Product, workspace};

/// An SDK with the scenarios that are played with it.
#[derive(Clone, Copy, Debug)]
enum Sdk {
    /// Conversations.
    Python,
    Node,
    /// Functions, forms of answers and searches.
    PythonTools,
    /// Pictures and sound.
    PythonMedia,
    /// Requests as they are told, one after another.
    PythonControls,
    /// The helper that runs functions by itself.
    NodeAgent,
}

impl Sdk {
    fn command(self) -> Command {
        let (program, script) = match self {
            Self::Python => (tool("POSTERN_PYTHON", "python3"), "tests/sdk/openai_sdk.py"),
            Self::PythonTools => (tool("POSTERN_PYTHON", "python3"), "tests/sdk/openai_tools.py"),
            Self::PythonMedia => (tool("POSTERN_PYTHON", "python3"), "tests/sdk/openai_media.py"),
            Self::PythonControls => (tool("POSTERN_PYTHON", "python3"), "tests/sdk/openai_controls.py"),
            Self::Node => (tool("POSTERN_NODE", "node"), "ui/e2e/openai_sdk.mjs"),
            Self::NodeAgent => (tool("POSTERN_NODE", "node"), "ui/e2e/openai_agent.mjs"),
        };
        let mut command = Command::new(program);
        // One script borrows from another, and shall leave nothing behind in the folder.
        command.arg(workspace().join(script)).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Plays one scenario and returns what the SDK saw.
    async fn play(self, product: &Product, key: &str, scenario: &str) -> anyhow::Result<Value> {
        self.play_with(product, key, scenario, &[]).await
    }

    /// The same with more variables around it.
    async fn play_with(
        self,
        product: &Product,
        key: &str,
        scenario: &str,
        variables: &[(&str, &str)],
    ) -> anyhow::Result<Value> {
        let mut command = self.command();
        command
            .arg(scenario)
            .env("OPENAI_BASE_URL", format!("{}/v1", product.base_url))
            .env("OPENAI_API_KEY", key)
            .envs(variables.iter().copied())
            .stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        anyhow::ensure!(output.status.success(), "{self:?} {scenario}: {said}\n{}", product.log());
        serde_json::from_slice(&output.stdout).with_context(|| format!("{self:?} {scenario}: {said}"))
    }
}

fn tool(variable: &str, otherwise: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| otherwise.to_owned())
}

/// What an SDK sends where no key is asked for.
const ANY_KEY: &str = "none";

/// A page whose next chat keeps everything of the one before, so that nothing can be left over unnoticed.
fn sticky() -> Layout {
    Layout { sticky_tools: true, sticky_system: true, ..Layout::default() }
}

/// A product before such a page.
async fn product_with(settings: &str) -> anyhow::Result<Product> {
    let product = Product::start_with(settings).await?;
    product.site.control().set_layout(sticky());
    Ok(product)
}

fn last(site: &Control) -> Record {
    site.records().pop().expect("the site received a request")
}

/// The names of the functions that a request declared.
fn declared(record: &Record) -> Vec<&str> {
    record.functions.iter().map(|function| function.name.as_str()).collect()
}

/// A scripted answer with its end.
fn done(script: Script) -> Script {
    script.finish(1, Usage { prompt: 9, output: 3, thoughts: 1, cached: 0 })
}
