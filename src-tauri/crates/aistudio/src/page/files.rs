//! Files into the prompt, through the page's own field for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use postern_browser::BrowserError;
use postern_protocol::chat::{Failure, FailureKind};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::{Site, millis, script};
use crate::files::Staged;
use crate::selectors::Selectors;

/// For one look at files that are on their way; a script must end before the browser ends it.
const SLICE: Duration = Duration::from_secs(15);

/// Why the files are not in the prompt.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// The browser failed.
    Browser(BrowserError),
    /// The page has no field for files.
    NoField,
    /// The page says no.
    Refused {
        /// Its words.
        words: String,
    },
    /// The page did not come to an end with them.
    Late {
        /// How many it shows.
        there: usize,
    },
}

#[derive(Debug, Deserialize)]
struct Field {
    found: bool,
    several: bool,
}

#[derive(Debug, Deserialize)]
struct Awaited {
    done: bool,
    why: Option<String>,
    consented: bool,
    there: usize,
}

impl Site {
    /// Puts the files into the prompt and waits until the page has taken all of them.
    pub(crate) async fn attach(&self, files: &[Arc<Staged>], limit: Duration) -> Result<(), NotTaken> {
        let end = Instant::now() + limit;
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
        let mut given = 0;
        while given < paths.len() {
            let field: Field = self.call("openFiles", json!({})).await?;
            if !field.found {
                return Err(NotTaken::NoField);
            }
            let next = if field.several { &paths[given..] } else { &paths[given..=given] };
            let arguments = json!({ "data": *self.data, "ask": {} });
            self.page.upload(&script("fileInput()"), arguments, next).await?;
            given += next.len();
            self.taken(given, end).await?;
        }
        Ok(())
    }

    /// Waits until the prompt holds so many files.
    async fn taken(&self, count: usize, end: Instant) -> Result<(), NotTaken> {
        loop {
            let ask = json!({ "count": count, "deadline": millis(SLICE.min(end.saturating_duration_since(Instant::now()))) });
            let Awaited { done, why, consented, there } = self.call("awaitFiles", ask).await?;
            if consented {
                tracing::info!("gave the page the consent it asks for before it takes files");
            }
            match why {
                _ if done => return Ok(()),
                Some(words) => return Err(NotTaken::Refused { words }),
                None if Instant::now() >= end => return Err(NotTaken::Late { there }),
                None => {}
            }
        }
    }
}

impl From<BrowserError> for NotTaken {
    fn from(error: BrowserError) -> Self {
        Self::Browser(error)
    }
}

/// What the page's words about a file mean.
pub(crate) fn refusal(words: &str, selectors: &Selectors, files: &[Arc<Staged>]) -> Failure {
    let kinds = [
        ("upload_refused", FailureKind::BadRequest),
        ("quota", FailureKind::Quota),
        ("refused", FailureKind::Refused),
    ];
    let meaning = selectors.meaning(words, &kinds.map(|(meaning, _)| meaning));
    let kind = kinds.iter().find(|(name, _)| Some(*name) == meaning).map(|(_, kind)| *kind);
    let files = meant(words, files);
    let about: Vec<String> = files
        .iter()
        .map(|file| format!("{}, {}, {} bytes", name(file).unwrap_or_default(), file.mime, file.size))
        .collect();
    let text = format!("AI Studio did not take the file ({}); it says: {words}", about.join("; "));
    let failure = Failure::new(kind.unwrap_or(FailureKind::UpstreamError), text);
    match files.first() {
        Some(file) if failure.kind == FailureKind::BadRequest => failure.param(&file.param),
        _ => failure,
    }
}

/// The file that the page's words name, where they name one; else it may be any. The longest name is meant, because
/// another may be a piece of it.
fn meant<'a>(words: &str, files: &'a [Arc<Staged>]) -> &'a [Arc<Staged>] {
    let length = |file: &Arc<Staged>| name(file).filter(|name| words.contains(name)).map(str::len);
    let named = files.iter().filter_map(|file| Some((length(file)?, file))).max_by_key(|(length, _)| *length);
    named.map_or(files, |(_, file)| std::slice::from_ref(file))
}

/// What the page calls a file.
fn name(file: &Staged) -> Option<&str> {
    file.path.file_name()?.to_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_words_are_told_apart() {
        let selectors = Selectors::embedded();
        let staged = Staged {
            path: "/x/cat.png".into(),
            mime: "image/png".into(),
            size: 7,
            warning: None,
            param: "messages[0].content".into(),
        };
        let of = |words: &str| refusal(words, &selectors, &[Arc::new(staged.clone())]);
        let big = of("The file is too large");
        assert_eq!((big.kind, big.param.as_deref()), (FailureKind::BadRequest, Some("messages[0].content")));
        assert!(big.message.contains("image/png, 7 bytes") && big.message.contains("too large"), "{big}");
        assert_eq!(of("Unsupported file type").kind, FailureKind::BadRequest);
        assert_eq!(of("user has exceeded quota").kind, FailureKind::Quota);
        let other = of("Upload failed");
        assert_eq!((other.kind, other.param), (FailureKind::UpstreamError, None));
    }

    #[test]
    fn the_file_that_the_page_names_is_the_one_that_is_told() {
        let selectors = Selectors::embedded();
        let files: Vec<Arc<Staged>> = ["cat.png", "bobcat.png", "note.txt"]
            .into_iter()
            .enumerate()
            .map(|(index, name)| {
                let param = format!("messages[{index}].content");
                let (path, mime) = (PathBuf::from("/x").join(name), "image/png".into());
                Arc::new(Staged { path, mime, size: 7, warning: None, param })
            })
            .collect();
        let of = |words: &str| refusal(words, &selectors, &files);
        let named = of("Failed to upload bobcat.png: the file is too large");
        assert_eq!(named.param.as_deref(), Some("messages[1].content"));
        assert!(named.message.contains("(bobcat.png, image/png, 7 bytes)"), "{named}");
        let unnamed = of("The file is too large");
        assert!(unnamed.message.contains("note.txt") && unnamed.message.contains("bobcat.png"), "{unnamed}");
    }
}
