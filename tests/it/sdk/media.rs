//! Pictures that are shown to a model, pictures that it draws, and speech.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postern_tests::{Control, Modality, Record, echo_picture, echo_sound, echo_text};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{ANY_KEY, Sdk, last, product_with};
use crate::product::Product;

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

/// A plain question is answered, without any file or form of the request before.
async fn plain(product: &Product, site: &Control) -> anyhow::Result<()> {
    let (status, body) = product.ask("And you?").await?;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["choices"][0]["message"]["content"], echo_text("And you?"));
    let Record { files, modalities, voice, aspect_ratio, .. } = last(site);
    assert_eq!((files.len(), modalities.len(), voice, aspect_ratio), (0, 0, None, None));
    Ok(())
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
    let seen =
        Sdk::PythonMedia.play_with(&product, ANY_KEY, "vision", &[("POSTERN_PICTURE", &address)]).await?;
    assert_eq!(seen["content"], echo_text("What is on them?"));
    let sent: Vec<(String, String)> =
        last(&site).files.into_iter().map(|file| (file.mime, file.sha256)).collect();
    let dot = b"\x89PNG\r\n\x1a\n a picture of this test";
    let png = |bytes: &[u8]| ("image/png".to_owned(), sha256(bytes));
    assert_eq!(sent, [png(dot), png(&picture()?)]);
    assert_eq!(gallery.visitors.load(Ordering::SeqCst), 1, "it was fetched once");
    plain(&product, &site).await?;

    refused(&product, "strange_host", &address, "local_hosts").await?;
    refused(&product, "strange_kind", &address, "application/zip").await?;
    assert_eq!(gallery.visitors.load(Ordering::SeqCst), 1, "nobody else asked");
    plain(&product, &site).await
}

#[tokio::test(flavor = "multi_thread")]
async fn models_speak_and_draw() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    let seen = Sdk::PythonMedia.play(&product, ANY_KEY, "speech").await?;
    let sound = sha256(&echo_sound());
    assert_eq!((&seen["samples"], &seen["bare"]), (&json!(sound), &json!(sound)));
    assert_eq!((&seen["shape"], &seen["type"]), (&json!([1, 2, 24000]), &json!("audio/wav")));
    let record = last(&site);
    assert_eq!((record.model.as_str(), record.prompt()), ("gemini-2.5-flash-preview-tts", "Good morning!"));
    assert_eq!(
        (record.voice.as_deref(), record.modalities.as_slice()),
        (Some("Puck"), &[Modality::Audio][..])
    );

    site.clear_records();
    let seen = Sdk::PythonMedia.play(&product, ANY_KEY, "images").await?;
    assert_eq!(seen["pictures"], json!([echo_picture(), echo_picture()]));
    assert_eq!(seen["link"], format!("data:image/png;base64,{}", echo_picture()));
    assert!(seen["usage"].as_u64() > Some(0), "{seen}");
    let asked: Vec<(String, Option<String>)> = site
        .records()
        .iter()
        .map(|record| (record.prompt().to_owned(), record.aspect_ratio.clone()))
        .collect();
    let wide = |prompt: &str, ratio: Option<&str>| (prompt.to_owned(), ratio.map(str::to_owned));
    let (blue, other) = (wide("A blue square", Some("3:2")), wide("Another one", None));
    assert_eq!(asked, [blue.clone(), blue, other], "the sides of one request are not those of the next");
    plain(&product, &site).await
}
