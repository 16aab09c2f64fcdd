//! Every generation of the page, and what lies over it.

use postern_protocol::chat::{Effort, FailureKind, Role, Sampling};
use postern_tests::{
    Layout, Level, Misbehaviour, Model, Scenario, TemporaryToggle, Thinking, Variant, echo_text,
};

use crate::house::{FLASH, House, conversation, impatient};

async fn serves(layout: Layout) -> Vec<String> {
    let house = House::with(layout, |_| {}).await;
    let mut request = conversation(&[(Role::System, "S"), (Role::User, "One")]);
    request.sampling = Sampling { temperature: Some(0.4), stop: vec!["X".into()], ..Sampling::default() };
    request.effort = Some(Effort::Minimal);
    let first = house.ask(request).await.unwrap();
    assert_eq!(first.text(), echo_text("One"));
    let record = house.site.records().pop().unwrap();
    assert_eq!((record.system.as_deref(), record.temperature), (Some("S"), Some(0.4)));
    assert_eq!(
        (record.stop.as_slice(), record.thinking.level),
        (["X".to_owned()].as_slice(), Some(Level::Minimal))
    );
    let said = first.text();
    let more =
        [(Role::System, "S"), (Role::User, "One"), (Role::Assistant, said.as_str()), (Role::User, "Two")];
    house.ask(conversation(&more)).await.unwrap();
    assert_eq!(house.site.records().pop().unwrap().contents.len(), 3);
    house.works().await;
    let record = house.site.records().pop().unwrap();
    assert_eq!((record.contents.len(), record.stop.len(), record.model.as_str()), (1, 0, FLASH));
    house.close().await;
    first.warnings
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newer_page() {
    assert!(serves(Layout::of(Variant::PromptBox)).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_page() {
    assert!(serves(Layout::of(Variant::InputWrapper)).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_with_other_names() {
    assert!(serves(Layout::of(Variant::RenamedClasses)).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn dialogs_and_clutter_are_put_away() {
    let layout = Layout { dialogs: true, clutter: true, confirm_discard: true, ..Layout::default() };
    assert!(serves(layout.clone()).await.is_empty());
    // A failure's outline shows what was left over the page when the prompt was run.
    let house = House::with(layout, |_| {}).await;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Cut));
    house.fails(FailureKind::Interrupted).await;
    let snapshots = std::fs::read_dir(house.dir.path().join("snapshots")).unwrap();
    let outline = snapshots.flatten().next().unwrap().path().join("outline.txt");
    let outline = std::fs::read_to_string(outline).unwrap();
    for obstacle in ["[role=\"dialog\"]", "iframe", "tooltip\"]", "glue-cookie", "backdrop-showing"] {
        let lines: Vec<&str> = outline.lines().filter(|line| line.contains(obstacle)).collect();
        assert!(lines.iter().all(|line| line.contains("(hidden)")), "{lines:?}");
    }
    assert!(outline.contains("ms-prompt-box"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_the_address_does_not_choose_is_chosen_otherwise() {
    let layout = Layout { ignores_model_parameter: true, ..Layout::default() };
    assert!(serves(layout).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_not_mistaken_for_one_with_a_longer_name() {
    let layout = Layout { ignores_model_parameter: true, ignores_preference: true, ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    let chat = |id: &str, name: &str| Model::chat(id, name, Thinking::Absent);
    let models = [chat("other", "Other"), chat("flash-lite", "Flash Lite"), chat("flash", "Flash")];
    house.site.set_models(models.to_vec());
    let mut request = conversation(&[(Role::User, "Hi")]);
    request.model = "flash".into();
    house.ask(request).await.unwrap();
    assert_eq!(house.site.records().pop().unwrap().model, "flash");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_chat_is_found_in_the_menu_or_its_lack_is_told() {
    let house = async |temporary_toggle| {
        let layout = Layout { temporary_toggle, ..Layout::default() };
        House::with(layout, |_| {}).await
    };
    let in_menu = house(TemporaryToggle::InMenu).await;
    assert!(in_menu.works().await.warnings.is_empty());
    // The second chat begins inside the page, where the address no longer makes it temporary.
    assert!(in_menu.works().await.warnings.is_empty());
    assert!(in_menu.site.records().iter().all(|record| record.temporary));
    in_menu.close().await;
    let missing = house(TemporaryToggle::Missing).await;
    missing.works().await;
    let answer = missing.works().await;
    let temporary = missing.site.records().pop().unwrap().temporary;
    assert!(temporary || answer.warnings.iter().any(|warning| warning.contains("temporary")));
    missing.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_control_is_a_warning() {
    let house = House::with(Layout { top_p: false, ..Layout::default() }, |_| {}).await;
    assert!(house.works().await.warnings.is_empty(), "nobody asked for it");
    let mut request = conversation(&[(Role::User, "Hi")]);
    request.sampling.top_p = Some(0.2);
    let answer = house.ask(request).await.unwrap();
    assert!(answer.warnings.iter().any(|warning| warning.contains("top_p")), "{:?}", answer.warnings);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_beyond_recognition_says_so_and_heals() {
    let house = House::with(Layout { broken: true, ..Layout::default() }, impatient).await;
    let failure = house.fails(FailureKind::PageChanged).await;
    assert!(failure.message.contains("prompt box"), "{failure}");
    house.site.set_layout(Layout::default());
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_asked_for_by_another_name_is_opened_by_its_id() {
    let layout = Layout { ignores_model_parameter: true, ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    let mut request = conversation(&[(Role::User, "Hi")]);
    request.model = "Gemini 3 Pro Preview".into();
    house.ask(request).await.unwrap();
    assert_eq!(house.site.records().pop().unwrap().model, "gemini-3-pro-preview");
    let visits = house.site.visits();
    assert!(visits.last().unwrap().contains("model=gemini-3-pro-preview"), "{visits:?}");
    house.close().await;
}
