//! Accounts of AI Studio as one upstream, on the stand-in site in a real Chromium.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::{FutureExt, StreamExt};
use postern_aistudio::{Config, Fleet, Studio, Tools};
use postern_browser::Options;
use postern_net::Network;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Completion, Event, Failure, FailureKind, Message, Request, Role, Step};
use postern_protocol::openai::decode;
use postern_tests::{Misbehaviour, Scenario, Standin, Tool};
use postern_upstream::{AiStudio, Call, Media, MediaRules, Principal, Registry, Upstream};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

#[path = "aistudio/made.rs"]
mod made;
#[path = "aistudio/mcp.rs"]
mod mcp;

const MODEL: &str = "gemini-3-flash-preview";

fn account(standin: &Standin, dir: &Path, name: &str) -> Studio {
    let mut args: Vec<String> = ["--no-sandbox", "--disable-gpu"].map(str::to_owned).to_vec();
    args.extend(standin.browser_args());
    let home = dir.join(name);
    Studio::open(Config {
        url: "https://aistudio.google.com".into(),
        browser: Options { headless: true, args, log_dir: home.join("logs"), ..Options::default() },
        profile_dir: home.join("profile"),
        name: name.into(),
        temporary_chat: true,
        tool_mode: postern_aistudio::ToolSetting::Auto,
        tools: Tools::default(),
        selectors_file: None,
        snapshots_dir: home.join("snapshots"),
        max_snapshots: 1,
        first_page_timeout: Duration::from_secs(60),
        first_byte_timeout: Duration::from_secs(60),
        silence_timeout: Duration::from_secs(60),
        pause: Duration::ZERO,
        fleet: Fleet::default(),
        tabs: 1,
    })
}

fn call(messages: &[(Role, &str)]) -> Call {
    let messages = messages.iter().map(|(role, text)| Message::text(*role, *text)).collect();
    let request = Request { model: MODEL.into(), messages, ..Request::default() };
    Call { id: RequestId::new("test"), principal: Principal::Anonymous, request: Arc::new(request) }
}

async fn answer(upstream: &AiStudio, messages: &[(Role, &str)]) -> String {
    let events: Vec<Event> = upstream.chat(call(messages)).map(Result::unwrap).collect().await;
    let mut whole = Completion::default();
    events.into_iter().for_each(|event| whole.push(event));
    whole.text()
}

