//! Answers, settings, and conversations that go on.

use std::sync::Arc;

use futures::StreamExt;
use postern_browser::CaptureMode;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{
    self, BlockFrom, Effort, Event, FailureKind, Finish, Harm, MediaResolution, Message, Modality,
    ProviderTools, Request, Role, Safety, Sampling, Step, Wishes,
};
use postern_tests::{Layout, Level, Part, Scenario, Script, Usage, echo_text, echo_thought};

use crate::house::{FLASH, House, conversation, question};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_comes_with_everything_it_has() {
    let house = House::open().await;
    let answer = house.ask(question("Hello 👋🏽")).await.unwrap();
    assert_eq!(answer.text(), echo_text("Hello 👋🏽"));
    assert_eq!(answer.reasoning(), echo_thought("Hello 👋🏽"));
    assert_eq!(answer.finish(), Some(Finish::Stop));
    assert_eq!(answer.model, FLASH);
    assert_eq!(answer.warnings, Vec::<String>::new());
    let usage = answer.usage.unwrap();
    assert!(usage.prompt > 0 && usage.reasoning > 0 && usage.completion > usage.reasoning);
    assert_eq!(house.studio.state(), State::Ready);
    let record = &house.site.records()[0];
    assert_eq!((record.model.as_str(), record.prompt(), record.temporary), (FLASH, "Hello 👋🏽", true));
    house.close().await;
}

