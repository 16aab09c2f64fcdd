//! Functions that an MCP server runs in the middle of an answer of AI Studio, in one chat of its page.

use postern_net::Network;
use postern_protocol::chat::{Finish, Part, Source, Tool as Function, ToolCall};
use postern_tests::{Layout, Part as Said, Record, Script, Usage};
use postern_upstream::{Mcp, McpConfig, McpOffer, McpServer};
use serde_json::Value;

use super::*;

#[expect(
    dead_code,
    clippy::expect_used,
    reason = "other tests need more of the servers; one that cannot start fails"
)]
#[path = "../it/mcp/servers.rs"]
mod servers;

use servers::Server;

/// A house with one account, before a page whose next chat keeps the tools of the one before.
struct House {
    standin: Standin,
    account: Studio,
    aistudio: Arc<dyn Upstream>,
    server: Server,
    dir: tempfile::TempDir,
}

#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
impl House {
    async fn open() -> Self {
        let standin = Standin::start().await.unwrap();
        standin.control().set_layout(Layout { sticky_tools: true, ..Layout::default() });
        let dir = tempfile::tempdir().unwrap();
        let account = account(&standin, dir.path(), "one");
        let aistudio = AiStudio::new(vec![account.clone()]);
        aistudio.set_media(
            Media::open(&dir.path().join("uploads"), MediaRules::default(), Network::default()).unwrap(),
        );
        let aistudio = Arc::new(aistudio);
        Self { standin, account, aistudio, server: Server::mcp().await, dir }
    }

    /// Answers these in turn.
    fn site_says(&self, answers: impl IntoIterator<Item = Script>) {
        self.standin.control().clear_records();
        self.standin.control().set_scenario(Scenario::answering_in_turn(answers));
    }

    fn records(&self) -> Vec<Record> {
        self.standin.control().records()
    }

    /// The upstream with the server of the house in its settings.
    fn with_server(&self, config: McpConfig) -> Arc<dyn Upstream> {
        let server = McpServer { name: "weather".into(), address: self.server.url(), token: None };
        Mcp::new(McpConfig { servers: vec![server], ..config }, Network::default())
            .over(Arc::clone(&self.aistudio))
    }

    async fn close(self) {
        self.account.close().await;
        drop(self.dir);
    }
}

fn asking_with(functions: &[&str]) -> Request {
    let parameters = json!({ "type": "object", "properties": { "city": { "type": "string" } } });
    let function = |name: &&str| Function {
        name: (*name).into(),
        parameters: Some(parameters.clone()),
        ..Function::default()
    };
    Request { tools: functions.iter().map(function).collect(), ..asking("How is the weather?") }
}

fn asking(text: &str) -> Request {
    Request { model: MODEL.into(), messages: vec![Message::text(Role::User, text)], ..Request::default() }
}

async fn whole(upstream: &Arc<dyn Upstream>, request: Request) -> Result<Completion, Failure> {
    let call =
        Call { id: RequestId::new("mcp"), principal: Principal::Anonymous, request: Arc::new(request) };
    let mut events = upstream.chat(call);
    let mut whole = Completion::default();
    while let Some(event) = events.next().await {
        whole.push(event?);
    }
    Ok(whole)
}

fn done(script: Script) -> Script {
    script.finish(1, Usage { prompt: 5, output: 7, ..Usage::default() })
}

fn calls(name: &str, city: &str, id: &str) -> Said {
    Said::call(name, json!({ "city": city })).with_id(id)
}

/// What the model is given as results, by function.
fn results(record: &Record) -> Vec<(&str, String)> {
    let told = record.function_responses().iter();
    told.map(|told| (told.name.as_str(), told.response.to_string())).collect()
}

