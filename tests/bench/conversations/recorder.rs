//! The recorder, from those who answer to the database, against the same rows by bare batched SQL.

use std::path::Path;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use postern_store::{Call, ConversationStore, Derived, Ended, Headers, Recorder, Server, Via};
use rusqlite::{Connection, params};

use super::{bare, rate};
use crate::stats::{at_least, median};

/// So many exchanges are recorded.
const ROWS: usize = 20_000;
/// So many may wait at once: else it would be measured how fast they are lost.
const WAITING: usize = 4_000;
/// So many are written by one transaction, as the recorder does.
const BATCH: usize = 200;
/// The recorder's own.
const LEVEL: i32 = 1;

/// An exchange's bodies.
struct Said {
    request: Bytes,
    response: Bytes,
}

/// Records exchanges that say what these conversations say.
pub(crate) async fn measure(of: &[Derived]) -> anyhow::Result<[String; 6]> {
    let said: Vec<Said> = of.iter().cycle().take(ROWS).map(exchange).collect();
    let (mut plain, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let folder = tempfile::tempdir()?;
        let store = ConversationStore::open(folder.path())?;
        ours.push(record(&store, &said).await?);
        store.close();
        plain.push(write(folder.path(), &said)?);
    }
    let (plain, ours) = (median(&mut plain), median(&mut ours));
    let ratio = ours / plain;
    Ok([
        "exchanges recorded, index included".to_owned(),
        format!("{plain:.0}"),
        format!("{ours:.0}"),
        format!("{ratio:.2}"),
        at_least(ratio, 0.6),
        String::new(),
    ])
}

fn exchange(derived: &Derived) -> Said {
    let body = String::from_utf8_lossy(&derived.body);
    let request = format!(r#"{{"model":"{}","stream":true,"said":{body}}}"#, derived.facts.model);
    let answer = serde_json::json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {
            "role": "assistant", "content": derived.texts.last(),
        }}],
    });
    Said { request: request.into(), response: answer.to_string().into() }
}

fn headers() -> Headers {
    [("content-type", "application/json"), ("user-agent", "bench/1")].into_iter().collect()
}

/// So many per second, until the last is in the database.
async fn record(store: &ConversationStore, said: &[Said]) -> anyhow::Result<f64> {
    let recorder = store.recorder();
    let mut arrivals = store.conversations().arrivals();
    let begun = Instant::now();
    for (at, said) in said.iter().enumerate() {
        one(&recorder, said);
        if at % BATCH == 0 {
            let least = at.saturating_sub(WAITING) as u64;
            arrivals.wait_for(|arrived| *arrived >= least).await?;
        }
    }
    arrivals.wait_for(|arrived| *arrived >= said.len() as u64).await?;
    let rate = rate(said.len(), begun);
    let usage = store.conversations().usage().await?;
    anyhow::ensure!(usage.lost == 0, "none was lost");
    Ok(rate)
}

fn one(recorder: &Recorder, said: &Said) {
    let recording = recorder.begin(Call {
        id: "0198f2c4-9a51-7a70-8000-000000000000".to_owned(),
        at: SystemTime::now(),
        via: Via::Api,
        method: "POST".to_owned(),
        host: None,
        path: "/v1/chat/completions".to_owned(),
        headers: headers(),
        key: None,
    });
    recording.request(said.request.clone());
    recording.answer(200, headers());
    recording.response(said.response.clone());
    recording.served(Server { upstream: "echo".to_owned(), model: "m".to_owned(), account: None });
    recording.ended(Ended::Whole);
}

/// The same rows, packed the same way, by bare SQL into the same tables.
fn write(folder: &Path, said: &[Said]) -> anyhow::Result<f64> {
    let other = bare::same_layout(&folder.join("conversations.db"), &folder.join("bare.db"))?;
    let mut packer = zstd::bulk::Compressor::new(LEVEL)?;
    let begun = Instant::now();
    for batch in said.chunks(BATCH) {
        let transaction = other.unchecked_transaction()?;
        for said in batch {
            row(&transaction, &packer.compress(&said.request)?, &packer.compress(&said.response)?)?;
        }
        transaction.execute("UPDATE totals SET exchanges = exchanges + ?1", [i64::try_from(batch.len())?])?;
        transaction.commit()?;
    }
    Ok(rate(said.len(), begun))
}

fn row(connection: &Connection, request: &[u8], response: &[u8]) -> anyhow::Result<()> {
    const HEADERS: &str = r#"[["content-type","application/json"],["user-agent","bench/1"]]"#;
    connection
        .prepare_cached(
            "INSERT INTO exchanges (id, at_ms, stored_bytes, via, method, path, upstream, model, status, ended, total_ms,
                 request_headers, response_headers, request, response)
             VALUES (?1, 1700000000000, ?2, 'api', 'POST', '/v1/chat/completions', 'echo', 'm', 200, 'whole', 9, ?3, ?3,
                 ?4, ?5)",
        )?
        .execute(params![
            "0198f2c4-9a51-7a70-8000-000000000000",
            i64::try_from(request.len() + response.len() + 2 * HEADERS.len())?,
            HEADERS,
            request,
            response
        ])?;
    Ok(())
}
