use std::io::Read as _;

use flate2::read::GzDecoder;
use futures::StreamExt as _;
use http::StatusCode;
use serde_json::json;

use super::bearer;
use crate::provider::{End, FIXTURES, Pieces, Provider, Replay, Said, Turn, Vendor};

#[tokio::test]
async fn what_is_written_down_goes_out_to_the_byte() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let client = reqwest::Client::builder().no_gzip().build()?;
    for fixture in &FIXTURES {
        for (gzip, pieces) in [
            (false, Pieces::Bytes(1)),
            (false, Pieces::Whole),
            (true, Pieces::Bytes(1)),
            (true, Pieces::Whole),
        ] {
            provider.next(Turn::replay(Replay { gzip, pieces, ..Replay::from(fixture) }));
            let answer =
                client.post(format!("{}{}", provider.url(), fixture.path)).body("asked").send().await?;
            assert_eq!(answer.headers()["content-type"], fixture.content_type);
            assert_eq!(answer.headers().contains_key("content-encoding"), gzip);
            let mut body = answer.bytes().await?.to_vec();
            if gzip {
                let packed = std::mem::take(&mut body);
                GzDecoder::new(packed.as_slice()).read_to_end(&mut body)?;
            }
            assert_eq!(body, fixture.body, "{}", fixture.name);
            let received = provider.last()?;
            assert_eq!((received.target.as_str(), &received.body[..]), (fixture.path, &b"asked"[..]));
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_path_is_kept_as_it_came() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let elsewhere = Replay::new(StatusCode::TEMPORARY_REDIRECT, "text/plain", "")
        .header("location", "http://127.0.0.1:9/");
    provider.next(Turn::replay(elsewhere));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let answer = client.get(format!("{}/a%2Fb//c?q=%2B+%26&key=1", provider.url())).send().await?;
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str()?),
        (307, "http://127.0.0.1:9/")
    );
    let received = provider.last()?;
    assert_eq!(received.target, "/a%2Fb//c?q=%2B+%26&key=1");
    assert_eq!((received.path(), received.query("q")), ("/a%2Fb//c", Some("%2B+%26")));
    Ok(())
}

#[tokio::test]
async fn an_answer_can_be_cut_held_and_left() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let asked =
        json!({ "model": "gpt-5.2", "stream": true, "messages": [{ "role": "user", "content": "Hello?" }] });
    let ask = || {
        let request = reqwest::Client::new().post(format!("{}/v1/chat/completions", provider.url()));
        request.header("authorization", bearer()).json(&asked).send()
    };
    let told = || Turn::from(Said::new().text("One two three"));

    provider.next(told().cut_after(2));
    assert!(ask().await?.bytes().await.is_err(), "the connection ended early");
    provider.wait_for(|all| all.last().is_some_and(|request| request.end == End::Cut)).await?;

    provider.next(told().held_after(2));
    let mut answer = ask().await?.bytes_stream();
    let mut seen = Vec::new();
    while let Some(piece) = answer.next().await {
        seen.extend_from_slice(&piece?);
        if String::from_utf8_lossy(&seen).contains("One ") {
            break;
        }
    }
    assert!(!String::from_utf8_lossy(&seen).contains("two"));
    drop(answer);
    provider.wait_for(|all| all.last().is_some_and(|request| request.end == End::HungUp)).await?;

    provider.next(told().held_after(0));
    provider.release();
    assert!(ask().await?.text().await?.ends_with("[DONE]\n\n"));
    provider.wait_for(|all| all.last().is_some_and(|request| request.end == End::Complete)).await?;
    Ok(())
}