/// Nothing of functions is left for a plain question.
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
async fn plain(house: &House) {
    house.site_says([]);
    let answer = whole(&house.aistudio, asking("And now?")).await.unwrap();
    assert_eq!(answer.text(), postern_tests::echo_text("And now?"));
    let record = house.records().pop().unwrap();
    assert_eq!((record.contents.len(), record.tools.len(), record.functions.len()), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_of_an_mcp_server_run_within_one_chat_of_the_page() {
    let house = House::open().await;
    let upstream = house.with_server(McpConfig::default());
    house.site_says([
        done(
            Script::new()
                .text("Let me look.")
                .parts([calls("weather", "Oslo", "a").signed("Zmlyc3Q="), calls("weather", "Rome", "b")]),
        ),
        done(Script::new().parts([calls("fails", "Bonn", "c")])),
        done(Script::new().text("Sunny, twice.")),
    ]);
    let answer = whole(&upstream, asking_with(&["weather", "fails"])).await.unwrap();
    assert_eq!(answer.text(), "Let me look.\n\nSunny, twice.");
    assert_eq!((answer.finish(), answer.tool_calls().len()), (Some(Finish::Stop), 0));
    assert_eq!(answer.usage.map(|usage| (usage.prompt, usage.completion)), Some((15, 21)), "of all three");
    let city = |name: &str, city: &str| (name.to_owned(), json!({ "city": city }));
    let mut ran = house.server.calls();
    ran[..2].sort_by_key(|(_, arguments)| arguments.to_string());
    assert_eq!(ran, [city("weather", "Oslo"), city("weather", "Rome"), city("fails", "Bonn")]);

    let records = house.records();
    let turns: Vec<usize> = records.iter().map(|record| record.contents.len()).collect();
    assert_eq!(turns, [1, 3, 5], "the chat went on in its place");
    let told = results(&records[1]);
    assert!(told[0].0 == "weather" && told[0].1.contains("sunny in Oslo"), "{told:?}");
    assert!(told[1].1.contains("sunny in Rome"), "{told:?}");
    assert!(results(&records[2])[0].1.contains("no such city"), "{:?}", results(&records[2]));
    assert_eq!(records[2].contents[1].calls[0].signature.as_deref(), Some("Zmlyc3Q="));
    plain(&house).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_brings_the_other_results_finds_the_chat_as_it_is() {
    let house = House::open().await;
    let upstream = house.with_server(McpConfig::default());
    house.site_says([
        done(Script::new().parts([calls("weather", "Oslo", "a"), calls("edit", "Oslo", "b")])),
        done(Script::new().text("Written down.")),
    ]);
    let mut request = asking_with(&["weather", "edit"]);
    let first = whole(&upstream, request.clone()).await.unwrap();
    let calls = first.tool_calls();
    let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!((first.finish(), names), (Some(Finish::ToolCalls), vec!["edit"]));

    let call: ToolCall = first.tool_calls()[0].clone();
    let result = Part::ToolResult { call_id: call.id.clone(), text: "saved".into(), failed: false };
    request.messages.extend([
        Message { role: Role::Assistant, name: None, parts: vec![Part::ToolCall(call)] },
        Message { role: Role::Tool, name: None, parts: vec![result] },
    ]);
    assert_eq!(whole(&upstream, request).await.unwrap().text(), "Written down.");
    let record = house.records().pop().unwrap();
    let told = results(&record);
    assert_eq!((record.contents.len(), told.len()), (3, 2), "the chat went on in its place");
    assert!(told[0].0 == "weather" && told[0].1.contains("sunny in Oslo"), "{told:?}");
    assert!(told[1].0 == "edit" && told[1].1.contains("saved"), "{told:?}");
    plain(&house).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_no_request_declares_are_offered_when_the_owner_says_so() {
    let house = House::open().await;
    let upstream = house.with_server(McpConfig { offer: McpOffer::All, ..McpConfig::default() });
    house.site_says([
        done(Script::new().parts([calls("weather", "Oslo", "a")])),
        done(Script::new().text("It is sunny.")),
    ]);
    // A file of the caller stays with its question through all rounds.
    let mut request = asking("How is the weather here?");
    let note = Source::Data { mime: Some("text/plain".into()), base64: base64(b"Oslo") };
    request.messages[0].parts.push(Part::File { source: note, name: Some("place.txt".into()) });
    assert_eq!(whole(&upstream, request).await.unwrap().text(), "It is sunny.");
    let records = house.records();
    assert_eq!(records.iter().map(|record| record.contents.len()).collect::<Vec<_>>(), [1, 3]);
    for record in &records {
        let declared: Vec<&str> = record.functions.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(declared, ["weather", "huge", "wait", "meet", "fails", "refuses"]);
        assert_eq!(record.functions[0].schema["properties"]["city"]["type"], Value::from("string"));
        assert_eq!(record.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["place.txt"]);
    }
    plain(&house).await;
    house.close().await;
}
