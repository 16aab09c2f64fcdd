//! `postern doctor` and `postern doctor aistudio`

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use postern_app::tools::doctor::{self, Serving};
use postern_app::{AccountName, Paths};
use postern_console::api::system::{Finding, Health};

use super::{Output, page};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Look at AI Studio's page, control by control: which selector finds what, what is missing, and what that costs.
    ///
    /// Asks no model anything and leaves the page as it was. Beside a running server, that one looks, after what it
    /// answers now.
    Aistudio {
        /// The account to look with; all of them unless given.
        #[arg(long, value_name = "NAME")]
        account: Option<AccountName>,
    },
}

pub(crate) async fn run(paths: &Paths, arguments: Arguments) -> Result<ExitCode> {
    if let Some(What::Aistudio { account }) = arguments.what {
        return page::run(paths, account, arguments.output).await;
    }
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
