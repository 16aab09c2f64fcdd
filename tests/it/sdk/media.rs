//! Pictures that are shown to a model, pictures that it draws, speech, and what else an answer can hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postern_tests::{
    Control, Grounding, Modality, Scenario, Script, Source, Support, Tool, echo_picture, echo_sound,
    echo_text,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{ANY_KEY, Sdk, done, last, product_with};
use crate::product::Product;

const FLASH: &str = "gemini-3-flash-preview";
const PAINTER: &str = "gemini-2.5-flash-image";
const SPEAKER: &str = "gemini-2.5-flash-preview-tts";

/// A server of this computer that has one picture, and counts who asks for it.
struct Gallery {
    port: u16,
    visitors: Arc<AtomicUsize>,
}

impl Gallery {
    async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let visitors = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visitors);
        tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                // One that hangs up is none of the gallery's business.
                let _ = show(visitor).await;
            }
        });
        Ok(Self { port, visitors })
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}/halls/blue.png", self.port)
    }
}

async fn show(mut visitor: TcpStream) -> anyhow::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(visitor.read_u8().await?);
    }
    let picture = picture()?;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        picture.len()
    );
    visitor.write_all(&[head.as_bytes(), &picture].concat()).await?;
    Ok(visitor.shutdown().await?)
}

fn picture() -> anyhow::Result<Vec<u8>> {
    Ok(STANDARD.decode(echo_picture())?)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the site gets with a plain question beside the question itself: all that its form of a request has a place
/// for, from the sampling to the voice.
async fn plain(product: &Product, model: &str) -> anyhow::Result<Value> {
    let site = product.site.control();
    site.set_scenario(Scenario::default());
    let body = json!({ "model": model, "messages": [{ "role": "user", "content": "And you?" }] });
    let answer = product.post(&body).await?;
    let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await?);
    assert_eq!(status, 200, "{body}");
    let spoken = if model == SPEAKER { Value::Null } else { json!(echo_text("And you?")) };
    assert_eq!(body["choices"][0]["message"]["content"], spoken);
    let record = last(&site);
    assert_eq!((record.model.as_str(), record.contents.len(), record.files.len()), (model, 1, 0));
    Ok(
        json!({ "safety": record.raw[2], "form": record.raw[3], "system": record.raw[5], "tools": record.raw[6] }),
    )
}

async fn play(product: &Product, scenario: &str) -> anyhow::Result<Value> {
    Sdk::PythonMedia.play(product, ANY_KEY, scenario).await
}

