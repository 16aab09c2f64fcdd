//! Orders of messages that a real browser produces only now and then.

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{mpsc, oneshot};

use super::super::wire::Failure;
use super::*;
use crate::NetEvent;

struct Bench {
    tracker: Tracker,
    events: UnboundedReceiver<NetEvent>,
}

impl Bench {
    fn new() -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let mut tracker = Tracker::new(Lines::default());
        let (ready, _is_ready) = oneshot::channel();
        tracker.watch(Watcher { path_contains: "/api/".to_owned(), events: sender }, ready);
        let mut bench = Self { tracker, events };
        bench.answer("Runtime.getHeapUsage", Ok(json!({})));
        bench
    }

    fn event(&mut self, method: &str, params: Value) {
        self.tracker.event(method, &raw(&params));
    }

    fn send(&mut self, id: &str, kind: &str, method: &str) {
        let request = json!({ "url": "http://h/api/x", "method": method });
        self.event(
            "Network.requestWillBeSent",
            json!({ "requestId": id, "frameId": "F", "loaderId": "L", "type": kind, "request": request }),
        );
    }

    fn answered(&mut self, id: &str) {
        self.event("Network.responseReceived", json!({ "requestId": id, "response": { "status": 200 } }));
    }

    fn piece(&mut self, id: &str, length: usize, data: Option<&str>) {
        let mut params = json!({ "requestId": id, "dataLength": length });
        if let Some(data) = data {
            params["data"] = json!(BASE64_STANDARD.encode(data));
        }
        self.event("Network.dataReceived", params);
    }

    fn finished(&mut self, id: &str) {
        self.event("Network.loadingFinished", json!({ "requestId": id }));
    }

    /// Replies to the one command that is waiting.
    fn answer(&mut self, method: &str, reply: Result<Value, &str>) {
        let mut commands = self.tracker.take_commands();
        assert_eq!(commands.iter().map(|command| command.method).collect::<Vec<_>>(), [method]);
        self.reply(commands.remove(0), reply);
    }

    fn reply(&mut self, command: Command<Token>, reply: Result<Value, &str>) {
        match reply {
            Ok(value) => self.tracker.reply(command.token, Ok(&raw(&value))),
            Err(why) => self.tracker.reply(command.token, Err(Failure { message: why.to_owned() })),
        }
    }

    fn buffered(text: &str) -> Result<Value, &str> {
        Ok(json!({ "bufferedData": BASE64_STANDARD.encode(text) }))
    }

    /// The events so far, in a short form.
    fn told(&mut self) -> String {
        let mut told = Vec::new();
        while let Ok(event) = self.events.try_recv() {
            told.push(match event {
                NetEvent::Sent { body, .. } => format!("sent {}", body.unwrap_or_default()),
                NetEvent::Answered { status, .. } => status.to_string(),
                NetEvent::Data { bytes, .. } => String::from_utf8(bytes.to_vec()).unwrap(),
                NetEvent::Done { .. } => "done".to_owned(),
                NetEvent::Broken { why, .. } => format!("broken {why}"),
            });
        }
        told.join("|")
    }
}

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

const STREAM: &str = "Network.streamResourceContent";
const BODY: &str = "Network.getResponseBody";

#[test]
fn pieces_before_the_stream_are_in_its_reply_and_not_told_twice() {
    let mut bench = Bench::new();
    bench.send("1", "XHR", "POST");
    bench.answered("1");
    bench.piece("1", 2, None);
    bench.answer(STREAM, Bench::buffered("ab"));
    bench.piece("1", 1, Some("c"));
    bench.finished("1");
    assert_eq!(bench.told(), "sent |200|ab|c|done");
}

#[test]
fn an_end_before_the_reply_waits_for_it() {
    let mut bench = Bench::new();
    bench.send("1", "XHR", "GET");
    bench.answered("1");
    bench.piece("1", 2, None);
    bench.finished("1");
    assert_eq!(bench.told(), "sent |200");
    bench.answer(STREAM, Bench::buffered("ab"));
    assert_eq!(bench.told(), "ab|done");
}

#[test]
fn an_answer_that_was_over_is_fetched_whole() {
    let mut bench = Bench::new();
    bench.send("1", "XHR", "GET");
    bench.answered("1");
    bench.piece("1", 2, None);
    bench.finished("1");
    bench.answer(STREAM, Err("already finished loading"));
    bench.answer(BODY, Ok(json!({ "body": "ab", "base64Encoded": false })));
    assert_eq!(bench.told(), "sent |200|ab|done");
}