fn states(upstream: &AiStudio) -> Vec<State> {
    upstream.accounts().iter().map(Studio::state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_stays_with_its_account() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let accounts = ["one", "two"].map(|name| account(&standin, dir.path(), name));
    let upstream = AiStudio::new(accounts.to_vec());
    assert_eq!((upstream.name(), upstream.lanes()), ("aistudio", Some(2)));

    // Two at once: each account takes one.
    let (left, right) = ([(Role::User, "Left")], [(Role::User, "Right")]);
    let (said, told) = tokio::join!(answer(&upstream, &left), answer(&upstream, &right));
    assert_eq!(states(&upstream), [State::Ready, State::Ready]);
    for (first, said, next) in [("Left", &said, "Left on"), ("Right", &told, "Right on")] {
        let talk = [(Role::User, first), (Role::Assistant, said.as_str()), (Role::User, next)];
        answer(&upstream, &talk).await;
        let record = site.records().pop().unwrap();
        assert_eq!((record.contents.len(), record.prompt()), (3, next));
    }
    let models = upstream.models().await.unwrap();
    assert_eq!(models.iter().filter(|model| model.id == MODEL).count(), 1, "each model once");
    futures::future::join_all(accounts.iter().map(Studio::close)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_was_signed_in_again_is_found_again() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let one = account(&standin, dir.path(), "one");
    let upstream = AiStudio::new(vec![one.clone()]);
    site.set_scenario(Scenario::misbehaving(Misbehaviour::ExpiredSession));
    assert!(upstream.models().await.is_err());
    assert_eq!(states(&upstream), [State::SignInExpired]);
    site.set_scenario(Scenario::default());
    assert!(upstream.models().await.unwrap().iter().any(|model| model.id == MODEL));
    assert_eq!(states(&upstream), [State::Ready]);
    one.close().await;
    assert_eq!(states(&upstream), [State::Off]);
}

// On one thread, so that nobody who was following is still about to tell when he has been sent away.
#[tokio::test]
async fn accounts_come_and_go_while_others_answer() {
    let standin = Standin::start().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| account(&standin, dir.path(), name));
    let upstream = AiStudio::new(Vec::new());
    let mut changes = upstream.changes();
    upstream.set_accounts(vec![one.clone()]);
    assert!(changes.has_changed().unwrap());
    answer(&upstream, &[(Role::User, "Left")]).await;
    assert_eq!(upstream.serving(MODEL), ["one"]);
    assert!(upstream.serving("gemini-nonsense").is_empty());

    // An answer that runs on an account goes on when the account is left out.
    let mut stream = upstream.chat(call(&[(Role::User, "To the end")]));
    while !matches!(stream.next().await.unwrap().unwrap(), Event::Started { .. }) {}
    upstream.set_accounts(vec![two.clone()]);
    let rest: Vec<_> = stream.collect().await;
    assert!(matches!(rest.last(), Some(Ok(Event::Finished(_)))), "{rest:?}");
    changes.mark_unchanged();
    one.close().await;
    assert!(!changes.has_changed().unwrap(), "one that is not there is not followed");

    assert!(upstream.serving(MODEL).is_empty() && upstream.models_read_at().is_none());
    upstream.refresh().await.unwrap();
    assert!(upstream.models_read_at().is_some());
    // The state is followed by a task of its own, so its change may come a moment later.
    let told = async {
        while upstream.serving(MODEL) != ["two"] {
            changes.changed().await.unwrap();
        }
    };
    timeout(Duration::from_secs(60), told).await.unwrap();
    assert_eq!(upstream.lanes(), Some(1));

    // One that is switched off is neither counted nor asked.
    two.set_enabled(false);
    assert_eq!((upstream.lanes(), states(&upstream)), (Some(0), vec![State::Off]));
    let failure = upstream.chat(call(&[(Role::User, "Hi")])).next().await.unwrap().unwrap_err();
    assert!(
        failure.message.contains("two") && failure.message.contains("Switch the account on"),
        "{failure}"
    );
    assert!(upstream.models().await.is_err());

    // While it is held back for a moment, requests wait for it; then they hear what is the matter.
    let aside = upstream.set_aside("two");
    assert!(upstream.lane(&call(&[(Role::User, "Later?")]), 0).is_none());
    let mut waiting = upstream.chat(call(&[(Role::User, "Later?")]));
    assert!(waiting.next().now_or_never().is_none() && upstream.offers(MODEL).now_or_never().is_none());
    drop(aside);
    assert!(waiting.next().await.unwrap().is_err());
    two.close().await;
}

/// The accounts that were asked, in order.
fn attempts(events: &[Result<Event, Failure>]) -> Vec<&str> {
    let mut attempts = Vec::new();
    for event in events {
        if let Ok(Event::Step(Step::Account { name })) = event {
            attempts.push(name.as_str());
        }
    }
    attempts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_goes_on_with_the_next_account_and_the_exhausted_one_rests() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let accounts = ["one", "two"].map(|name| account(&standin, dir.path(), name));
    let upstream = AiStudio::new(accounts.to_vec());
    for one in &accounts {
        upstream.set_share(one.name(), postern_upstream::Share::default());
    }
    site.set_scenario(Scenario::misbehaving(Misbehaviour::Quota).times(1));
    let events: Vec<_> = upstream.chat(call(&[(Role::User, "Who answers?")])).collect().await;
    assert_eq!(attempts(&events), ["one", "two"]);
    assert!(matches!(events.last(), Some(Ok(Event::Finished(_)))), "{events:?}");
    let started = events.iter().filter(|event| matches!(event, Ok(Event::Started { .. }))).count();
    assert_eq!((started, site.times_asked("Who answers?")), (1, 2), "one was told no");
    let State::CoolingDown { model, .. } = upstream.state_of(&accounts[0]) else {
        panic!("it does not rest")
    };
    assert_eq!((model.as_deref(), upstream.serving(MODEL)), (Some(MODEL), vec!["two".to_owned()]));

    // The other one, too: nobody is left, and nobody is asked again.
    site.set_scenario(Scenario::misbehaving(Misbehaviour::QuotaPerMinute(Duration::from_secs(90))));
    let failure = upstream.chat(call(&[(Role::User, "Anybody?")])).collect::<Vec<_>>().await.pop();
    let failure = failure.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Quota);
    let wait = failure.retry_after.unwrap().as_secs();
    assert!((80..=90).contains(&wait), "the first that comes back: {failure:?}");
    let asked = site.records().len();
    let again = upstream.chat(call(&[(Role::User, "Still nobody?")])).next().await.unwrap().unwrap_err();
    assert!(again.message.lines().count() == 3 && site.records().len() == asked, "{again}");
    assert!(upstream.models().await.unwrap().iter().any(|model| model.id == MODEL), "it is there, but rests");

    site.set_scenario(Scenario::default());
    assert!(upstream.end_cooldowns("one", None));
    assert_eq!(answer(&upstream, &[(Role::User, "And now?")]).await, postern_tests::echo_text("And now?"));
    assert_eq!(upstream.standing("one").uses[0].1.answers, 1);
    futures::future::join_all(accounts.iter().map(Studio::close)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_at_the_end_of_a_name_are_switched_on() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let one = account(&standin, dir.path(), "one");
    let upstream = AiStudio::new(vec![one.clone()]);
    let registry = Registry::new(vec![Arc::new(upstream.clone())]);
    let name = format!("{MODEL}:search");
    let (found, id) = registry.resolve(&name).await.unwrap();
    assert_eq!((id.as_str(), found.base(&id)), (name.as_str(), MODEL));
    assert_eq!(upstream.serving(&name), ["one"]);
    let ask = async |model: &str| {
        let mut call = call(&[(Role::User, "Hi")]);
        Arc::make_mut(&mut call.request).model = model.to_owned();
        let lane = upstream.lane(&call, 0);
        assert!(lane.is_some());
        let events: Vec<Event> = upstream.chat(call).map(Result::unwrap).collect().await;
        drop((lane, events));
        let record = site.records().pop().unwrap();
        (record.model, record.tools)
    };
    assert_eq!(ask(&name).await, (MODEL.to_owned(), vec![Tool::Search]));
    assert_eq!(ask(MODEL).await, (MODEL.to_owned(), vec![]));
    // What is excluded stays so under every name, and what is no model does not become one.
    registry.set_excluded(&[format!("aistudio/{MODEL}")].into());
    for barred in [&name, MODEL, "gemini-nonsense:search", &format!("{MODEL}:nonsense")] {
        assert!(registry.resolve(barred).await.is_err(), "{barred}");
    }
    one.close().await;
}

/// A web server that has one picture.
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
async fn picture_server(picture: &'static [u8]) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                picture.len()
            );
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(&[head.as_bytes(), picture].concat()).await;
        }
    });
    port
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR a picture";
const CAT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR a cat";
const FILM: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom a film";

