//! What a notification says: several news are one note.

use super::news::News;
use crate::shell::tray::{NoticeWords, account_page, fill};

/// Most news that are named; of the others the number is.
const MOST_LINES: usize = 5;

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) title: String,
    pub(super) body: String,
    /// The page that it is about.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "clicks are not heard there"))]
    pub(super) page: String,
}

impl Note {
    /// About these; `None` when there are none. The first is the title.
    pub(super) fn of(news: &[News], words: &NoticeWords) -> Option<Self> {
        let (first, rest) = news.split_first()?;
        let mut lines: Vec<String> = rest.iter().take(MOST_LINES).map(|news| line(news, words)).collect();
        let left = rest.len().saturating_sub(MOST_LINES);
        if left > 0 {
            lines.push(fill(&words.more, &[("count", &left.to_string())]));
        }
        if lines.is_empty() {
            lines.push(words.next.clone());
        }
        Some(Self { title: line(first, words), body: lines.join("\n"), page: page(news) })
    }
}

fn line(news: &News, words: &NoticeWords) -> String {
    match news {
        News::Server { port: Some(port) } => fill(&words.port_taken, &[("port", port)]),
        News::Server { port: None } => words.server_failed.clone(),
        News::NoneLeft => words.none_left.clone(),
        News::SignInExpired(name) => fill(&words.sign_in_expired, &[("name", name)]),
        News::NeedsVerification(name) => fill(&words.needs_verification, &[("name", name)]),
        News::Blocked(name) => fill(&words.blocked, &[("name", name)]),
    }
}

/// The account where it is one, the accounts where they are several, the overview where it is the server.
fn page(news: &[News]) -> String {
    let mut names = news.iter().filter_map(|news| match news {
        News::SignInExpired(name) | News::NeedsVerification(name) | News::Blocked(name) => Some(name),
        News::Server { .. } | News::NoneLeft => None,
    });
    let about_server = news.iter().any(|news| matches!(news, News::Server { .. }));
    match (about_server, names.next(), names.next()) {
        (true, ..) => "/".to_owned(),
        (false, Some(name), None) => account_page(name),
        (false, ..) => "/accounts".to_owned(),
    }
}
