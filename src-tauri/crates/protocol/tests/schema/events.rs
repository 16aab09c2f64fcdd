//! Any answer that an upstream could give.

use postern_protocol::RequestId;
use postern_protocol::chat::{Event, Failure, FailureKind, Finish, Step, ToolCall, Usage};
use postern_protocol::dialect::{Dialect, Signature};
use postern_protocol::openai::Stamp;
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) const FAILURE_KINDS: [FailureKind; 14] = [
    FailureKind::BadRequest,
    FailureKind::UnknownModel,
    FailureKind::Quota,
    FailureKind::Refused,
    FailureKind::NotAllowed,
    FailureKind::SignInExpired,
    FailureKind::NeedsVerification,
    FailureKind::Unavailable,
    FailureKind::UpstreamError,
    FailureKind::Interrupted,
    FailureKind::PageChanged,
    FailureKind::Timeout,
    FailureKind::Cancelled,
    FailureKind::Internal,
];

pub(crate) fn stamp() -> Stamp {
    Stamp { id: RequestId::new("abc123"), created: 1_770_000_000, model: "gemini-x".to_owned() }
}

/// A whole answer: started, anything in any order, finished.
pub(crate) fn answer() -> impl Strategy<Value = Vec<Event>> {
    (prop::collection::vec(piece(), 0..12), finish()).prop_map(|(pieces, finish)| {
        let started = Event::Started { model: "gemini-x".to_owned(), warnings: Vec::new() };
        [vec![started], pieces.concat(), vec![Event::Finished(finish)]].concat()
    })
}

pub(crate) fn failure() -> impl Strategy<Value = Failure> {
    let param = prop::option::of(text());
    (prop::sample::select(&FAILURE_KINDS), text(), param).prop_map(|(kind, message, param)| {
        let failure = Failure::new(kind, message);
        if let Some(param) = param { failure.param(param) } else { failure }
    })
}

fn piece() -> impl Strategy<Value = Vec<Event>> {
    let single = prop_oneof![
        4 => text().prop_map(|text| Event::Text { text }),
        2 => text().prop_map(|text| Event::Reasoning { text }),
        1 => text().prop_map(|text| Event::Refusal { text }),
        1 => seal().prop_map(Event::Sealed),
        1 => (text(), text(), text())
            .prop_map(|(id, name, arguments)| Event::ToolCall(ToolCall { id, name, arguments })),
        1 => "[A-Za-z0-9+/]{0,8}".prop_map(|base64| Event::Image { mime: "image/png".to_owned(), base64 }),
        1 => "([A-Za-z0-9+/]{4}){0,2}".prop_map(|base64| Event::Audio { mime: "audio/pcm".to_owned(), base64 }),
        1 => citation().prop_map(|raw| Event::Citation { raw }),
        1 => usage().prop_map(Event::Usage),
        1 => Just(Event::Step(Step::Sent)),
    ];
    let call = (text(), text(), prop::collection::vec(text(), 0..3)).prop_map(|(id, name, pieces)| {
        let arguments = pieces.into_iter().map(|text| Event::Arguments { text });
        std::iter::once(Event::CallBegun { id, name }).chain(arguments).collect()
    });
    // A seal follows what it is for. That of a call is found again by the call's id, which readers never leave empty.
    let for_what = prop_oneof![
        text().prop_map(|text| Event::Text { text: text + "." }),
        text().prop_map(|text| Event::Reasoning { text }),
        (text(), text(), text()).prop_map(|(id, name, arguments)| Event::ToolCall(ToolCall {
            id: id + "-1",
            name,
            arguments
        })),
    ];
    let sealed = (for_what, seal()).prop_map(|(event, seal)| vec![event, Event::Signature(seal)]);
    prop_oneof![14 => single.prop_map(|event| vec![event]), 1 => call, 2 => sealed]
}

fn seal() -> impl Strategy<Value = Signature> {
    const MAKERS: [Dialect; 4] = [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::Gemini];
    (prop::sample::select(&MAKERS), "[A-Za-z0-9+/]{1,8}").prop_map(|(by, text)| Signature::new(by, text))
}

/// Whatever a text may hold, line breaks and what looks like SSE included.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), Just("\n\ndata: [DONE]\n\n".to_owned()), Just("é🦀\u{2028}".to_owned())]
}

/// Official annotations, ones that lack a field, and what no client knows.
fn citation() -> impl Strategy<Value = Value> {
    let lacking = prop::option::of(prop::sample::select(&["url", "title", "start_index", "end_index"]));
    let annotation = lacking.prop_map(|lacking| {
        let mut citation =
            json!({ "url": "https://a.example/", "title": "A", "start_index": 0, "end_index": 4 });
        if let (Some(field), Some(members)) = (lacking, citation.as_object_mut()) {
            members.shift_remove(field);
        }
        json!({ "type": "url_citation", "url_citation": citation })
    });
    prop_oneof![
        annotation,
        Just(json!("https://b.example/")),
        Just(json!([null, 3, ["https://c.example/", "C"]])),
    ]
}

fn usage() -> impl Strategy<Value = Usage> {
    (0..1_000_000_u64, 0..1_000_000_u64, 0..100_u64, 0..100_u64)
        .prop_map(|(prompt, completion, cached, reasoning)| Usage { prompt, completion, cached, reasoning })
}

fn finish() -> impl Strategy<Value = Finish> {
    prop::sample::select(vec![Finish::Stop, Finish::Length, Finish::ToolCalls, Finish::ContentFilter])
}
