//! Secrets that were said are on no disk.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use postern_store::{Call, Ended, Headers};
use proptest::prelude::*;
use tempfile::TempDir;

use super::recorded::{all, call, every, files, hold, open};

const SECRETS: [&str; 8] = [
    "sk-planted-bearer-000001",
    "AIza-planted-query-00002",
    "planted-cookie-value-003",
    "planted-mcp-token-000004",
    "planted-goog-header-0005",
    "planted-set-cookie-00006",
    "pw7",
    "planted-postern-key-0008",
];

fn secretive(id: &str) -> Call {
    Call {
        host: Some("api.example".to_owned()),
        path: format!("/v1/x?alt=sse&key={}", SECRETS[1]),
        headers: [
            ("authorization", format!("Bearer {}", SECRETS[0])),
            ("cookie", format!("session={}; other=1", SECRETS[2])),
            ("x-goog-api-key", SECRETS[4].to_owned()),
            ("x-postern-key", SECRETS[7].to_owned()),
            ("content-type", "application/json".to_owned()),
        ]
        .into_iter()
        .collect(),
        ..call(id)
    }
}

fn body(filler: usize) -> String {
    let picture = STANDARD.encode(format!("{}{}", "p".repeat(6000), SECRETS[0]));
    format!(
        "{{\"filler\":\"{}\",\"tools\":[{{\"type\":\"mcp\",\"authorization\":\"{}\"}}],\"password\":\"{}\",
         \"note\":\"{} and {}\",\"url\":\"data:image/png;base64,{picture}\"}}",
        "x".repeat(filler),
        SECRETS[3],
        SECRETS[6],
        SECRETS[0],
        SECRETS[1],
    )
}

fn say(recorder: &postern_store::Recorder, id: &str, filler: usize) {
    let recording = recorder.begin(secretive(id));
    let sent = body(filler);
    for piece in sent.as_bytes().chunks(1000) {
        recording.request(Bytes::copy_from_slice(piece));
    }
    recording.answer(200, [("set-cookie", format!("a={}", SECRETS[5]))].into_iter().collect());
    let echo = format!("{} {sent}", SECRETS.join(" "));
    for piece in echo.replace(SECRETS[5], "").replace(SECRETS[6], "").as_bytes().chunks(777) {
        recording.response(Bytes::copy_from_slice(piece));
    }
    recording.ended(Ended::Whole);
}

fn planted_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(folder) {
        // It may have gone into the database meanwhile.
        let bytes = std::fs::read(&file).unwrap_or_default();
        for secret in SECRETS.iter().filter(|secret| secret.len() > 8) {
            // What stands in a picture is a picture.
            let media = file.to_string_lossy().contains("media");
            if !media && memchr::memmem::find(&bytes, secret.as_bytes()).is_some() {
                found.push(format!("{secret} in {}", file.display()));
            }
        }
    }
    found
}

#[tokio::test]
async fn planted_secrets_are_in_no_file() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let recorder = store.recorder();
    // So that what is spooled stays there for a look.
    let held = hold(folder.path());
    for (number, filler) in [0, 100, 5_000, 2_000_000].into_iter().enumerate() {
        say(&recorder, &number.to_string(), filler);
    }
    super::support::until(|| {
        files(folder.path()).iter().any(|file| file.extension().is_some_and(|end| end == "body"))
    })
    .await;
    store.conversations().usage().await.expect("readable");
    assert_eq!(planted_in(folder.path()), Vec::<String>::new(), "while it waits");
    drop(held);
    let mut arrivals = store.conversations().arrivals();
    arrivals.wait_for(|last| *last >= 4).await.expect("open");
    assert_eq!(planted_in(folder.path()), Vec::<String>::new(), "in the database and its log");
    let found = every(&store).await;
    assert_eq!(found.len(), 4);
    for exchange in &found {
        assert!(exchange.credential.is_some());
        assert_eq!(exchange.credential, found[0].credential);
        let text = String::from_utf8_lossy(&exchange.request);
        assert!(
            text.contains("\"authorization\":\"[removed]\"") && text.contains("\"password\":\"[removed]\"")
        );
        assert_eq!(exchange.path, "/v1/x?alt=sse&key=[removed]");
    }
    store.close();
    assert_eq!(planted_in(folder.path()), Vec::<String>::new(), "after the end");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_record_is_what_was_said_in_any_pieces(
        (request, response) in (proptest::collection::vec(any::<u8>(), 0..5000), proptest::collection::vec(any::<u8>(), 0..5000)),
        sizes in proptest::collection::vec(1..3000_usize, 1..20),
        repeat in prop_oneof![Just(1_usize), Just(1), Just(400)],
    ) {
        let folder = TempDir::new().expect("a folder");
        let store = open(folder.path());
        let (request, response) = (request.repeat(repeat), response.repeat(repeat));
        let recording = store.recorder().begin(call("req"));
        let pieces = |body: &[u8], say: &dyn Fn(Bytes)| {
            let (mut rest, mut sizes) = (Bytes::copy_from_slice(body), sizes.iter().cycle());
            while !rest.is_empty() {
                let size = sizes.next().copied().unwrap_or(1).min(rest.len());
                say(rest.split_to(size));
            }
        };
        pieces(&request, &|piece| recording.request(piece));
        recording.answer(200, Headers::default());
        pieces(&response, &|piece| recording.response(piece));
        recording.ended(Ended::Whole);
        drop(recording);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let found = runtime.block_on(all(store, folder.path()));
        prop_assert_eq!(found.len(), 1);
        prop_assert!(found[0].request == request && found[0].response == response);
    }
}
