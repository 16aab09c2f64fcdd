//! What must be called, and what must not: looked at in the answer, and asked for once more.

use postern_protocol::chat::{
    Completion, Event, Failure, FailureKind, Finish, Message, Request, Role, ToolCall, ToolChoice,
};
use postern_tests::{Layout, Part, Piece, Scenario, Script, Usage};
use serde_json::json;

use crate::functions::{WRITTEN, and_results, done, last, weather, with_tools};
use crate::house::{House, ask, question};

fn named() -> Request {
    Request { tool_choice: ToolChoice::Named("get weather".into()), ..with_tools() }
}

fn now() -> Part {
    Part::call("now", json!({})).with_id("n")
}

fn calls(parts: impl IntoIterator<Item = Part>) -> Script {
    done(Script::new().parts(parts))
}

fn says(text: &str) -> Script {
    done(Script::new().text(text))
}

/// Asks with these answers to come, and expects that each of them was needed. Nothing that is told on the way is a
/// call unless it is in the answer as a whole.
async fn asked(house: &House, request: &Request, answers: Vec<Script>) -> Result<Completion, Failure> {
    house.site.clear_records();
    let expected = answers.len();
    house.site.set_scenario(Scenario::answering_in_turn(answers));
    let mut told = Vec::new();
    let answer = ask(&house.studio, request.clone(), |event| {
        if let Event::ToolCall(call) = event {
            told.push(call.clone());
        }
    });
    let answer = answer.await;
    assert_eq!(house.site.records().len(), expected, "{answer:?}");
    assert_eq!(told, answer.as_ref().map_or_else(|_| Vec::new(), |answer| answer.tool_calls().clone()));
    answer
}

fn is_unmet(answer: Result<Completion, Failure>, words: &str, param: &str) {
    let failure = answer.unwrap_err();
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::UpstreamError, Some(param)));
    assert!(failure.message.contains(words) && failure.message.contains("asked again"), "{failure}");
}

