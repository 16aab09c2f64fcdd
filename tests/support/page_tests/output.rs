use super::visitor::Visitor;
use crate::{Harm, Modality, Resolution, Threshold, echo_picture};

#[tokio::test]
async fn safety_and_media_resolution_arrive() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true&model=gemini-2.5-pro").await?;
    visitor.exchange("As it is").await?;
    let record = visitor.record(1).await?;
    let kinds = [Harm::Harassment, Harm::Hate, Harm::Sexual, Harm::Dangerous];
    assert_eq!(record.safety, kinds.map(|kind| (kind, Threshold::Off)));
    assert_eq!((record.media_resolution, record.modalities.len()), (None, 0));

    visitor.choose("Media resolution", "Medium").await?;
    visitor.press("button[aria-label='Expand or collapse advanced settings']").await?;
    visitor.press(".safety-settings button.edit-safety-button").await?;
    visitor.until_count("[role=dialog] input[type=range]", 4).await?;
    visitor.fill("[role=dialog] input[aria-label=Hate]", "4").await?;
    visitor.fill("[role=dialog] input[aria-label='Dangerous Content']", "1").await?;
    let level = "[...document.querySelectorAll('.safety-level')].map((level) => level.textContent).join()";
    assert_eq!(visitor.text(level).await?, "Off,Block most,Off,Block none");
    visitor.press("[role=dialog] button[data-test-close-button]").await?;
    visitor.uncovered().await?;
    visitor.exchange("Careful").await?;
    let record = visitor.record(2).await?;
    let thresholds: Vec<_> = record.safety.iter().map(|(_, threshold)| *threshold).collect();
    assert_eq!(thresholds, [Threshold::Off, Threshold::Most, Threshold::Off, Threshold::None]);
    assert_eq!(record.media_resolution, Some(Resolution::Medium));

    visitor.press(".safety-settings button.edit-safety-button").await?;
    visitor.press("[role=dialog] button[aria-label='Reset defaults']").await?;
    visitor.until(&format!("{level} === 'Off,Off,Off,Off'")).await?;
    visitor.end().await
}

#[tokio::test]
async fn a_model_for_pictures_has_its_own_settings_and_draws() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true&model=gemini-2.5-flash-image").await?;
    visitor.exchange("A dot").await?;
    let record = visitor.record(1).await?;
    assert_eq!(record.modalities, [Modality::Image, Modality::Text]);
    assert_eq!((record.aspect_ratio, record.image_size.as_deref()), (None, Some("1K")));
    let drawn = "document.querySelector('ms-chat-turn:last-of-type ms-image-chunk img')?.naturalWidth";
    assert_eq!(visitor.until(drawn).await?, 8, "a real picture");
    let source = "document.querySelector('ms-chat-turn:last-of-type ms-image-chunk img').src";
    assert_eq!(visitor.text(source).await?, format!("data:image/png;base64,{}", echo_picture()));

    visitor.choose("Aspect ratio", "16:9").await?;
    visitor.choose("Resolution", "2K").await?;
    visitor.choose("Output format", "Images").await?;
    visitor.exchange("A wide dot").await?;
    let record = visitor.record(2).await?;
    assert_eq!(record.modalities, [Modality::Image]);
    assert_eq!((record.aspect_ratio.as_deref(), record.image_size.as_deref()), (Some("16:9"), Some("2K")));
    visitor.end().await
}

#[tokio::test]
async fn a_model_for_speech_has_voices_and_speaks() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true&model=gemini-2.5-flash-preview-tts").await?;
    let others = "[aria-label='Aspect ratio'], [aria-label='Media resolution']";
    assert_eq!(visitor.count(others).await?, 0);
    visitor.choose("Voice", "Kore").await?;
    visitor.exchange("Say it").await?;
    let record = visitor.record(1).await?;
    assert_eq!(
        (record.modalities.as_slice(), record.voice.as_deref()),
        (&[Modality::Audio][..], Some("Kore"))
    );
    visitor.until_count("ms-audio-chunk audio", 2).await?;
    assert_eq!(visitor.count("ms-chat-turn:last-of-type ms-text-chunk").await?, 0);
    visitor.end().await
}