/// Settings that no model has by default.
fn unusual() -> Sampling {
    Sampling {
        temperature: Some(0.3),
        top_p: Some(0.5),
        max_tokens: Some(777),
        stop: vec!["END".into(), "User:".into()],
        ..Sampling::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_arrive_and_do_not_stay() {
    let sticky = Layout { sticky_tools: true, sticky_system: true, ..Layout::default() };
    let house = House::with(sticky, |_| {}).await;
    let mut request = conversation(&[(Role::System, "Be brief.\nBe \"kind\"."), (Role::User, "Hi")]);
    request.sampling = unusual();
    request.effort = Some(Effort::Low);
    let answer = house.ask(request.clone()).await.unwrap();
    assert_eq!(answer.warnings, Vec::<String>::new());
    house.ask(request).await.unwrap();
    house.ask(question("Hi")).await.unwrap();
    let records = house.site.records();
    for record in &records[..2] {
        assert_eq!(record.system.as_deref(), Some("Be brief.\nBe \"kind\"."));
        assert_eq!((record.temperature, record.top_p, record.max_tokens), (Some(0.3), Some(0.5), Some(777)));
        assert_eq!(record.stop, ["END", "User:"]);
        assert_eq!(record.thinking.level, Some(Level::Low));
        assert_eq!(record.contents.len(), 1);
    }
    let plain = &records[2];
    assert_eq!(plain.system.as_deref().unwrap_or_default(), "");
    assert_eq!((plain.temperature, plain.top_p, plain.max_tokens), (Some(1.0), Some(0.95), Some(65_536)));
    assert!(plain.stop.is_empty());
    assert_eq!(plain.thinking.level, Some(Level::High));
    assert_eq!(house.site.visits().len(), 1, "no page was loaded again");
    house.close().await;
}

/// What can be set, model by model, and how many settings that is.
fn wishes() -> [(&'static str, Request, usize); 3] {
    let safety = [(Harm::Hate, BlockFrom::Low), (Harm::Dangerous, BlockFrom::High)];
    let mut all = question("One");
    all.sampling = unusual();
    all.effort = Some(Effort::Low);
    all.provider_tools = ProviderTools { search: Some(true), ..ProviderTools::default() };
    all.wishes.safety = safety.map(|(harm, block)| Safety { harm, block }).into();
    all.wishes.media_resolution = Some(MediaResolution::Medium);
    let mut picture = question("One");
    picture.wishes = Wishes {
        aspect_ratio: Some("16:9".into()),
        image_size: Some("2K".into()),
        modalities: vec![Modality::Image],
        ..Wishes::default()
    };
    let mut speech = question("One");
    speech.wishes.voice = Some("Puck".into());
    [(FLASH, all, 8), ("gemini-2.5-flash-image", picture, 3), ("gemini-2.5-flash-preview-tts", speech, 1)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_goes_on_without_the_settings_it_began_with() {
    let house = House::open().await;
    // Of words alone, so that there is something to go on from.
    let script = Script::new().text("Well.").finish(1, Usage::default());
    house.site.set_scenario(Scenario::answering(script));
    for (model, wish, count) in wishes() {
        let ask = async |mut request: Request| {
            model.clone_into(&mut request.model);
            let answer = house.ask(request).await.unwrap();
            assert_eq!(answer.warnings, Vec::<String>::new(), "{model}");
            house.site.records().pop().unwrap()
        };
        let plain = ask(question("Hi")).await.settings();
        let set = ask(wish).await;
        let changed = set.settings().into_iter().filter(|(name, value)| plain[name] != *value).count();
        assert_eq!(changed, count, "{model}");
        let talk = [(Role::User, "One"), (Role::Assistant, "Well."), (Role::User, "Two")];
        let record = ask(conversation(&talk)).await;
        assert_eq!(record.contents.len(), 3, "{model}: the chat went on");
        assert_eq!(record.settings(), plain, "{model}");
    }
    house.close().await;
}

/// What a request without system text sends after one that had this one.
async fn system_left_of(text: &str, layout: Layout) -> String {
    let house = House::with(layout, |_| {}).await;
    let mut first = conversation(&[(Role::System, text), (Role::User, "One")]);
    let answer = house.ask(first.clone()).await.unwrap();
    assert_eq!(house.site.records()[0].system.as_deref(), Some(text));
    assert!(answer.warnings.is_empty(), "{:?}", answer.warnings);
    // The chat goes on, and then another begins; no record but the first two may carry the text.
    first.messages.extend([Message::text(Role::Assistant, answer.text()), Message::text(Role::User, "Two")]);
    house.ask(first).await.unwrap();
    house.works().await;
    let records = house.site.records();
    assert_eq!(records.len(), 3);
    house.close().await;
    records[2].system.clone().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn system_text_that_begins_as_the_placeholder_does_not_stay() {
    let sticky = Layout { sticky_system: true, ..Layout::default() };
    assert_eq!(system_left_of("System instructions: be rude", sticky.clone()).await, "");
    let hidden = Layout { system_preview: false, ..sticky };
    assert_eq!(system_left_of("Be rude", hidden).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn thinking_follows_what_the_page_offers() {
    let house = House::open().await;
    let ask = async |model: &str, effort| {
        let mut request = question("Hi");
        model.clone_into(&mut request.model);
        request.effort = effort;
        house.ask(request).await.unwrap();
        house.site.records().last().unwrap().thinking
    };
    assert_eq!(ask("gemini-3-pro-preview", Some(Effort::Medium)).await.level, Some(Level::High));
    assert_eq!(ask("gemini-3-pro-preview", Some(Effort::None)).await.level, Some(Level::Low));
    assert_eq!(ask("gemini-2.5-flash", Some(Effort::None)).await.budget, Some(0));
    assert_eq!(ask("gemini-2.5-flash", Some(Effort::Budget(2000))).await.budget, Some(2000));
    assert_eq!(ask("gemini-2.5-flash", Some(Effort::Unlimited)).await.budget, Some(-1));
    assert_eq!(ask("gemini-2.5-pro", Some(Effort::None)).await.budget, Some(128));
    // Beginning a new chat does not always put the controls back; a chat that goes on never does.
    let mut request = question("Hi");
    request.model = "gemini-2.5-pro".into();
    request.effort = Some(Effort::Low);
    let answer = house.ask(request.clone()).await.unwrap();
    request
        .messages
        .extend([Message::text(Role::Assistant, answer.text()), Message::text(Role::User, "Go on")]);
    request.effort = None;
    house.ask(request).await.unwrap();
    let budgets: Vec<_> = house.site.records().iter().map(|record| record.thinking.budget).collect();
    assert!(budgets.ends_with(&[Some(1024), Some(-1)]), "{budgets:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_in_place() {
    let house = House::open().await;
    let first = house.ask(conversation(&[(Role::System, "S"), (Role::User, "One")])).await.unwrap();
    let loads = house.site.visits().len();
    let said = first.text();
    let more =
        [(Role::System, "S"), (Role::User, "One"), (Role::Assistant, said.trim()), (Role::User, "Two")];
    assert!(house.studio.holds(&conversation(&more)));
    let second = house.ask(conversation(&more)).await.unwrap();
    assert_eq!(second.text(), echo_text("Two"));
    let record = house.site.records().pop().unwrap();
    let told: Vec<(&str, &str)> =
        record.contents.iter().map(|turn| (turn.role.as_str(), turn.text.as_str())).collect();
    assert_eq!(told, [("user", "One"), ("model", first.text().as_str()), ("user", "Two")]);
    assert_eq!(record.system.as_deref(), Some("S"));

    // Another past is another chat: nothing of the old one may come along.
    let other = [(Role::User, "Uno"), (Role::Assistant, "Due"), (Role::User, "Tre")];
    assert!(!house.studio.holds(&conversation(&other)));
    house.ask(conversation(&other)).await.unwrap();
    let record = house.site.records().pop().unwrap();
    assert_eq!((record.contents.len(), record.system.as_deref().unwrap_or_default()), (1, ""));
    let prompt = record.prompt();
    assert!(
        prompt.contains("Uno") && prompt.contains("Due") && prompt.contains("Tre") && !prompt.contains("One")
    );
    assert_eq!(house.site.visits().len(), loads, "no page was loaded again");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_prompt_arrives_whole() {
    let house = House::open().await;
    let prompt = "Zeile mit Ünïcode 🎈 and text.\n".repeat(4000);
    assert!(prompt.len() > 100_000);
    let answer = house.ask(question(&prompt)).await.unwrap();
    assert_eq!(answer.text(), echo_text(&prompt));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_page_serves_without_being_loaded_again() {
    let house = House::open().await;
    house.studio.warm().await.unwrap();
    assert_eq!(house.studio.state(), State::Ready);
    house.works().await;
    assert_eq!(house.site.visits().len(), 1);
    let mut other = question("Hi");
    other.model = "gemini-2.5-pro".into();
    house.ask(other).await.unwrap();
    assert_eq!(house.site.records().pop().unwrap().model, "gemini-2.5-pro");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_to_an_answer_are_told_before_it() {
    let house = House::open().await;
    // The first brings a browser up, the second finds everything there.
    for text in ["Hi", "Hi again"] {
        let stream = house.studio.chat(RequestId::new("steps"), Arc::new(question(text)));
        let events: Vec<Event> = stream.map(Result::unwrap).collect().await;
        let account = Step::Account { name: "demo".to_owned() };
        let steps = [account, Step::Browser, Step::Page, Step::Form, Step::Sent].map(Event::Step);
        assert_eq!(events[..5], steps);
        assert!(matches!(events[5], Event::Started { .. }), "{:?}", events[5]);
        assert!(!events[5..].iter().any(|event| matches!(event, Event::Step(_))));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_are_read_anew_when_asked_for() {
    let house = House::open().await;
    house.works().await;
    let (visits, read_at) = (house.site.visits().len(), house.studio.models_read_at().unwrap());
    house.studio.refresh_models().await.unwrap();
    assert_eq!(house.site.visits().len(), visits + 1);
    assert!(house.studio.models_read_at().unwrap() > read_at);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_are_the_sites_own() {
    let house = House::open().await;
    let models = house.studio.models().await.unwrap();
    let ids: Vec<&str> = models.iter().map(|model| model.id.as_str()).collect();
    assert!(ids.contains(&FLASH) && ids.contains(&"gemini-2.5-pro"));
    assert!(!ids.contains(&"gemini-embedding-001"), "it does not chat");
    let mut request = question("Hi");
    request.model = "gemini-nonsense".into();
    assert_eq!(house.ask(request).await.unwrap_err().kind, FailureKind::UnknownModel);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_refused_before_any_browser_starts() {
    let house = House::open().await;
    let failure = house.ask(question(" \n")).await.unwrap_err();
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("messages")));
    assert!(house.site.visits().is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_observer_in_the_page_serves_too() {
    let house = House::with(Layout::default(), |config| config.browser.capture = CaptureMode::Page).await;
    let answer = house.works().await;
    assert_eq!(answer.reasoning(), echo_thought("Still there?"));
    assert!(answer.usage.is_some() && answer.warnings.is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_chunks_and_any_parts_say_the_same() {
    let house = House::open().await;
    let text = "Grüße 👋🏽 ]],\"model\"] \\ [[,, Ende";
    let signed = Part::SignedText { text: "signed".into(), signature: "c2ln".into() };
    let script = Script::new()
        .thought("Hm ]]")
        .parts([
            Part::Text(text.into()),
            signed,
            Part::Inline { mime: "image/png".into(), data: "AAAA".into() },
        ])
        .finish(1, Usage { prompt: 3, output: 2, thoughts: 1, cached: 1 });
    for (sizes, guard, elide_nulls) in
        [(vec![1], true, true), (vec![3, 7], false, true), (vec![], true, false)]
    {
        let script = Script { guard, elide_nulls, ..script.clone().chunked(sizes) };
        house.site.set_scenario(Scenario::answering(script).times(1));
        let answer = house.ask(question("Hi")).await.unwrap();
        assert_eq!((answer.text(), answer.reasoning().as_str()), (format!("{text}signed"), "Hm ]]"));
        assert_eq!(answer.images(), [("image/png", "AAAA")]);
        assert_eq!(answer.usage, Some(chat::Usage { prompt: 3, completion: 3, cached: 1, reasoning: 1 }));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn system_instructions_with_any_line_ends_are_taken() {
    let house = House::open().await;
    let request = conversation(&[(Role::System, "One\r\nTwo\rThree"), (Role::User, "Hi\r\nthere")]);
    let answer = house.ask(request).await.unwrap();
    assert!(answer.warnings.is_empty(), "{:?}", answer.warnings);
    let record = house.site.records().pop().unwrap();
    assert_eq!((record.system.as_deref(), record.prompt()), (Some("One\nTwo\nThree"), "Hi\nthere"));
    house.close().await;
}