/// Pictures that cannot be had are refused in words, before the site hears of them.
async fn refused(product: &Product, scenario: &str, address: &str, why: &str) -> anyhow::Result<()> {
    let asked = product.site.control().records().len();
    let picture = [("POSTERN_PICTURE", address)];
    let seen = Sdk::PythonMedia.play_with(product, ANY_KEY, scenario, &picture).await?;
    assert_eq!(seen["param"], "messages[0].content", "{seen}");
    assert!(seen["message"].as_str().is_some_and(|text| text.contains(why)), "{seen}");
    assert_eq!(product.site.control().records().len(), asked);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_shown_to_a_model() -> anyhow::Result<()> {
    let gallery = Gallery::open().await?;
    let allowed = format!("[files]\nlocal_hosts = [\"127.0.0.1:{}\"]\n", gallery.port);
    let product = product_with(&allowed).await?;
    let site = product.site.control();
    let address = gallery.address();
    let before = plain(&product, FLASH).await?;
    let seen =
        Sdk::PythonMedia.play_with(&product, ANY_KEY, "vision", &[("POSTERN_PICTURE", &address)]).await?;
    assert_eq!(seen["content"], echo_text("What is on them?"));
    let sent: Vec<(String, String)> =
        last(&site).files.into_iter().map(|file| (file.mime, file.sha256)).collect();
    let dot = b"\x89PNG\r\n\x1a\n a picture of this test";
    let png = |bytes: &[u8]| ("image/png".to_owned(), sha256(bytes));
    assert_eq!(sent, [png(dot), png(&picture()?)]);
    assert_eq!(gallery.visitors.load(Ordering::SeqCst), 1, "it was fetched once");
    assert_eq!(plain(&product, FLASH).await?, before);

    refused(&product, "strange_host", &address, "local_hosts").await?;
    refused(&product, "strange_kind", &address, "application/zip").await?;
    assert_eq!(gallery.visitors.load(Ordering::SeqCst), 1, "nobody else asked");
    assert_eq!(plain(&product, FLASH).await?, before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn models_speak_and_draw() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    let silent = plain(&product, SPEAKER).await?;
    let seen = play(&product, "speech").await?;
    let sound = sha256(&echo_sound());
    assert_eq!((&seen["samples"], &seen["bare"]), (&json!(sound), &json!(sound)));
    assert_eq!((&seen["shape"], &seen["type"]), (&json!([1, 2, 24000]), &json!("audio/wav")));
    spoke(&site, "Good morning!", "Puck");
    let seen = play(&product, "spoken").await?;
    assert_eq!(seen, json!({ "samples": sound, "bare": sound, "content": null }));
    spoke(&site, "Good evening!", "Kore");
    assert_eq!(plain(&product, SPEAKER).await?, silent, "nobody's voice stays");

    let blank = plain(&product, PAINTER).await?;
    site.clear_records();
    let seen = play(&product, "images").await?;
    assert_eq!(seen["pictures"], json!([echo_picture(), echo_picture()]));
    let link = format!("data:image/png;base64,{}", echo_picture());
    assert_eq!(seen["link"], link);
    assert!(seen["usage"].as_u64() > Some(0), "{seen}");
    let asked: Vec<(String, Option<String>)> = site
        .records()
        .iter()
        .map(|record| (record.prompt().to_owned(), record.aspect_ratio.clone()))
        .collect();
    let wide = |prompt: &str, ratio: Option<&str>| (prompt.to_owned(), ratio.map(str::to_owned));
    let (blue, other) = (wide("A blue square", Some("3:2")), wide("Another one", None));
    assert_eq!(asked, [blue.clone(), blue, other], "the sides of one request are not those of the next");
    let seen = play(&product, "drawn").await?;
    let text = echo_text("Draw a blue square");
    let expected = json!({ "content": text, "urls": [link], "streamed": text, "streamed_urls": [link] });
    assert_eq!(seen, expected);
    assert_eq!(last(&site).modalities, [Modality::Image, Modality::Text]);
    assert_eq!(plain(&product, PAINTER).await?, blank, "no picture's sides and forms stay");
    Ok(())
}

/// The last request was to say this with this voice.
fn spoke(site: &Control, text: &str, voice: &str) {
    let record = last(site);
    assert_eq!((record.model.as_str(), record.prompt()), (SPEAKER, text));
    assert_eq!(
        (record.voice.as_deref(), record.modalities.as_slice()),
        (Some(voice), &[Modality::Audio][..])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_hold_what_was_asked_for_and_nothing_else() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    let before = plain(&product, FLASH).await?;

    let seen = play(&product, "silent").await?;
    assert_eq!(seen["content"], json!([echo_text("How far?"), echo_text("How far?")]));
    assert_eq!(seen["thoughts"], json!([[], ""]), "thought of, and not told");
    assert!(seen["counted"].as_u64() > Some(0), "{seen}");
    assert_eq!(plain(&product, FLASH).await?, before);

    let code =
        done(Script::new().text("I compute.").code("print(6 * 7)").code_result("42\n").text("It is 42."));
    site.set_scenario(Scenario::answering(code));
    let seen = play(&product, "computed").await?;
    let blocks = "I compute.\n\n```python\nprint(6 * 7)\n```\n\n```text\n42\n```\n\nIt is 42.";
    assert_eq!(seen["content"], blocks);
    assert_eq!(last(&site).tools, [Tool::CodeExecution]);
    assert_eq!(plain(&product, FLASH).await?, before);

    let grounding = Grounding {
        chunks: vec![Source { uri: "https://weather.example/oslo".into(), title: "Weather".into() }],
        supports: vec![Support { start: 0, end: 9, text: "It rains.".into(), sources: vec![0] }],
        queries: vec!["rain oslo".into()],
    };
    site.set_scenario(Scenario::answering(done(Script::new().text("It rains.").grounding(grounding))));
    let seen = play(&product, "cited").await?;
    let raw = seen["citations"].to_string();
    for kept in ["https://weather.example/oslo", "Weather", "It rains.", "rain oslo"] {
        assert!(raw.contains(kept), "{kept}: {raw}");
    }
    assert_eq!(last(&site).tools, [Tool::Search]);
    assert_eq!(plain(&product, FLASH).await?, before);

    let asked = site.records().len();
    let seen = play(&product, "unable").await?;
    for (endpoint, what) in [("speech", "speech"), ("images", "pictures"), ("chat", "speech")] {
        let message = seen[endpoint]["message"].as_str().unwrap_or_default();
        assert!(message.contains(FLASH) && message.contains(what), "{endpoint}: {seen}");
        assert!(seen[endpoint]["param"].is_string(), "{endpoint}: {seen}");
    }
    assert_eq!(site.records().len(), asked, "nothing of it reached the site");
    assert_eq!(plain(&product, FLASH).await?, before);
    Ok(())
}