/// A question with files in every form; who names the one on the disk has this key.
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
fn with_files(port: u16, attachment: &Path, key: &str) -> Call {
    let body = json!({
        "model": MODEL,
        "messages": [{ "role": "user", "content": [
            { "type": "text", "text": "Look" },
            { "type": "image_url", "image_url": { "url": format!("data:image/jpeg;base64,{}", base64(PNG)) } },
            { "type": "image_url", "image_url": { "url": format!("http://127.0.0.1:{port}/cat?size=1") } },
            { "type": "input_audio", "input_audio": { "data": base64(b"RIFF\x24\0\0\0WAVEfmt "), "format": "wav" } },
            { "type": "file", "file": { "filename": "plan.pdf", "file_data": base64(b"%PDF-1.7 plan") } },
            { "type": "video_url", "video_url": { "url": format!("data:video/mp4;base64,{}", base64(FILM)) } },
        ] }],
        "attachments": [attachment],
    });
    let request = decode(body.to_string().as_bytes()).unwrap().request;
    Call { id: RequestId::new("files"), principal: Principal::Key(key.into()), request: Arc::new(request) }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_every_form_reach_the_site_and_leave_nothing_here() {
    let standin = Standin::start().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let one = account(&standin, dir.path(), "one");
    let upstream = AiStudio::new(vec![one.clone()]);
    let port = picture_server(CAT).await;
    let open = dir.path().join("open");
    std::fs::create_dir(&open).unwrap();
    std::fs::write(open.join("list.csv"), "a,b\n1,2\n").unwrap();
    let staging = dir.path().join("uploads");
    let rules = MediaRules {
        local_folders: vec![open.clone()],
        local_keys: vec!["laptop".to_owned()],
        local_hosts: vec![format!("127.0.0.1:{port}").parse().unwrap()],
        ..MediaRules::default()
    };
    upstream.set_media(Media::open(&staging, rules, Network::default()).unwrap());
    let call = |attachment: &Path, key: &str| with_files(port, attachment, key);
    let events: Vec<Event> =
        upstream.chat(call(&open.join("list.csv"), "laptop")).map(Result::unwrap).collect().await;
    let mut whole = Completion::default();
    events.into_iter().for_each(|event| whole.push(event));
    assert_eq!(whole.warnings.len(), 1, "{:?}", whole.warnings);
    assert!(whole.warnings[0].contains("was said to be image/jpeg, but its content is image/png"));
    let record = standin.control().records().pop().unwrap();
    let files: Vec<(&str, &str)> =
        record.files.iter().map(|file| (file.name.as_str(), file.mime.as_str())).collect();
    let expected = [
        ("image-1.png", "image/png"),
        ("cat.png", "image/png"),
        ("audio-3.wav", "audio/wav"),
        ("plan.pdf", "application/pdf"),
        ("video-5.mp4", "video/mp4"),
        ("list.csv", "text/csv"),
    ];
    assert_eq!(files, expected);
    assert_eq!(std::fs::read_dir(&staging).unwrap().count(), 0, "nothing stays when the request has ended");

    // What may not be named is refused before anything is done.
    let visits = standin.control().visits().len();
    let list = open.join("list.csv");
    for (path, key, word) in
        [(Path::new("/etc/passwd"), "laptop", "local_folders"), (&list, "guest", "local_keys")]
    {
        let failure = upstream.chat(call(path, key)).next().await.unwrap().unwrap_err();
        assert_eq!(
            (failure.kind, failure.param.as_deref()),
            (FailureKind::BadRequest, Some("attachments[0]"))
        );
        assert!(failure.message.contains(word) && !failure.message.contains("passwd"), "{failure}");
    }
    assert_eq!((standin.control().visits().len(), std::fs::read_dir(&staging).unwrap().count()), (visits, 0));
    one.close().await;
}

fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}