#[test]
fn an_answer_that_cannot_be_fetched_is_broken_not_short() {
    let mut bench = Bench::new();
    bench.send("1", "XHR", "GET");
    bench.answered("1");
    bench.piece("1", 2, None);
    bench.finished("1");
    bench.answer(STREAM, Err("already finished loading"));
    bench.answer(BODY, Err("evicted"));
    assert_eq!(bench.told(), "sent |200|broken evicted");
}

#[test]
fn an_empty_answer_needs_no_fetching() {
    let mut bench = Bench::new();
    bench.send("1", "XHR", "GET");
    bench.answer(STREAM, Err("no"));
    bench.answered("1");
    bench.finished("1");
    assert_eq!(bench.told(), "sent |200|done");
}

#[test]
fn a_piece_without_its_bytes_leaves_no_gap() {
    let mut bench = Bench::new();
    bench.send("1", "XHR", "GET");
    bench.answer(STREAM, Bench::buffered(""));
    bench.answered("1");
    bench.piece("1", 1, Some("a"));
    bench.piece("1", 1, None);
    bench.piece("1", 1, Some("c"));
    bench.finished("1");
    bench.answer(BODY, Ok(json!({ "body": BASE64_STANDARD.encode("abc"), "base64Encoded": true })));
    assert_eq!(bench.told(), "sent |200|a|bc|done");
}

#[test]
fn everything_waits_for_a_request_body_that_must_be_fetched() {
    let mut bench = Bench::new();
    let request = json!({ "url": "http://h/api/x", "method": "POST", "hasPostData": true });
    bench.event("Network.requestWillBeSent", json!({ "requestId": "1", "request": request }));
    let mut commands = bench.tracker.take_commands();
    let (body, stream) = (commands.remove(0), commands.remove(0));
    assert_eq!((body.method, stream.method), ("Network.getRequestPostData", STREAM));
    bench.reply(stream, Bench::buffered(""));
    bench.answered("1");
    bench.piece("1", 1, Some("a"));
    bench.finished("1");
    assert_eq!(bench.told(), "");
    bench.reply(body, Ok(json!({ "postData": "long" })));
    assert_eq!(bench.told(), "sent long|200|a|done");
}

#[test]
fn preflights_are_not_the_pages_requests_and_redirects_are_one() {
    let mut bench = Bench::new();
    bench.send("0", "Preflight", "OPTIONS");
    bench.send("1", "XHR", "GET");
    bench.send("1", "XHR", "GET");
    bench.answer(STREAM, Bench::buffered(""));
    assert_eq!(bench.told(), "sent ");
}

#[test]
fn what_ends_without_the_browsers_word_is_broken() {
    let mut bench = Bench::new();
    bench.send("1", "XHR", "GET");
    bench.answer(STREAM, Bench::buffered(""));
    let frame = |id: &str, loader: &str| json!({ "frame": { "id": id, "loaderId": loader } });
    bench.event("Page.frameNavigated", frame("F", "L"));
    bench.event("Page.frameNavigated", json!({ "frame": { "id": "F", "parentId": "P", "loaderId": "M" } }));
    assert_eq!(bench.told(), "sent ");
    bench.event("Page.frameNavigated", frame("F", "M"));
    assert_eq!(bench.told(), "broken the page was left");

    bench.send("2", "XHR", "GET");
    bench.event("Inspector.targetCrashed", json!({}));
    bench.finished("2");
    assert_eq!(bench.told(), "sent |broken the tab crashed");
}

#[test]
fn a_failure_tells_the_browsers_words() {
    let mut bench = Bench::new();
    bench.send("1", "XHR", "GET");
    bench.event(
        "Network.loadingFailed",
        json!({ "requestId": "1", "errorText": "net::ERR_ABORTED", "canceled": true }),
    );
    bench.answer(STREAM, Bench::buffered("a"));
    assert_eq!(bench.told(), "sent |a|broken net::ERR_ABORTED (canceled)");
}

#[test]
fn log_lines_are_bounded_and_carry_no_query() {
    let lines = Lines::default();
    let mut tracker = Tracker::new(lines.clone());
    for number in 0..LINES + 5 {
        let entry = json!({ "source": "network", "level": "error", "text": number.to_string(), "url": "http://h/p?key=1" });
        tracker.event("Log.entryAdded", &raw(&json!({ "entry": entry })));
    }
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), LINES);
    assert_eq!(lines.back().unwrap(), &format!("error network: {} (http://h/p)", LINES + 4));
}
