//! What a request leaves in the page, because the page did not take it or let go of it, does not reach the next one.

use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use futures::future::BoxFuture;
use postern_aistudio::files::{Files, Staged, Supply};
use postern_protocol::RequestId;
use postern_protocol::chat::{
    BlockFrom, Event, Failure, FailureKind, Harm, Part, ProviderTools, Request, Safety, Source, Step, Tool,
    ToolMode, Wishes,
};
use postern_tests::{Layout, Model, Piece, Record, SearchSwitch, Thinking, Threshold, Tool as SiteTool};
use serde_json::json;

use crate::house::{House, ask, question};

fn last(house: &House) -> Record {
    house.site.records().pop().unwrap()
}

fn search() -> Request {
    let provider_tools = ProviderTools { search: Some(true), ..ProviderTools::default() };
    Request { provider_tools, ..question("Hi") }
}

/// Asks with one function that takes this property.
fn with_function(property: &str) -> Request {
    let parameters = json!({ "type": "object", "properties": { property: { "type": "string" } } });
    let tool = Tool { name: "now".into(), parameters: Some(parameters), ..Tool::default() };
    Request { tools: vec![tool], ..question("Hi") }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_functions_of_a_request_that_was_refused_are_not_taken_for_those_before() {
    let house = House::open().await;
    // Functions, and a list of aspect ratios that may refuse.
    let model = Model::chat("gemini-x", "Gemini X", Thinking::Absent).with_capabilities(&[1, 10, 47]);
    house.site.set_models(vec![model]);
    let of = |property: &str| Request { model: "gemini-x".into(), ..with_function(property) };
    let sent = || last(&house).functions[0].schema["properties"].clone();
    house.ask(of("zone")).await.unwrap();
    assert!(sent().get("zone").is_some());
    let mut refused = of("city");
    refused.wishes.aspect_ratio = Some("7:1".into());
    let failure = house.ask(refused).await.unwrap_err();
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("aspect_ratio")));
    house.ask(of("zone")).await.unwrap();
    assert!(sent().get("zone").is_some() && sent().get("city").is_none(), "{:?}", sent());
    assert_eq!(house.site.visits().len(), 1, "no page was loaded again");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_stays_on_after_its_request_costs_a_load_and_no_answer() {
    let layout = Layout { search_switch: SearchSwitch::StaysOn, sticky_tools: true, ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    house.ask(search()).await.unwrap();
    assert!(last(&house).has(SiteTool::Search));
    let answer = house.ask(question("Hi")).await.unwrap();
    assert_eq!((answer.warnings, last(&house).tools), (Vec::new(), Vec::new()));
    assert_eq!(house.site.visits().len(), 2, "another request's search is not answered with");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_nothing_switches_off_is_told_and_the_page_goes_on() {
    let layout = Layout { search_switch: SearchSwitch::AlwaysOn, ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    for _ in 0..2 {
        let answer = house.ask(question("Hi")).await.unwrap();
        assert_eq!(answer.warnings, ["Google Search is on, which was not asked for"]);
    }
    house.ask(search()).await.unwrap();
    house.ask(question("Hi")).await.unwrap();
    assert_eq!((house.site.visits().len(), house.site.records().len()), (1, 4), "nothing was sent twice");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_safety_setting_that_did_not_go_back_goes_back_with_the_next_request() {
    let layout = Layout { sticky_tools: true, safety_stuck: Some(2), ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    let hate = || last(&house).safety[1].1;
    let safety = vec![Safety { harm: Harm::Hate, block: BlockFrom::Low }];
    let asking = Request { wishes: Wishes { safety, ..Wishes::default() }, ..question("Hi") };
    house.ask(asking).await.unwrap();
    assert_eq!(hate(), Threshold::Most);
    let answer = house.ask(question("Hi")).await.unwrap();
    assert!(
        answer.warnings.iter().any(|warning| warning.contains("safety setting")),
        "{:?}",
        answer.warnings
    );
    assert_eq!(hate(), Threshold::Most, "the page took nothing");
    let answer = house.ask(question("Hi")).await.unwrap();
    assert_eq!((hate(), answer.warnings), (Threshold::Off, Vec::new()));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_after_a_search_wait_until_their_switch_is_free() {
    let house = House::with(Layout { frees_late: true, ..Layout::default() }, |_| {}).await;
    house.ask(search()).await.unwrap();
    let mut modes = Vec::new();
    let answer = ask(&house.studio, with_function("zone"), |event| {
        if let Event::Step(Step::Tools { mode }) = event {
            modes.push(*mode);
        }
    });
    answer.await.unwrap();
    assert_eq!((modes, last(&house).functions.len()), (vec![ToolMode::Native], 1));
    house.close().await;
}

/// One file on the disk.
struct Picture(PathBuf);

impl Supply for Picture {
    fn supply(&self, _: usize) -> BoxFuture<'_, Result<Arc<Staged>, Failure>> {
        let bytes: &[u8] = b"\x89PNG\r\n\x1a\n cat";
        std::fs::write(&self.0, bytes).unwrap();
        let staged = Staged {
            path: self.0.clone(),
            mime: "image/png".into(),
            size: bytes.len() as u64,
            warning: None,
            param: "messages[0].content".into(),
        };
        Box::pin(async { Ok(Arc::new(staged)) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_given_to_the_page_once_where_it_takes_no_functions() {
    let house = House::with(Layout::default().without([Piece::Functions]), |_| {}).await;
    let mut request = with_function("zone");
    let source = Source::Url("https://pictures.test/cat.png".into());
    request.messages[0].parts.push(Part::Image { source, detail: None });
    let files = Files::of(Arc::new(Picture(house.dir.path().join("cat.png"))));
    let mut events = house.studio.chat_with(RequestId::new("files"), Arc::new(request), files);
    while let Some(event) = events.next().await {
        event.unwrap();
    }
    let record = last(&house);
    assert!(record.functions.is_empty() && record.system.unwrap().contains("zone"));
    assert_eq!((record.files.len(), house.site.uploads().len()), (1, 1));
    house.close().await;
}
