//! A conversation that was recorded and read.

use std::time::SystemTime;

use postern_curation::read::Media;
use postern_curation::{Source, VERSION, derive};
use postern_store::{Call, Ended, Headers, PageOf, ThreadId, Via};
use serde_json::{Value, json};

use crate::desk::FakeDesk;

impl FakeDesk {
    /// Records a conversation unless one is there, and names it.
    pub(crate) async fn converse(&self) -> ThreadId {
        let kept = self.recorded.conversations();
        loop {
            let page = kept.page(PageOf { limit: 1, ..PageOf::default() }).await.expect("a page");
            if let Some(row) = page.rows.first() {
                return row.id;
            }
            let mut arrivals = kept.arrivals();
            arrivals.mark_unchanged();
            self.record(
                json!({ "model": "m", "messages": [{ "role": "user", "content": "My mail is ada@lovelace.net." }] }),
                json!({ "id": "a1", "model": "m", "choices": [{ "index": 0, "finish_reason": "stop",
                    "message": { "role": "assistant", "content": "Hello" } }] }),
            );
            arrivals.changed().await.expect("the store is open");
            for exchange in kept.underived(VERSION, 10).await.expect("exchanges") {
                let derived = derive(&exchange, &mut Nowhere).unwrap_or_default();
                kept.put(VERSION, vec![(exchange.seq, derived)]).await.expect("it is kept");
            }
        }
    }

    fn record(&self, request: Value, response: Value) {
        let recording = self.recorded.recorder().begin(Call {
            id: "r".to_owned(),
            at: SystemTime::now(),
            via: Via::Api,
            method: "POST".to_owned(),
            host: None,
            path: "/v1/chat/completions".to_owned(),
            headers: Headers::default(),
            key: None,
        });
        recording.request(request.to_string().into());
        recording.answer(200, [("content-type", "application/json")].into_iter().collect());
        recording.response(response.to_string().into());
        recording.ended(Ended::Whole);
    }
}

/// Keeps no files.
struct Nowhere;

impl Media for Nowhere {
    fn keep(&mut self, mime: &str, bytes: &[u8]) -> Source {
        Source::Media { sha256: String::new(), mime: mime.to_owned(), bytes: bytes.len() as u64 }
    }
}
