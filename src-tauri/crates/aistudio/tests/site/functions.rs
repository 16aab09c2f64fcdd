//! Functions: offered through the site's editor or in words, called, and told what came of it.

use postern_aistudio::ToolSetting;
use postern_protocol::chat::{
    Completion, Event, Failure, FailureKind, Finish, Message, Part as Piece_, ProviderTools, Request, Role,
    Step, Tool, ToolCall, ToolChoice, ToolMode,
};
use postern_tests::{Layout, Part, Piece, Record, Scenario, Script, Tool as SiteTool, Usage};
use serde_json::{Value, json};

use crate::house::{House, ask, question};

fn tool(name: &str, parameters: Value) -> Tool {
    Tool {
        name: name.into(),
        description: Some(format!("Does {name}")),
        parameters: Some(parameters),
        ..Tool::default()
    }
}

/// A question with two functions whose names and schemas the editor does not take as they are.
pub(crate) fn with_tools() -> Request {
    let days = json!({
        "type": "object",
        "title": "Weather",
        "additionalProperties": false,
        "properties": { "city": { "type": "string" }, "max-days": { "anyOf": [{ "type": "integer" }, { "type": "null" }] } },
        "required": ["city"],
    });
    let tools = vec![tool("get weather", days), tool("now", json!({ "type": "object", "properties": {} }))];
    Request { tools, ..question("How is the weather in Oslo and Rome?") }
}

pub(crate) fn weather(city: &str) -> Part {
    Part::call("get_weather", json!({ "city": city, "max_days": 2 }))
}

pub(crate) fn done(script: Script) -> Script {
    script.finish(1, Usage { prompt: 9, output: 3, thoughts: 1, cached: 0 })
}

/// The conversation with an answer and the results of its calls.
pub(crate) fn and_results(request: &mut Request, answer: &Completion, results: &[&str]) {
    let calls = answer.tool_calls().into_iter().map(Piece_::ToolCall);
    let text = Some(answer.text().clone()).filter(|text| !text.is_empty()).map(|text| Piece_::Text { text });
    request.messages.push(Message {
        role: Role::Assistant,
        name: None,
        parts: text.into_iter().chain(calls).collect(),
    });
    for (call, text) in answer.tool_calls().iter().zip(results) {
        let parts =
            vec![Piece_::ToolResult { call_id: call.id.clone(), text: (*text).into(), failed: false }];
        request.messages.push(Message { role: Role::Tool, name: None, parts });
    }
}

/// Asks, and tells how the functions were offered.
pub(crate) async fn asked(house: &House, request: &Request) -> (Result<Completion, Failure>, Vec<ToolMode>) {
    let mut modes = Vec::new();
    let answer = ask(&house.studio, request.clone(), |event| {
        if let Event::Step(Step::Tools { mode }) = event {
            modes.push(*mode);
        }
    });
    (answer.await, modes)
}

pub(crate) fn last(house: &House) -> Record {
    house.site.records().pop().unwrap()
}

