//! What the doctor says of the servers that run functions for models.

use postern_console::api::system::{Finding, Health};
use postern_settings::Settings;

use crate::house::{LostToken, lost_tokens};

const SUBJECT: &str = "mcp";

/// Looked at only where tokens are named: one that is missing is seen nowhere else before a server refuses a call.
pub(super) fn look(settings: &Settings, variable: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    lost_tokens(settings, variable).iter().map(told).collect()
}

fn told(lost: &LostToken<'_>) -> Finding {
    let remedy = match lost {
        LostToken::NoServer { .. } => "Name the token after one of mcp.servers, or remove it.".to_owned(),
        LostToken::NotSet { variable, .. } => {
            format!(
                "Set {variable} where Postern is started, and start it anew. Until then the server is asked without a \
                 token."
            )
        }
    };
    Finding {
        subject: SUBJECT.to_owned(),
        health: Health::Warning,
        message: lost.to_string(),
        remedy: Some(remedy),
    }
}

#[cfg(test)]
mod tests {
    use postern_settings::{File, Flags, resolve};

    use super::*;

    #[test]
    fn a_missing_token_is_a_warning_with_a_way_out_and_without_tokens_nothing_is_said() {
        let look = |text: &str| {
            let file = File { name: "config.toml", text };
            look(&resolve(Some(file), |_| None, Flags::default()).expect("valid"), |_| None)
        };
        assert_eq!(look(""), []);
        let findings = look(
            "[mcp]\nservers = { files = \"http://127.0.0.1:1/mcp\" }\n\
             tokens = { files = \"FILES_TOKEN\", wiki = \"WIKI_TOKEN\" }\n",
        );
        assert_eq!(findings.len(), 2);
        for (finding, (word, way)) in findings.iter().zip([("FILES_TOKEN", "Set "), ("wiki", "mcp.servers")])
        {
            assert_eq!((finding.subject.as_str(), finding.health), ("mcp", Health::Warning));
            let remedy = finding.remedy.as_deref().unwrap_or_default();
            assert!(finding.message.contains(word) && remedy.contains(way), "{finding:?}");
        }
    }
}
