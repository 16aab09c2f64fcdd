//! Every misbehaviour of the site leads to its own failure, and the next request works.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use postern_aistudio::{Config, ToolSetting};
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{
    Event, FailureKind, Finish, Message, Part as MessagePart, Request, Role, Step, Tool,
};
use postern_tests::{Layout, Misbehaviour, Part, Scenario, Script, Usage};
use serde_json::{Value, json};

use crate::house::{House, conversation, question};

/// The site misbehaves `times`; the request fails like that; the next one works.
async fn fails_and_recovers(misbehaviour: Misbehaviour, times: u32, kind: FailureKind) -> House {
    let house = House::open().await;
    house.site.set_scenario(Scenario::misbehaving(misbehaviour).times(times));
    house.fails(kind).await;
    house.works().await;
    assert_eq!(house.studio.state(), State::Ready);
    house
}

/// The site misbehaves once; the caller does not notice.
async fn is_tried_again(misbehaviour: Misbehaviour) {
    let house = House::open().await;
    house.site.set_scenario(Scenario::misbehaving(misbehaviour).times(1));
    house.works().await;
    assert_eq!(house.site.records().len(), 2);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quota_is_not_tried_again() {
    let house = fails_and_recovers(Misbehaviour::Quota, 1, FailureKind::Quota).await;
    assert_eq!(house.site.records().len(), 2);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_session_is_tried_again_on_a_reloaded_page() {
    is_tried_again(Misbehaviour::Refused).await;
    fails_and_recovers(Misbehaviour::Refused, 2, FailureKind::Refused).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_site_is_tried_again() {
    is_tried_again(Misbehaviour::ServerError).await;
    fails_and_recovers(Misbehaviour::ServerError, 2, FailureKind::UpstreamError).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_argument_is_the_callers() {
    let house = fails_and_recovers(Misbehaviour::BadArgument, 1, FailureKind::BadRequest).await;
    assert!(!house.dir.path().join("snapshots").exists(), "no snapshot of what is not the page's fault");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_answer_is_interrupted() {
    // Every time: a cut may take the bytes before it along, and an answer of which nothing came is asked for
    // once more.
    let house = House::open().await;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Cut));
    house.fails(FailureKind::Interrupted).await;
    house.site.set_scenario(Scenario::default());
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_answer_times_out_and_is_stopped() {
    let house =
        House::with(Layout::default(), |config| config.silence_timeout = Duration::from_secs(3)).await;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Stall).times(1));
    house.fails(FailureKind::Timeout).await;
    house.works().await;
    assert!(house.site.records()[0].aborted());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_begin_times_out() {
    let house =
        House::with(Layout::default(), |config| config.first_byte_timeout = Duration::from_secs(3)).await;
    let late = Misbehaviour::SlowFirstByte(Duration::from_secs(600));
    house.site.set_scenario(Scenario::misbehaving(late).times(1));
    house.fails(FailureKind::Timeout).await;
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_is_waited_for() {
    let house = House::open().await;
    let late = Misbehaviour::SlowFirstByte(Duration::from_secs(4));
    house.site.set_scenario(Scenario::misbehaving(late).times(1));
    house.works().await;
    assert_eq!(house.site.records().len(), 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endings_are_told_apart() {
    let house = House::open().await;
    let finish = async |misbehaviour| {
        house.site.set_scenario(Scenario::misbehaving(misbehaviour).times(1));
        house.ask(question("Hi")).await.unwrap().finish().unwrap()
    };
    assert_eq!(finish(Misbehaviour::Blocked).await, Finish::ContentFilter);
    assert_eq!(finish(Misbehaviour::MaxTokens).await, Finish::Length);
    assert_eq!(finish(Misbehaviour::ThoughtsOnly).await, Finish::Stop);
    assert_eq!(finish(Misbehaviour::EmptyAnswer).await, Finish::Stop);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_or_a_check_by_a_human_is_told_and_looked_at_again() {
    let house = House::open().await;
    for (misbehaviour, kind) in [
        (Misbehaviour::ExpiredSession, FailureKind::SignInExpired),
        (Misbehaviour::Verification, FailureKind::NeedsVerification),
        (Misbehaviour::RegionBlocked, FailureKind::NeedsVerification),
        (Misbehaviour::UnusualTraffic, FailureKind::NeedsVerification),
    ] {
        house.site.set_scenario(Scenario::misbehaving(misbehaviour));
        house.fails(kind).await;
        assert!(!house.studio.state().usable(), "{misbehaviour:?}");
        house.site.set_scenario(Scenario::default());
        house.works().await;
        assert_eq!(house.studio.state(), State::Ready);
        // The page is open now, so that the next trouble meets it at its next load.
        house.site.set_scenario(Scenario::misbehaving(misbehaviour));
        assert!(!house.studio.check().await.usable(), "{misbehaviour:?}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_expires_under_an_open_page_is_told() {
    let house = House::open().await;
    house.works().await;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::ExpiredSession));
    house.fails(FailureKind::SignInExpired).await;
    assert_eq!(house.studio.state(), State::SignInExpired);
    house.site.set_scenario(Scenario::default());
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_the_network_did_not_show_is_read_off_the_page() {
    let house = with_selectors(UNSEEN).await;
    let answer = house.works().await;
    assert!(answer.warnings.iter().any(|warning| warning.contains("off the page")));
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Quota).times(1));
    house.fails(FailureKind::Quota).await;
    house.works().await;
    house.close().await;
}

/// A request with two functions, of which the page knows one by another name.
fn with_functions() -> Request {
    let tool = |name: &str| Tool { name: name.into(), ..Tool::default() };
    Request { tools: vec![tool("get weather"), tool("now")], ..question("How is the weather?") }
}

fn called(script: Script) -> Script {
    script.finish(1, Usage { prompt: 9, output: 3, thoughts: 0, cached: 0 })
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_the_network_did_not_show_are_read_off_the_page() {
    let house = with_selectors(UNSEEN).await;
    let weather = Part::call("get_weather", json!({ "city": "Oslo", "days": [1, 2] }));
    house.site.set_scenario(Scenario::answering_in_turn([
        called(
            Script::new()
                .thought("Hm")
                .parts([weather.with_id("a").signed("c2ln"), Part::call("now", json!({}))]),
        ),
        called(Script::new().text("Let me **look**.").parts([Part::call("now", json!({}))])),
    ]));
    let mut request = with_functions();
    let answer = house.ask(request.clone()).await.unwrap();
    assert_eq!((answer.text().as_str(), answer.finish()), ("", Some(Finish::ToolCalls)));
    let told = answer.tool_calls();
    let calls: Vec<(&str, Value)> = told
        .iter()
        .map(|call| (call.name.as_str(), serde_json::from_str(&call.arguments).unwrap()))
        .collect();
    assert_eq!(calls, [("get weather", json!({ "city": "Oslo", "days": [1, 2] })), ("now", json!({}))]);
    assert_ne!(answer.tool_calls()[0].id, answer.tool_calls()[1].id);

    // Their results go into the same chat, with the signature that only the page has.
    let asked = answer.tool_calls().iter().cloned().map(MessagePart::ToolCall).collect();
    request.messages.push(Message { role: Role::Assistant, name: None, parts: asked });
    for call in &answer.tool_calls() {
        let parts =
            vec![MessagePart::ToolResult { call_id: call.id.clone(), text: "fine".into(), failed: false }];
        request.messages.push(Message { role: Role::Tool, name: None, parts });
    }
    let answer = house.ask(request).await.unwrap();
    assert_eq!((answer.text().as_str(), answer.tool_calls().len()), ("Let me look.", 1));
    let record = house.site.records().pop().unwrap();
    assert_eq!((record.contents.len(), record.function_responses().len()), (3, 2));
    assert_eq!(record.contents[1].calls[0].signature.as_deref(), Some("c2ln"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_cannot_be_read_off_the_page_are_made_in_words_or_told_as_that() {
    let now = || called(Script::new().call("now", json!({})));
    for (selectors, said) in [
        ("call_arguments = [\"#nothing\"]\n", "its arguments are not where"),
        ("call = [\"#nothing\"]\nturn_text = [\"ms-text-chunk\"]\n", "it may be a function call"),
    ] {
        let text = format!("{UNSEEN}[selectors]\n{selectors}");
        let house = with(&text, |config| config.tool_mode = ToolSetting::Native).await;
        house.site.set_scenario(Scenario::answering_in_turn([now(), now(), now()]));
        let failure = house.ask(with_functions()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::PageChanged, "{}", failure.message);
        assert!(failure.message.contains(said), "{}", failure.message);
        house.close().await;

        let house = with_selectors(&text).await;
        house.site.set_scenario(Scenario::answering_in_turn([now(), called(Script::new().text("At noon."))]));
        let answer = house.ask(with_functions()).await.unwrap();
        assert_eq!(answer.text(), "At noon.");
        assert!(house.site.records().pop().unwrap().functions.is_empty());
        house.close().await;
    }
}

/// A house with other selectors, and nothing else to say of it.
async fn with_selectors(text: &str) -> House {
    with(text, |_| {}).await
}

async fn with(text: &str, change: impl FnOnce(&mut Config)) -> House {
    let add = |config: &mut Config| {
        change(config);
        // It is read again with every request, so it must stay as long as the house.
        let file = config.snapshots_dir.with_file_name("selectors.toml");
        std::fs::write(&file, text).unwrap();
        config.selectors_file = Some(file);
    };
    House::with(Layout::default(), add).await
}

const UNSEEN: &str = "[network]\ngenerate = \"SomethingElse\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_send_the_prompt_does_not_answer_with_it() {
    let house = House::open().await;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Unattested));
    house.fails(FailureKind::UpstreamError).await;
    house.site.set_scenario(Scenario::default());
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_on_the_page_is_not_an_answer() {
    let all_of_a_turn = "[selectors]\nturn_text = [\".turn-content\"]\nedit = [\"#nothing\"]\n";
    let house = with_selectors(&format!("{UNSEEN}{all_of_a_turn}")).await;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::ServerError).times(2));
    let failure = house.fails(FailureKind::UpstreamError).await;
    assert!(failure.message.contains("ailed to generate content"), "{failure}");
    let answer = house.ask(question("Hi")).await.unwrap();
    assert!(
        answer.text().contains("You sent"),
        "what the page said before is not said of this: {}",
        answer.text()
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_grows_on_the_page_is_waited_for() {
    let house = with_selectors(UNSEEN).await;
    house.site.set_scenario(crate::cancel::held_back());
    let mut stream = house.studio.chat(RequestId::new("slow"), Arc::new(question("Tell me")));
    let first = loop {
        match stream.next().await.unwrap().unwrap() {
            Event::Step(step) => assert_ne!(step, Step::Sent, "what is not seen is not told"),
            other => break other,
        }
    };
    assert!(matches!(first, Event::Started { .. }), "{first:?}");
    house.site.open_gate("go");
    let events: Vec<_> = stream.map(Result::unwrap).collect().await;
    assert_eq!(events[0], Event::Text { text: "The first words of an old answer".into() });
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_another_callers_system_text_is_not_given() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("selectors.toml");
    // The page seems to hold no system text while it holds this one.
    std::fs::write(&file, "[texts]\nsystem_placeholder = [\"Be rude\"]\n").unwrap();
    let layout = Layout { sticky_system: true, ..Layout::default() };
    let house = House::with(layout, |config| config.selectors_file = Some(file)).await;
    house.ask(conversation(&[(Role::System, "Be rude"), (Role::User, "One")])).await.unwrap();
    let answer = house.works().await;
    assert_eq!(answer.warnings, Vec::<String>::new());
    let records = house.site.records();
    let texts: Vec<&str> =
        records.iter().map(|record| record.system.as_deref().unwrap_or_default()).collect();
    assert_eq!(texts, ["Be rude", "Be rude", ""]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_takes_nothing_is_run_within_the_time_of_a_script() {
    let house = with_selectors("[selectors]\nstop_chip = [\"#nothing\"]\n").await;
    let mut request = question("Hi");
    request.sampling.stop = (0..30).map(|number| format!("END {number}")).collect();
    let answer = house.ask(request).await.unwrap();
    assert!(answer.warnings.iter().any(|warning| warning.contains("END 29")), "{:?}", answer.warnings);
    assert_eq!(house.site.visits().len(), 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_cannot_be_reached_is_unavailable() {
    for nowhere in ["https://nowhere.example", "http://127.0.0.1:9"] {
        let house = House::with(Layout::default(), |config| config.url = nowhere.into()).await;
        house.fails(FailureKind::Unavailable).await;
        assert_eq!(house.studio.state(), State::NotChecked);
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_not_there_is_told_with_its_remedy() {
    let nowhere =
        |config: &mut postern_aistudio::Config| config.browser.path = Some("/nowhere/chromium".into());
    let house = House::with(Layout::default(), nowhere).await;
    house.fails(FailureKind::Unavailable).await;
    assert!(matches!(house.studio.state(), State::BrowserMissing { .. }));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_open_elsewhere_is_said_so() {
    let house = House::open().await;
    let profile = postern_browser::Profile::open(&house.dir.path().join("profile")).unwrap();
    let failure = house.fails(FailureKind::Unavailable).await;
    assert!(failure.message.contains("open elsewhere"));
    drop(profile);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_hold_nothing_private_and_are_limited() {
    let house = House::open().await;
    let secret = "my secret plan";
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Cut));
    for _ in 0..4 {
        house.ask(question(secret)).await.unwrap_err();
    }
    let mut folders: Vec<_> =
        std::fs::read_dir(house.dir.path().join("snapshots")).unwrap().flatten().collect();
    folders.sort_by_key(std::fs::DirEntry::file_name);
    assert_eq!(folders.len(), 3);
    let folder = folders.pop().unwrap().path();
    let outline = std::fs::read_to_string(folder.join("outline.txt")).unwrap();
    let report = std::fs::read_to_string(folder.join("report.json")).unwrap();
    assert!(outline.contains("textarea") && report.contains("Interrupted") && report.contains("answering"));
    for text in [&outline, &report] {
        assert!(
            !text.contains("secret") && !text.contains("example.com") && !text.contains("You sent"),
            "{text}"
        );
    }
    let png = std::fs::read(folder.join("screenshot.png")).unwrap();
    assert_eq!(&png[1..4], b"PNG");
    house.close().await;
}

/// Serves one page that sends the browser on to `to` a moment after it was loaded; its address.
fn way_station(to: &'static str) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let page = format!("<script>onload = () => setTimeout(() => location = '{to}', 500)</script>");
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n{page}", page.len());
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_sends_straight_back_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("selectors.toml");
    std::fs::write(&file, "[urls]\nsign_in_hosts = [\"127.0.0.1\"]\n").unwrap();
    let url = way_station("https://aistudio.google.com/prompts/new_chat");
    let change = |config: &mut postern_aistudio::Config| {
        config.url = url;
        config.selectors_file = Some(file.clone());
    };
    let house = House::with(Layout::default(), change).await;
    assert_eq!(house.studio.check().await, State::Ready);
    house.close().await;
}
