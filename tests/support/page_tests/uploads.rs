use std::path::PathBuf;

use tempfile::TempDir;

use super::visitor::Visitor;
use crate::{Layout, Scenario, UploadCourse};

const CHIP: &str = ".prompt-media-item-container";
const PROGRESS: &str = ".prompt-media-item-container [role=progressbar]";
const ACKNOWLEDGE: &str = "button[aria-label='Acknowledge copyright']";
const TOAST: &str = "document.querySelector('.toast.error .content-text')?.textContent";
const CONTENTS_SHA256: &str = "d1b2a59fbea7e20077af9f91b27e95e865061b270be03ff539ab3b73587882e8";

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}

#[tokio::test]
async fn files_go_with_the_prompt_after_one_consent() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let folder = TempDir::new()?;
    let (note, picture) = (file(&folder, "note.txt", b"contents")?, file(&folder, "dot.png", b"not really")?);
    visitor.site.set_scenario(Scenario::default().uploading(UploadCourse::Gate("up".into())));
    visitor.open("/prompts/new_chat").await?;
    visitor.attach(&[&note, &picture]).await?;
    visitor.until_count(ACKNOWLEDGE, 1).await?;
    assert_eq!((visitor.count(CHIP).await?, visitor.site.uploads().len()), (0, 0), "not before the consent");
    visitor.press(ACKNOWLEDGE).await?;
    visitor.until_count(PROGRESS, 2).await?;
    visitor.fill("textarea[formcontrolname=promptText]", "Read").await?;
    visitor.site.open_gate("up");
    visitor.until_count(PROGRESS, 1).await?;
    assert_eq!(visitor.value("document.querySelector('button[aria-label=Run]').disabled").await?, true);
    visitor.site.open_gate("up");
    visitor.until_count(PROGRESS, 0).await?;
    visitor.press("button[aria-label=Run]:not([disabled])").await?;
    visitor.finished().await?;
    let record = visitor.record(1).await?;
    assert_eq!(record.prompt(), "Read");
    let note_sent = record.files.iter().find(|sent| sent.name == "note.txt").expect("the note was sent");
    assert_eq!((note_sent.mime.as_str(), note_sent.size, note_sent.turn), ("text/plain", 8, 0));
    assert_eq!((note_sent.sha256.as_str(), note_sent.inline), (CONTENTS_SHA256, false));
    assert_eq!((record.files.len(), visitor.site.uploads().len()), (2, 2));

    visitor.site.set_scenario(Scenario::default());
    visitor.open("/prompts/new_chat?temporary=true").await?;
    visitor.attach(&[&note]).await?;
    visitor
        .until(&format!(
            "document.querySelector('{CHIP}') !== null && document.querySelector('{PROGRESS}') === null"
        ))
        .await?;
    assert_eq!(visitor.count("[role=dialog]").await?, 0, "the consent holds");
    visitor.exchange("Again").await?;
    let record = visitor.record(2).await?;
    let sent = &record.files[0];
    assert_eq!((sent.name.as_str(), sent.sha256.as_str(), sent.inline), ("note.txt", CONTENTS_SHA256, true));
    visitor.exchange("Go on").await?;
    let record = visitor.record(3).await?;
    assert_eq!((record.files.len(), record.files[0].turn), (1, 0), "they stay with their turn");
    assert_eq!(visitor.site.uploads().len(), 3);
    visitor.end().await
}

#[tokio::test]
async fn files_are_refused_in_words_and_can_be_removed() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let folder = TempDir::new()?;
    let note = file(&folder, "note.txt", b"contents")?;
    let cases = [
        (
            file(&folder, "pack.zip", b"PK")?,
            "Failed to upload pack.zip: unsupported file type application/zip.",
        ),
        (
            file(&folder, "long.txt", &[b'a'; (1 << 20) + 1])?,
            "Failed to upload long.txt: the file is larger than 1 MB.",
        ),
    ];
    for (path, words) in cases {
        visitor.open_with(Layout { consent: false, largest_file: 1 << 20, ..Layout::default() }).await?;
        visitor.attach(&[&path]).await?;
        assert_eq!(visitor.until(TOAST).await?, words);
        assert_eq!(visitor.count(CHIP).await?, 0);
    }
    visitor.site.set_scenario(Scenario::default().uploading(UploadCourse::Fails));
    visitor.open_with(Layout { consent: false, ..Layout::default() }).await?;
    visitor.attach(&[&note]).await?;
    assert_eq!(visitor.until(TOAST).await?, "Failed to upload note.txt. Please try again.");
    visitor.until_count(CHIP, 0).await?;

    visitor.site.set_scenario(Scenario::default());
    visitor.attach(&[&note]).await?;
    visitor
        .until(&format!(
            "document.querySelector('{CHIP}') !== null && document.querySelector('{PROGRESS}') === null"
        ))
        .await?;
    visitor.press("button[aria-label='Remove note.txt']").await?;
    visitor.until_count(CHIP, 0).await?;
    visitor.exchange("Nothing with it").await?;
    assert!(visitor.record(1).await?.files.is_empty());

    visitor.open_with(Layout::default()).await?;
    visitor.attach(&[&note]).await?;
    visitor.press("[role=dialog] button.ms-button-borderless").await?;
    visitor.uncovered().await?;
    assert_eq!((visitor.count(CHIP).await?, visitor.site.uploads().len()), (0, 1), "no consent, no upload");
    visitor.end().await
}
