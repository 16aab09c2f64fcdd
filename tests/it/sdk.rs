//! The official SDKs, unmodified, through the real product and a real browser. What the SDK saw is
//! compared with what the site's own page sent.

use std::process::{Command, Stdio};

use anyhow::Context;
use serde_json::Value;

use crate::product::{Product, workspace};

#[derive(Clone, Copy, Debug)]
enum Sdk {
    Python,
    Node,
}

impl Sdk {
    fn command(self) -> Command {
        match self {
            Self::Python => {
                let mut command = Command::new(tool("POSTERN_PYTHON", "python3"));
                command.arg(workspace().join("tests/sdk/openai_sdk.py"));
                command
            }
            Self::Node => {
                let mut command = Command::new(tool("POSTERN_NODE", "node"));
                command.arg(workspace().join("ui/e2e/openai_sdk.mjs"));
                command
            }
        }
    }

    /// Plays one scenario and returns what the SDK saw.
    async fn play(self, product: &Product, key: &str, scenario: &str) -> anyhow::Result<Value> {
        let mut command = self.command();
        command
            .arg(scenario)
            .env("OPENAI_BASE_URL", format!("{}/v1", product.base_url))
            .env("OPENAI_API_KEY", key)
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