pub(crate) fn names(record: &Record) -> Vec<&str> {
    record.functions.iter().map(|function| function.name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_of_calls_stays_in_one_chat() {
    let house = House::open().await;
    let both = [weather("Oslo").with_id("a").signed("c2ln"), weather("Rome").with_id("b")];
    house.site.set_scenario(Scenario::answering_in_turn([
        done(Script::new().thought("Hm").parts(both).repeated(1)),
        done(Script::new().call_signed("now", json!({}), "c", "bm93")),
        done(Script::new().text("Oslo is better.")),
    ]));
    let mut request = with_tools();
    let (answer, modes) = asked(&house, &request).await;
    let answer = answer.unwrap();
    assert_eq!((answer.finish(), modes), (Some(Finish::ToolCalls), vec![ToolMode::Native]));
    let call = |id: &str, city: &str| ToolCall {
        id: id.into(),
        name: "get weather".into(),
        arguments: json!({ "city": city, "max-days": 2 }).to_string(),
    };
    assert_eq!(answer.tool_calls(), [call("a", "Oslo"), call("b", "Rome")]);
    assert_eq!(answer.warnings, Vec::<String>::new());
    let record = last(&house);
    assert_eq!(names(&record), ["get_weather", "now"]);
    let days = &record.functions[0].schema["properties"]["max_days"];
    assert_eq!((&days["type"], &days["nullable"]), (&json!("integer"), &json!(true)));

    let visits = house.site.visits().len();
    and_results(&mut request, &answer, &["{\"sky\":\"rain\"}", "sun"]);
    assert!(house.studio.holds(&request));
    let answer = house.ask(request.clone()).await.unwrap();
    assert_eq!(answer.tool_calls()[0].name, "now");
    let record = last(&house);
    assert_eq!(record.contents.len(), 3, "the chat went on");
    let told: Vec<(&str, &Value)> =
        record.function_responses().iter().map(|result| (result.name.as_str(), &result.response)).collect();
    let (rain, sun) = (json!({ "sky": "rain" }), json!({ "result": "sun" }));
    assert_eq!(told, [("get_weather", &rain), ("get_weather", &sun)]);
    assert_eq!(record.contents[1].calls[0].signature.as_deref(), Some("c2ln"));
    assert_eq!(names(&record), ["get_weather", "now"]);

    and_results(&mut request, &answer, &[""]);
    let answer = house.ask(request.clone()).await.unwrap();
    assert_eq!((answer.text().as_str(), answer.finish()), ("Oslo is better.", Some(Finish::Stop)));
    assert_eq!((last(&house).contents.len(), house.site.visits().len()), (5, visits));

    // A plain question goes on there too, and the next chat knows of no function.
    request
        .messages
        .extend([Message::text(Role::Assistant, answer.text()), Message::text(Role::User, "Thanks")]);
    house.ask(request).await.unwrap();
    assert_eq!(last(&house).contents.len(), 7);
    house.works().await;
    assert!(names(&last(&house)).is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_do_not_stay_with_the_page() {
    let layout = Layout { sticky_tools: true, drifted: true, ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    house.ask(with_tools()).await.unwrap();
    assert_eq!(names(&last(&house)), ["get_weather", "now"]);
    house.works().await;
    assert!(names(&last(&house)).is_empty());
    let mut none = with_tools();
    none.tool_choice = ToolChoice::None;
    let (answer, modes) = asked(&house, &none).await;
    assert!(answer.is_ok() && modes.is_empty() && names(&last(&house)).is_empty());
    let one = Request { tools: with_tools().tools.split_off(1), ..with_tools() };
    house.ask(one).await.unwrap();
    assert_eq!(names(&last(&house)), ["now"]);
    house.close().await;
}

pub(crate) const WRITTEN: &str =
    "<tool_call>\n{\"name\": \"get weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>";

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_offered_in_words_where_the_page_has_no_editor() {
    let house = House::with(Layout::default().without([Piece::Functions]), |_| {}).await;
    house.site.set_scenario(Scenario::answering_in_turn([
        done(Script::new().text("Let me see.\n\n").text(&WRITTEN[..30]).text(&WRITTEN[30..])),
        done(Script::new().text("It rains.")),
    ]));
    let mut request = with_tools();
    let (answer, modes) = asked(&house, &request).await;
    let answer = answer.unwrap();
    assert_eq!((modes, answer.finish()), (vec![ToolMode::Emulated], Some(Finish::ToolCalls)));
    assert_eq!(
        (answer.text().as_str(), answer.tool_calls()[0].arguments.as_str()),
        ("Let me see.", "{\"city\":\"Oslo\"}")
    );
    let record = last(&house);
    assert!(names(&record).is_empty() && record.system.unwrap().contains("\"max-days\""));
    and_results(&mut request, &answer, &["rain"]);
    let answer = house.ask(request).await.unwrap();
    assert_eq!(answer.text(), "It rains.");
    let record = last(&house);
    assert_eq!(record.contents.len(), 3, "the chat went on");
    assert!(record.prompt().contains("of the function get weather:\nrain"), "{}", record.prompt());
    house.works().await;
    assert_eq!(last(&house).system.unwrap_or_default(), "");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_offered_in_words_where_the_owner_wants_it() {
    let house = House::with(Layout::default(), |config| config.tool_mode = ToolSetting::Emulated).await;
    let now = "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>";
    house.site.set_scenario(Scenario::answering_in_turn([
        done(Script::new().text(now)),
        done(Script::new().text(WRITTEN)),
        done(Script::new().text("It rains.")),
    ]));
    let mut request = Request { tool_choice: ToolChoice::Named("get weather".into()), ..with_tools() };
    let (answer, modes) = asked(&house, &request).await;
    let answer = answer.unwrap();
    assert_eq!(modes, vec![ToolMode::Emulated; 2]);
    assert_eq!((answer.tool_calls().len(), answer.tool_calls()[0].name.as_str()), (1, "get weather"));
    let record = last(&house);
    assert_eq!(record.contents.len(), 3, "it was asked again in the same chat");
    assert!(record.prompt().contains("of the function now:\n{\"error\":"), "{}", record.prompt());
    and_results(&mut request, &answer, &["rain"]);
    request.tool_choice = ToolChoice::Auto;
    let (answer, modes) = asked(&house, &request).await;
    assert_eq!((answer.unwrap().text().as_str(), modes), ("It rains.", vec![ToolMode::Emulated]));
    let record = last(&house);
    assert_eq!((record.contents.len(), record.function_responses().len()), (5, 0));
    assert!(record.prompt().contains("of the function get weather:\nrain"), "{}", record.prompt());
    for record in house.site.records() {
        assert!(names(&record).is_empty() && record.system.unwrap().contains("\"max-days\""));
    }
    house.works().await;
    assert_eq!(last(&house).system.unwrap_or_default(), "");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_the_editor_refuses_is_told_in_its_words_or_offered_otherwise() {
    let layout = Layout { editor_refuses: vec!["pattern".into()], ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    let mut request = with_tools();
    request.tools[1].parameters = Some(
        json!({ "type": "object", "properties": { "zone": { "type": "string", "pattern": "^[A-Z]" } } }),
    );
    for _ in 0..2 {
        let (answer, modes) = asked(&house, &request).await;
        assert!(answer.is_ok());
        assert_eq!(modes, [ToolMode::Emulated]);
        assert!(last(&house).system.unwrap().contains("zone"));
    }
    let strict = house.another("strict", |config| config.tool_mode = ToolSetting::Native);
    let failure = ask(&strict, request, |_| {}).await.unwrap_err();
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("tools")));
    assert!(failure.message.contains("pattern"), "{failure}");
    let answer = ask(&strict, with_tools(), |_| {}).await.unwrap();
    assert!(answer.warnings.is_empty(), "{:?}", answer.warnings);
    assert_eq!(names(&last(&house)), ["get_weather", "now"]);
    strict.close().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_went_wrong_is_made_in_words() {
    let house = House::open().await;
    let usage = Usage::default();
    house.site.set_scenario(Scenario::answering_in_turn([
        Script::new().finish(10, usage),
        done(Script::new().text(WRITTEN)),
        done(Script::new().parts([weather("Oslo")])),
    ]));
    let (answer, modes) = asked(&house, &with_tools()).await;
    assert_eq!((answer.unwrap().tool_calls().len(), modes), (1, vec![ToolMode::Native, ToolMode::Emulated]));
    assert_eq!(asked(&house, &with_tools()).await.1, [ToolMode::Native], "it may go well the next time");
    // That the model thought about it first is no answer.
    house.site.set_scenario(Scenario::answering_in_turn([
        Script::new().thought("Let me see.").finish(10, usage),
        done(Script::new().text(WRITTEN)),
    ]));
    let visits = house.site.visits().len();
    let (answer, modes) = asked(&house, &with_tools()).await;
    assert_eq!((answer.unwrap().tool_calls().len(), modes), (1, vec![ToolMode::Native, ToolMode::Emulated]));
    assert_eq!(house.site.visits().len(), visits, "the page was in order");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_without_a_box_become_a_written_history() {
    let house = House::with(Layout::default().without([Piece::ResultBoxes]), |_| {}).await;
    house.site.set_scenario(Scenario::answering_in_turn([
        done(Script::new().parts([weather("Oslo")])),
        done(Script::new().text(WRITTEN)),
    ]));
    let mut request = with_tools();
    let answer = house.ask(request.clone()).await.unwrap();
    assert!(answer.tool_calls()[0].id.starts_with("call_"), "{:?}", answer.tool_calls());
    and_results(&mut request, &answer, &["rain"]);
    let visits = house.site.visits().len();
    // A model that saw calls as text may write its own.
    let answer = house.ask(request).await.unwrap();
    assert_eq!((answer.tool_calls().len(), answer.text().as_str()), (1, ""));
    let record = last(&house);
    assert_eq!((record.contents.len(), names(&record).len(), house.site.visits().len()), (1, 2, visits));
    assert!(record.prompt().contains("<tool_call>") && record.prompt().contains(":\nrain"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_began_with_written_calls_may_go_on_with_them() {
    let house = House::open().await;
    house.site.set_scenario(Scenario::answering_in_turn([
        done(Script::new().parts([weather("Rome")])),
        done(Script::new().text(WRITTEN)),
    ]));
    let mut request = with_tools();
    let earlier = ToolCall { id: "c0".into(), name: "now".into(), arguments: "{}".into() };
    let earlier = Completion::from_iter([Event::ToolCall(earlier)]);
    and_results(&mut request, &earlier, &["noon"]);
    let answer = house.ask(request.clone()).await.unwrap();
    assert!(last(&house).prompt().contains("<tool_call>"), "the call of before is written");
    and_results(&mut request, &answer, &["sun"]);
    let answer = house.ask(request).await.unwrap();
    assert_eq!(last(&house).contents.len(), 3, "the chat goes on");
    assert_eq!((answer.tool_calls().len(), answer.text().as_str()), (1, ""));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_at_once_is_one() {
    let house = House::open().await;
    let both = done(Script::new().parts([weather("Oslo"), weather("Rome")]));
    house.site.set_scenario(Scenario::answering(both).times(1));
    let request = Request { parallel_tool_calls: Some(false), ..with_tools() };
    let answer = house.ask(request).await.unwrap();
    assert_eq!(answer.tool_calls().len(), 1);
    assert!(
        answer.warnings.iter().any(|warning| warning.contains("parallel_tool_calls")),
        "{:?}",
        answer.warnings
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_beside_a_search_and_for_a_poor_model_are_offered_in_words() {
    let house = House::open().await;
    let provider_tools = ProviderTools { search: Some(true), ..ProviderTools::default() };
    let (answer, modes) = asked(&house, &Request { provider_tools, ..with_tools() }).await;
    assert!(answer.is_ok(), "{answer:?}");
    let record = last(&house);
    assert!(record.has(SiteTool::Search) && names(&record).is_empty());
    assert_eq!(modes, [ToolMode::Emulated]);
    let poor = Request { model: "gemma-3-27b-it".into(), ..with_tools() };
    let (answer, modes) = asked(&house, &poor).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(modes, [ToolMode::Emulated]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_nothing_is_refused_before_any_browser_starts() {
    let house = House::open().await;
    let mut request = with_tools();
    let parts = vec![Piece_::ToolResult { call_id: "gone".into(), text: "rain".into(), failed: false }];
    request.messages.push(Message { role: Role::Tool, name: None, parts });
    let failure = house.ask(request).await.unwrap_err();
    let field = Some("messages[1].tool_call_id");
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, field));
    let unknown = Request { tool_choice: ToolChoice::Named("nobody".into()), ..with_tools() };
    assert_eq!(house.ask(unknown).await.unwrap_err().param.as_deref(), Some("tool_choice"));
    assert!(house.site.visits().is_empty());
    // A call of a function that is no longer offered is a part of the past like any other.
    let mut past = with_tools();
    let call = ToolCall { id: "c".into(), name: "forgotten".into(), arguments: "{}".into() };
    let answer = Completion::from_iter([Event::ToolCall(call)]);
    and_results(&mut past, &answer, &["done"]);
    house.ask(past).await.unwrap();
    assert!(last(&house).prompt().contains("of the function forgotten:\ndone"));
    house.close().await;
}
