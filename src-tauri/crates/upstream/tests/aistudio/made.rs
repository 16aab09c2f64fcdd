//! What an answer must have the form of, rests on and consists of.

use postern_protocol::chat::{Modality, ProviderTools, ResponseFormat, Wishes};
use postern_protocol::openai::Sound;
use postern_tests::{Grounding, Script, Source, Support, Usage, echo_sound};
use postern_upstream::{Choice, Policy};
use serde_json::Value;

use super::*;

const SPEAKER: &str = "gemini-2.5-flash-preview-tts";

fn script(text: &str) -> Script {
    Script::new().text(text).finish(1, Usage { prompt: 5, output: 7, ..Usage::default() })
}

fn calling(request: Request) -> Call {
    Call { id: RequestId::new("test"), principal: Principal::Anonymous, request: Arc::new(request) }
}

async fn whole(upstream: &AiStudio, request: Request) -> Result<Completion, Failure> {
    let mut whole = Completion::default();
    let mut events = upstream.chat(calling(request));
    while let Some(event) = events.next().await {
        whole.push(event?);
    }
    Ok(whole)
}

fn asking(text: &str) -> Request {
    Request { model: MODEL.into(), messages: vec![Message::text(Role::User, text)], ..Request::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_its_form_is_asked_for_again_in_the_same_chat() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let accounts = ["one", "two"].map(|name| account(&standin, dir.path(), name));
    let upstream = AiStudio::new(accounts.to_vec());
    upstream.set_policy(Policy { choice: Choice::RoundRobin, ..Policy::default() });
    let schema = json!({
        "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"],
        "additionalProperties": false,
    });
    let response_format = ResponseFormat::JsonSchema { name: "person".into(), schema, strict: true };
    let request = Request { response_format, ..asking("Who?") };

    let right = "```json\n{\"name\": \"Ada\"}\n```";
    site.set_scenario(Scenario::answering_in_turn([script("Sure!"), script(right)]));
    let events: Vec<_> = upstream.chat(calling(request.clone())).collect().await;
    assert_eq!(attempts(&events), ["one", "one"], "it is not the next one's turn");
    let mut answer = Completion::default();
    events.into_iter().for_each(|event| answer.push(event.unwrap()));
    assert_eq!(answer.text(), "{\"name\": \"Ada\"}");
    assert_eq!(answer.usage.map(|usage| (usage.prompt, usage.completion)), Some((10, 14)), "of both");
    let records = site.records();
    let [first, second] = records.as_slice() else { panic!("{} requests", records.len()) };
    assert_eq!((first.contents.len(), second.contents.len()), (1, 3), "it went on in place");
    assert!(second.prompt().contains("not valid JSON"), "{}", second.prompt());
    assert_eq!(first.schema, second.schema);
    assert!(first.schema.is_some() && first.response_mime.is_some());

    site.set_scenario(Scenario::answering_in_turn([script("{\"nam\": 1}"), script("{\"name\": 1}")]));
    let failure = whole(&upstream, request).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::UpstreamError);
    assert!(failure.message.contains("at /name"), "{failure}");
    site.set_scenario(Scenario::default());
    whole(&upstream, asking("Next")).await.unwrap();
    assert_eq!(site.records().pop().unwrap().schema, None, "nothing of it is left");
    futures::future::join_all(accounts.iter().map(Studio::close)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_a_form_that_breaks_off_is_had_from_the_next_account() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let accounts = ["one", "two"].map(|name| account(&standin, dir.path(), name));
    let upstream = AiStudio::new(accounts.to_vec());
    let broken = Script::new().text("{\"name\": ").text("\"Eve\"").text("}").finish(1, Usage::default());
    site.set_scenario(Scenario { answer: broken.into(), ..Scenario::misbehaving(Misbehaviour::Cut) });
    let request = Request { response_format: ResponseFormat::JsonObject, ..asking("Who?") };
    let mut stream = upstream.chat(calling(request));
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event);
        if attempts(&events) == ["one", "two"] {
            site.set_scenario(Scenario::answering_in_turn([script("{\"name\": \"Ada\"}")]));
        }
    }
    assert_eq!(attempts(&events), ["one", "two"]);
    let mut answer = Completion::default();
    events.into_iter().for_each(|event| answer.push(event.unwrap()));
    assert_eq!(answer.text(), "{\"name\": \"Ada\"}");
    futures::future::join_all(accounts.iter().map(Studio::close)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_and_sound_arrive() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let one = account(&standin, dir.path(), "one");
    let upstream = AiStudio::new(vec![one.clone()]);
    let source = |uri: &str, title: &str| Source { uri: uri.into(), title: title.into() };
    let grounding = Grounding {
        chunks: vec![source("https://a.example/", "A")],
        supports: vec![Support { start: 8, end: 17, text: "aus Oslo.".into(), sources: vec![0] }],
        queries: vec!["oslo".into()],
    };
    let said = Script::new().text("Grüße aus Oslo.").grounding(grounding).finish(1, Usage::default());
    site.set_scenario(Scenario::answering_in_turn([said]));
    let provider_tools = ProviderTools { search: Some(true), ..ProviderTools::default() };
    let answer = whole(&upstream, Request { provider_tools, ..asking("Greet me") }).await.unwrap();
    assert!(site.records().pop().unwrap().has(Tool::Search));
    let citation = json!({ "url": "https://a.example/", "title": "A", "start_index": 6, "end_index": 15 });
    let annotation = json!({ "type": "url_citation", "url_citation": citation });
    assert_eq!(
        answer.candidates[0].citations.iter().filter(|raw| **raw == annotation).count(),
        1,
        "{:?}",
        answer.candidates[0].citations
    );
    assert!(answer.candidates[0].citations.iter().any(Value::is_array), "the raw list is beside it");

    site.set_scenario(Scenario::default());
    let wishes =
        Wishes { modalities: vec![Modality::Audio], voice: Some("Puck".into()), ..Wishes::default() };
    let speech = Request { model: SPEAKER.into(), wishes, ..asking("Say hello") };
    let spoken = whole(&upstream, speech).await.unwrap();
    assert_eq!(Sound::of(&spoken.audio()).unwrap().samples(), echo_sound());
    assert_eq!(site.records().pop().unwrap().voice.as_deref(), Some("Puck"));
    one.close().await;
}