/// The function was called, once and alone.
fn is_weather(answer: &Completion) {
    let calls = answer.tool_calls();
    let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!((names, answer.finish()), (vec!["get weather"], Some(Finish::ToolCalls)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_owed_is_asked_for_once_more() {
    let house = House::open().await;
    let text = || done(Script::new().text("I would rather talk."));
    house
        .site
        .set_scenario(Scenario::answering_in_turn([text(), done(Script::new().parts([weather("Oslo")]))]));
    let request = Request { tool_choice: ToolChoice::Required, ..with_tools() };
    let answer = house.ask(request.clone()).await.unwrap();
    assert_eq!(
        (answer.text().as_str(), answer.tool_calls().len()),
        ("", 1),
        "nothing of the first reply is told"
    );
    let usage = answer.usage.unwrap();
    assert_eq!((usage.prompt, usage.reasoning), (18, 2), "both answers count");
    let record = last(&house);
    assert_eq!(record.contents.len(), 3, "it was asked in the same chat");
    assert!(record.prompt().contains("called no function") && record.system.unwrap().contains("must call"));
    let mut more = request.clone();
    and_results(&mut more, &answer, &["rain"]);
    more.tool_choice = ToolChoice::Auto;
    house.ask(more).await.unwrap();
    let record = last(&house);
    assert_eq!((record.contents.len(), record.system.unwrap_or_default().as_str()), (5, ""));

    house.site.set_scenario(Scenario::answering_in_turn([text(), text()]));
    let named = Request { tool_choice: ToolChoice::Named("get weather".into()), ..with_tools() };
    let failure = house.ask(named).await.unwrap_err();
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::UpstreamError, Some("tool_choice")));
    assert!(failure.message.contains("'get weather'"), "{failure}");
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_function_than_the_named_one_is_no_answer() {
    let house = House::open().await;
    let mut request = named();
    let answer = asked(&house, &request, vec![calls([now()]), calls([weather("Oslo")])]).await.unwrap();
    is_weather(&answer);
    let record = last(&house);
    assert_eq!(record.contents.len(), 3, "it was asked in the same chat");
    let told = &record.function_responses()[0];
    assert_eq!(told.name, "now");
    assert!(told.response["error"].as_str().unwrap().contains("get_weather"), "{told:?}");
    and_results(&mut request, &answer, &["rain"]);
    request.tool_choice = ToolChoice::Auto;
    asked(&house, &request, vec![says("It rains.")]).await.unwrap();
    assert_eq!(last(&house).contents.len(), 5);

    // Beside the right one, or in an answer that was cut short, it is not what was asked for either.
    let cut = Script::new().parts([now()]).finish(2, Usage::default());
    for first in [calls([weather("Oslo"), now()]), cut] {
        is_weather(&asked(&house, &named(), vec![first, calls([weather("Rome")])]).await.unwrap());
    }
    let twice = asked(&house, &named(), vec![calls([now()]), calls([now()])]).await;
    is_unmet(twice, "'get weather' alone", "tool_choice");
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_takes_no_result_for_is_asked_again_in_a_new_chat() {
    let house = House::with(Layout::default().without([Piece::ResultBoxes]), |_| {}).await;
    is_weather(&asked(&house, &named(), vec![calls([now()]), says(WRITTEN)]).await.unwrap());
    let record = last(&house);
    assert_eq!(record.contents.len(), 1);
    let prompt = record.prompt();
    assert!(
        prompt.contains("of the function now:\n{\"error\":") && prompt.contains("get_weather"),
        "{prompt}"
    );
    house.close().await;
}

/// The past of a conversation in which a function was called.
fn past(request: Request) -> Request {
    let mut request = request;
    let call = ToolCall { id: "c".into(), name: "get weather".into(), arguments: "{}".into() };
    and_results(&mut request, &Completion::from_iter([Event::ToolCall(call)]), &["rain"]);
    request
}

/// Nothing of a call was told, only this.
fn is_text(answer: Result<Completion, Failure>, text: &str) {
    let answer = answer.unwrap();
    assert_eq!((answer.text().as_str(), answer.finish()), (text, Some(Finish::Stop)));
    assert!(answer.tool_calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_called_is_never_told_as_a_call() {
    let house = House::open().await;
    let none = |request| Request { tool_choice: ToolChoice::None, ..request };
    let plain = none(with_tools());
    is_text(asked(&house, &plain, vec![calls([now()]), says("Rain.")]).await, "Rain.");
    let record = last(&house);
    assert!(record.functions.is_empty() && record.prompt().contains("no function can be called now"));
    assert_eq!(record.contents.len(), 1, "the page has no boxes for functions that it does not know");
    is_unmet(
        asked(&house, &plain, vec![calls([now()]), calls([now()])]).await,
        "tool_choice is \"none\"",
        "tool_choice",
    );
    // What was said beside a call is an answer.
    let both = done(Script::new().text("I think it rains.").parts([now()]));
    let answer = asked(&house, &plain, vec![both]).await;
    let warnings = answer.clone().unwrap().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("\"now\""), "{warnings:?}");
    is_text(answer, "I think it rains.");

    // A model that has seen calls as text may write one.
    let later = none(past(with_tools()));
    is_text(asked(&house, &later, vec![says(WRITTEN), says("Rain.")]).await, "Rain.");
    let both = format!("Let me see.\n\n{WRITTEN}");
    is_text(asked(&house, &later, vec![says(&both)]).await, "Let me see.");
    let gone = Request { messages: later.messages.clone(), ..question("") };
    is_unmet(asked(&house, &gone, vec![says(WRITTEN), says(WRITTEN)]).await, "offers none", "tools");

    // A block of code is what was asked for, and who never spoke of functions gets what was said.
    let example = "```json\n{\"name\": \"now\", \"arguments\": {}}\n```";
    is_text(asked(&house, &plain, vec![says(example)]).await, example);
    is_text(asked(&house, &question("Show me one"), vec![says(WRITTEN)]).await, WRITTEN);

    // The chat goes on after an answer that was one.
    is_text(asked(&house, &plain, vec![says("Rain.")]).await, "Rain.");
    let mut more = plain.clone();
    more.messages.extend([Message::text(Role::Assistant, "Rain."), Message::text(Role::User, "Why?")]);
    is_text(asked(&house, &more, vec![says("Clouds.")]).await, "Clouds.");
    assert_eq!(last(&house).contents.len(), 3);
    house.works().await;
    house.close().await;
}
