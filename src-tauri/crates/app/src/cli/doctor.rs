//! `postern doctor`

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use postern_app::Paths;
use postern_app::tools::doctor::{self, Serving};
use postern_console::api::system::{Finding, Health};

use super::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
}

pub(crate) async fn run(paths: &Paths, arguments: &Arguments) -> Result<ExitCode> {
    let findings = doctor::examine(paths, None, Serving::Unknown).await;
    arguments.output.show(&findings, || report(&findings))?;
    let bad = findings.iter().any(|finding| finding.health == Health::Problem);
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn report(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let mark = match finding.health {
            Health::Good => "ok  ",
            Health::Warning => "note",
            Health::Problem => "BAD ",
        };
        let line = format!("{mark}  {:<12} {}", finding.subject, finding.message);
        match &finding.remedy {
            Some(remedy) => format!("{line}\n{:19}{}", "", remedy.replace('\n', &format!("\n{:19}", ""))),
            None => line,
        }
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
