//! The path proxy between clients and the stand-ins: what goes in comes out, to the byte, and the official SDKs do not
//! notice that it is there.

use std::io::Read as _;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use http::StatusCode;
use postern_tests::Standin;
use postern_tests::provider::{End, FIXTURES, KEY, Pieces, Provider, Replay, Said, Turn, Vendor};
use reqwest::Client as Http;
use serde_json::json;
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;

use super::{Client, Seat, round, saw_the_round};
use crate::product::{Product, TRUSTED};

/// A product without accounts that lets clients through to these stand-ins, whose credentials are of these kinds.
async fn way_to(providers: &[(&Provider, &str)]) -> anyhow::Result<Product> {
    let mut settings = "[proxy.allowed_domains]\n".to_owned();
    for (provider, auth) in providers {
        settings += &format!("\"{}\" = {{ auth_type = \"{auth}\", https = false }}\n", provider.addr());
    }
    Product::start_in(TempDir::new()?, Standin::start().await?, &settings)
}

fn through(product: &Product, provider: &Provider) -> String {
    format!("{}/{}", product.base_url, provider.addr())
}

/// A client that takes what comes as it comes.
fn http() -> anyhow::Result<Http> {
    Ok(Http::builder().no_gzip().redirect(reqwest::redirect::Policy::none()).build()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vendors_answer_comes_through_to_the_byte() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let product = way_to(&[(&provider, "off")]).await?;
    let client = http()?;
    let ways =
        [(false, Pieces::Bytes(1)), (false, Pieces::Whole), (true, Pieces::Bytes(1)), (true, Pieces::Whole)];
    for fixture in &FIXTURES {
        for (gzip, pieces) in ways {
            let replay =
                || Turn::replay(Replay { gzip, pieces, ..Replay::from(fixture) }.header("x-vendor", "a, b"));
            let mut seen = Vec::new();
            for base in [provider.url(), through(&product, &provider)] {
                provider.next(replay());
                let question = "{ \"stream\" : true }";
                let answer = client.post(format!("{base}{}", fixture.path)).body(question).send().await?;
                let headers = ["content-type", "content-encoding", "x-vendor"]
                    .map(|name| answer.headers().get(name).cloned());
                seen.push((answer.status(), headers, answer.bytes().await?));
                let received = provider.last()?;
                assert_eq!(
                    (received.target.as_str(), &received.body[..]),
                    (fixture.path, question.as_bytes())
                );
            }
            assert_eq!(seen[0], seen[1], "{} {gzip} {pieces:?}", fixture.name);
        }
    }
    Ok(())
}

/// Bytes that are no text and do not repeat soon.
fn noise(length: usize) -> Vec<u8> {
    (0..length)
        .scan(0x2545_f491_u32, |state, _| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*state >> 24) as u8)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_goes_through_to_the_byte() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let product = way_to(&[(&provider, "off")]).await?;
    provider.otherwise(Turn::replay(Replay::new(StatusCode::CREATED, "audio/mpeg", noise(300_000))));
    let client = http()?;
    let base = through(&product, &provider);
    for target in ["/a%2Fb//c/?q=%2B+%26&key=x", "/", "/v1/files?", "/%E4%BD%A0/.%2e;a=1,2"] {
        let request = client
            .put(format!("{base}{target}"))
            .header("x-stainless-lang", "test")
            .header("anthropic-beta", "a,b");
        let answer =
            request.header("content-type", "application/octet-stream").body(noise(3_000_000)).send().await?;
        assert_eq!(
            (answer.status(), &answer.headers()["content-type"]),
            (StatusCode::CREATED, &"audio/mpeg".parse()?)
        );
        assert_eq!(answer.bytes().await?, noise(300_000));
        let received = provider.last()?;
        assert_eq!((received.method.as_str(), received.target.as_str()), ("PUT", target));
        assert_eq!(
            (received.header("x-stainless-lang"), received.header("anthropic-beta")),
            (Some("test"), Some("a,b"))
        );
        assert!(received.body == noise(3_000_000), "every byte arrived");
        assert_eq!(received.header("host"), Some(provider.addr().to_string().as_str()));
    }
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ä.wav\"\r\n\r\n\0\x01\x02\r\n--b--\r\n";
    let request = client.post(format!("{base}/v1/audio/transcriptions"));
    request.header("content-type", "multipart/form-data; boundary=b").body(form).send().await?;
    let received = provider.last()?;
    assert_eq!(
        (&received.body[..], received.header("content-type")),
        (form.as_bytes(), Some("multipart/form-data; boundary=b"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_the_clients_to_follow_and_strangers_are_not_asked() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let stranger = Provider::start(Vendor::OpenAi).await?;
    let product = way_to(&[(&provider, "off")]).await?;
    let elsewhere = format!("{}/v1/models", stranger.url());
    let moved =
        Replay::new(StatusCode::TEMPORARY_REDIRECT, "text/plain", "moved").header("location", &elsewhere);
    provider.next(Turn::replay(moved));
    let client = http()?;
    let answer = client
        .post(format!("{}/v1/x", through(&product, &provider)))
        .header("x-api-key", KEY)
        .body("secret")
        .send()
        .await?;
    assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str()?), (307, elsewhere.as_str()));
    assert_eq!(answer.text().await?, "moved");
    let answer = client.get(format!("{}/v1/models", through(&product, &stranger))).send().await?;
    assert_eq!(answer.status().as_u16(), 403);
    assert!(
        answer.text().await?.contains(&stranger.addr().to_string()),
        "the refusal names whom it is about"
    );
    assert_eq!(stranger.received().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_not_held_back_and_its_end_is_told_both_ways() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let product = way_to(&[(&provider, "off")]).await?;
    let client = http()?;
    let body =
        json!({ "model": "gpt-5.2", "stream": true, "messages": [{ "role": "user", "content": "Hello?" }] });
    let ask = || {
        client
            .post(format!("{}/v1/chat/completions", through(&product, &provider)))
            .bearer_auth(KEY)
            .json(&body)
            .send()
    };
    let told = || Turn::from(Said::new().text("One two three"));

    provider.next(told().held_after(2));
    let mut answer = ask().await?.bytes_stream();
    let mut seen = String::new();
    while !seen.contains("One ") {
        let piece: Bytes = answer.next().await.ok_or_else(|| anyhow::anyhow!("it ended after {seen}"))??;
        seen += std::str::from_utf8(&piece)?;
    }
    assert!(!seen.contains("two"), "the rest is not there yet");
    drop(answer);
    provider.wait_for(|all| all.last().is_some_and(|request| request.end == End::HungUp)).await?;

    provider.next(told().cut_after(2));
    assert!(ask().await?.bytes().await.is_err(), "a cut answer does not look whole");
    provider.next(told());
    assert!(ask().await?.text().await?.ends_with("data: [DONE]\n\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_goes_through() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let product = way_to(&[(&provider, "off")]).await?;
    let url =
        format!("{}/v1/realtime?model=a%2Fb", through(&product, &provider)).replacen("http://", "ws://", 1);
    let (mut socket, answer) = tokio_tungstenite::connect_async(url).await?;
    assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
    for said in [Message::text("Grüße 👋"), Message::binary(noise(200_000))] {
        socket.send(said.clone()).await?;
        assert_eq!(socket.next().await.transpose()?, Some(said));
    }
    socket.close(None).await?;
    while socket.next().await.is_some() {}
    let received =
        provider.wait_for(|all| all.last().is_some_and(|request| request.end == End::Complete)).await?;
    assert_eq!(received[0].target, "/v1/realtime?model=a%2Fb");
    Ok(())
}

/// Outside, vendors speak HTTP/2 over TLS; a client of this machine does not.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_encrypted_outside_goes_through_to_the_byte() -> anyhow::Result<()> {
    let provider = Provider::start_encrypted(Vendor::OpenAi).await?;
    let data = TempDir::new()?;
    std::fs::write(data.path().join(TRUSTED), provider.certificate().unwrap_or_default())?;
    let settings = format!("[proxy.allowed_domains]\n\"{}\" = {{ auth_type = \"off\" }}\n", provider.addr());
    let product = Product::start_in(data, Standin::start().await?, &settings)?;
    let client = http()?;
    for fixture in &FIXTURES {
        for (gzip, pieces) in [(false, Pieces::Bytes(7)), (true, Pieces::Events)] {
            provider.next(Turn::replay(Replay { gzip, pieces, ..Replay::from(fixture) }));
            let question = noise(100_000);
            let answer = client
                .post(format!("{}{}", through(&product, &provider), fixture.path))
                .body(question.clone());
            let answer = answer.send().await?;
            assert_eq!(answer.headers()["content-type"], fixture.content_type);
            let mut body = answer.bytes().await?.to_vec();
            if gzip {
                let packed = std::mem::take(&mut body);
                flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut body)?;
            }
            assert_eq!(body, fixture.body, "{}", fixture.name);
            let received = provider.last()?;
            assert_eq!((received.version, received.target.as_str()), (http::Version::HTTP_2, fixture.path));
            assert!(received.body == question, "every byte arrived");
        }
    }
    Ok(())
}

/// The SDKs ask their own vendors through it, each with a key where it always has it.
#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdks_do_not_notice_it() -> anyhow::Result<()> {
    let [openai, anthropic, gemini] =
        [Vendor::OpenAi, Vendor::Anthropic, Vendor::Gemini].map(Provider::start);
    let (openai, anthropic, gemini) = (openai.await?, anthropic.await?, gemini.await?);
    let product = way_to(&[(&openai, "openai"), (&anthropic, "anthropic"), (&gemini, "google")]).await?;
    for (client, provider, model) in [
        (Client::OpenAi, &openai, "gpt-5.2"),
        (Client::Responses, &openai, "gpt-5.2"),
        (Client::Anthropic, &anthropic, "claude-sonnet-4-6"),
        (Client::Gemini, &gemini, "gemini-3-flash-preview"),
    ] {
        round().into_iter().for_each(|said| provider.next(said.into()));
        let seat = Seat { url: through(&product, provider), key: KEY.to_owned(), model: model.to_owned() };
        saw_the_round(client, &client.play(&seat, "chat").await?);
    }
    Ok(())
}

/// A key where another vendor has it is put where this one looks, and taken away from where it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_carried_to_where_the_vendor_looks() -> anyhow::Result<()> {
    let [openai, anthropic, gemini] =
        [Vendor::OpenAi, Vendor::Anthropic, Vendor::Gemini].map(Provider::start);
    let (openai, anthropic, gemini) = (openai.await?, anthropic.await?, gemini.await?);
    let product = way_to(&[(&openai, "openai"), (&anthropic, "anthropic"), (&gemini, "google")]).await?;
    let client = http()?;
    let bearer = format!("Bearer {KEY}");
    let given =
        [("authorization", bearer.as_str()), ("x-api-key", KEY), ("x-goog-api-key", KEY), ("api-key", KEY)];
    for (provider, path, place) in [
        (&openai, "/v1/models", "authorization"),
        (&anthropic, "/v1/models", "x-api-key"),
        (&gemini, "/v1beta/models", "x-goog-api-key"),
    ] {
        for (name, value) in given {
            let request = client.get(format!("{}{path}", through(&product, provider))).header(name, value);
            let answer = request.send().await?;
            assert_eq!(answer.status().as_u16(), 200, "{name} {path} {}", answer.text().await?);
            let received = provider.last()?;
            let places: Vec<_> =
                given.iter().filter(|(name, _)| received.headers.contains_key(*name)).collect();
            assert_eq!(places.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [place], "from {name}");
        }
    }
    Ok(())
}
