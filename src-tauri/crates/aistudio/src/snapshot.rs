//! What is kept of a failure, so that it can be reported and understood: a screenshot, an outline of the
//! page, the address and the browser's log, all without what people wrote or who they are.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use postern_protocol::chat::Failure;
use serde_json::json;

use crate::page::Site;

/// What failed and where the snapshot goes.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    /// The folder of all snapshots.
    pub(crate) dir: &'a Path,
    /// How many are kept.
    pub(crate) keep: usize,
    /// The request's id.
    pub(crate) request: &'a str,
    /// What was being done.
    pub(crate) step: &'static str,
    pub(crate) failure: &'a Failure,
}

/// Keeps a snapshot and removes the oldest ones beyond the limit. Returns its folder.
pub(crate) async fn take(site: &Site, scene: &Scene<'_>) -> io::Result<PathBuf> {
    if scene.keep == 0 {
        return Err(io::Error::other("snapshots are switched off"));
    }
    let outline = site.redact().await.map_err(io::Error::other)?;
    let screenshot = site.page().screenshot().await;
    // The page is loaded anew before its next use; should it not be, its texts come back here.
    let _ = site.unredact().await;
    let address = site.page().url().await.unwrap_or_default();
    let report = json!({
        "step": scene.step,
        "failure": format!("{:?}", scene.failure.kind),
        "message": scrubbed(&scene.failure.message),
        "address": without_values(&address),
        "console": site.page().console().iter().map(|line| scrubbed(line)).collect::<Vec<_>>(),
    });
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let folder = scene.dir.join(format!("{millis:014}-{}", scene.request));
    let mut private = tokio::fs::DirBuilder::new();
    private.recursive(true);
    #[cfg(unix)]
    private.mode(0o700);
    private.create(&folder).await?;
    tokio::fs::write(folder.join("outline.txt"), outline).await?;
    tokio::fs::write(folder.join("report.json"), format!("{report:#}\n")).await?;
    if let Ok(png) = screenshot {
        tokio::fs::write(folder.join("screenshot.png"), png).await?;
    }
    keep_newest(scene.dir, scene.keep).await?;
    Ok(folder)
}

async fn keep_newest(dir: &Path, keep: usize) -> io::Result<()> {
    let mut folders = Vec::new();
    let mut entries = tokio::fs::read_dir(dir).await?;
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.split('-').next().is_some_and(is_number));
        if ours && entry.file_type().await?.is_dir() {
            folders.push(entry.path());
        }
    }
    // Names begin with the time, so their order is the order of time.
    folders.sort();
    let old = folders.len().saturating_sub(keep);
    for folder in &folders[..old] {
        tokio::fs::remove_dir_all(folder).await?;
    }
    Ok(())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An address with the names of its parameters and without their values.
fn without_values(address: &str) -> String {
    let address = address.split('#').next().unwrap_or_default();
    let Some((place, query)) = address.split_once('?') else { return address.to_owned() };
    let names: Vec<&str> = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    format!("{place}?{}", names.join("&"))
}

/// A line without addresses of people, tokens and address parameters.
fn scrubbed(line: &str) -> String {
    let word = |word: &str| -> String {
        let longest =
            word.split(|c: char| !c.is_ascii_alphanumeric() && !"-_+=".contains(c)).map(str::len).max();
        if word.contains("://") {
            without_values(word)
        } else if word.contains('@') {
            "[address]".to_owned()
        } else if longest > Some(32) {
            "[token]".to_owned()
        } else {
            word.to_owned()
        }
    };
    let words: Vec<String> = line.split_whitespace().map(word).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_tokens_are_scrubbed() {
        let line = "error for jane.doe@example.com at https://a.test/x?key=secret&b=1#f \
                    token=abcdefghijklmnopqrstuvwxyz0123456789";
        assert_eq!(scrubbed(line), "error for [address] at https://a.test/x?key&b [token]");
    }

    #[test]
    fn addresses_lose_their_values() {
        assert_eq!(
            without_values("https://a.test/p?model=x&temporary=true"),
            "https://a.test/p?model&temporary"
        );
        assert_eq!(without_values("https://a.test/p"), "https://a.test/p");
    }

    #[tokio::test]
    async fn the_oldest_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["001-a", "002-b", "003-c", "other"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        keep_newest(dir.path(), 2).await.unwrap();
        let mut left: Vec<String> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["002-b", "003-c", "other"]);
    }
}
