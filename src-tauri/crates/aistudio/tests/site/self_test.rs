//! The self-test, and selectors that come from a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use postern_protocol::RequestId;
use postern_protocol::chat::{Event, Failure, FailureKind, Request, Role};
use postern_protocol::page::{Absence, Control, Need, PageReport, Sight};
use postern_tests::{Layout, Piece, Scenario, TemporaryToggle, Variant, echo_text};
use tempfile::TempDir;

use crate::cancel::held_back;
use crate::controls::{PICTURES, SPEECH};
use crate::house::{FLASH, House, conversation, impatient, question};

/// The controls that are missing.
fn missing(report: &PageReport, need: Need) -> Vec<&str> {
    report.missing(need).map(|control| control.purpose.as_str()).collect()
}

fn by_purpose(report: &PageReport) -> BTreeMap<&str, &Control> {
    report.controls.iter().map(|control| (control.purpose.as_str(), control)).collect()
}

fn is_found(control: &Control) -> bool {
    matches!(control.sight, Sight::Found { .. })
}

async fn report_of(layout: Layout) -> PageReport {
    let house = House::with(layout, |_| {}).await;
    let report = house.studio.self_test().await.unwrap();
    house.close().await;
    report
}

/// A folder with a file of selectors, and an account that goes by it.
async fn with_file(text: &str) -> (TempDir, PathBuf, House) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("selectors.toml");
    std::fs::write(&file, text).unwrap();
    let house = House::with(Layout::default(), |config| {
        config.selectors_file = Some(file.clone());
        impatient(config);
    })
    .await;
    (dir, file, house)
}

async fn fails_without_run(house: &House) -> Failure {
    let failure = house.fails(FailureKind::PageChanged).await;
    assert!(failure.message.contains("Run button"), "{failure}");
    failure
}

#[tokio::test(flavor = "multi_thread")]
async fn every_generation_of_the_page_has_all_that_is_looked_for() {
    for variant in [Variant::PromptBox, Variant::InputWrapper, Variant::RenamedClasses] {
        let report = report_of(Layout::of(variant)).await;
        assert!(report.serves(), "{variant:?}: {report:#?}");
        assert_eq!(missing(&report, Need::Required), [""; 0], "{variant:?}");
        let controls = by_purpose(&report);
        for purpose in
            ["prompt", "run", "model_name", "new_chat", "temperature", "stop_input", "account_email"]
        {
            assert!(is_found(controls[purpose]), "{variant:?}: {purpose}");
        }
        // Behind doors.
        for purpose in ["system_box", "safety_hate", "file_input"] {
            assert!(is_found(controls[purpose]), "{variant:?}: {:?}", controls[purpose]);
        }
        // Only its class tells what it is.
        let renamed = variant == Variant::RenamedClasses;
        assert_eq!(is_found(controls["model_row"]), !renamed, "{variant:?}");
        assert_eq!(missing(&report, Need::Optional).contains(&"model_picker"), renamed, "{variant:?}");
        for (purpose, why) in [("stop", Absence::NoAnswer), ("toast", Absence::NoTrouble)] {
            assert_eq!(controls[purpose].sight, Sight::NotLookedFor { why }, "{variant:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_as_it_should_be_lacks_nothing() {
    let report = report_of(Layout::default()).await;
    assert_eq!(missing(&report, Need::Optional), [""; 0], "{:#?}", by_purpose(&report));
    assert!(report.model.is_some());
    assert!(report.checked_at > 1_700_000_000);
}

/// Everything that a page may lack and still serve.
const OPTIONAL: [Piece; 19] = [
    Piece::System,
    Piece::Temperature,
    Piece::Thinking,
    Piece::MaxTokens,
    Piece::Stop,
    Piece::Search,
    Piece::UrlContext,
    Piece::CodeExecution,
    Piece::Maps,
    Piece::Functions,
    Piece::StructuredOutput,
    Piece::MediaResolution,
    Piece::Safety,
    Piece::AspectRatio,
    Piece::ImageSize,
    Piece::OutputFormat,
    Piece::Voice,
    Piece::ResultBoxes,
    Piece::Attach,
];

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_has_drifted_is_told_by_the_fallbacks() {
    let report = report_of(Layout { drifted: true, ..Layout::default() }).await;
    assert!(report.serves(), "{report:#?}");
    assert_eq!(missing(&report, Need::Optional), [""; 0]);
    let controls = by_purpose(&report);
    // Their test ids are others, their labels are not.
    for purpose in ["search_switch", "url_context_switch", "functions_switch"] {
        let Sight::Found { rank, .. } = &controls[purpose].sight else { panic!("{controls:#?}") };
        assert!(*rank > 0, "{purpose}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_lacks_all_it_may_lack_serves_and_each_is_named() {
    let layout = Layout { top_p: false, ..Layout::default().without(OPTIONAL) };
    let house = House::with(layout, |_| {}).await;
    let everywhere = [
        "system_open",
        "system_preview",
        "temperature",
        "top_p",
        "max_tokens",
        "stop_input",
        "safety_edit",
        "attach",
    ];
    let tools = ["search_switch", "url_context_switch", "code_execution_switch", "maps_switch"];
    let forms = ["functions_switch", "structured_switch", "media_resolution_box", "thinking_level"];
    for (model, more) in [
        (FLASH, [&tools[..], &forms].concat()),
        (PICTURES, vec!["aspect_ratio_box", "image_size_box"]),
        (SPEECH, vec!["voice_box"]),
    ] {
        house.ask(Request { model: model.into(), ..question("Still there?") }).await.unwrap();
        let report = house.studio.self_test().await.unwrap();
        assert!(report.serves(), "{model}: {report:#?}");
        assert_eq!(missing(&report, Need::Required), [""; 0], "{model}");
        let lost: BTreeSet<&str> = missing(&report, Need::Optional).into_iter().collect();
        assert_eq!(lost, everywhere.into_iter().chain(more).collect(), "{model}");
        assert_eq!(by_purpose(&report)["file_input"].sight, Sight::NotLookedFor { why: Absence::Closed });
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_control_without_which_nothing_goes_is_named() {
    let (_dir, file, house) = with_file("").await;
    for purpose in ["prompt", "run", "model_name"] {
        std::fs::write(&file, format!("[selectors]\n{purpose} = [\"#nothing\"]\n")).unwrap();
        let report = house.studio.self_test().await.unwrap();
        assert_eq!(missing(&report, Need::Required), [purpose]);
        assert!(!report.serves(), "{purpose}");
    }
    std::fs::write(&file, "").unwrap();
    assert!(house.studio.self_test().await.unwrap().serves());
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_has_changed_beyond_use_is_told_with_what_it_lacks() {
    let house = House::with(Layout { broken: true, ..Layout::default() }, impatient).await;
    let report = house.studio.self_test().await.unwrap();
    house.close().await;
    assert!(!report.serves());
    assert!(missing(&report, Need::Required).contains(&"prompt"), "{report:#?}");
    assert!(report.trouble.unwrap().contains("prompt box"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_switch_of_temporary_chats_is_found_in_its_menu() {
    let at = |temporary_toggle| Layout { temporary_toggle, ..Layout::default() };
    let report = report_of(at(TemporaryToggle::InMenu)).await;
    assert!(is_found(by_purpose(&report)["temporary_toggle"]));
    let report = report_of(at(TemporaryToggle::Missing)).await;
    assert!(missing(&report, Need::Optional).contains(&"temporary_toggle"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_stays_as_it_was_and_nothing_is_asked() {
    let house = House::open().await;
    let mut request = conversation(&[(Role::System, "Be brief"), (Role::User, "One")]);
    request.sampling.temperature = Some(0.4);
    let first = house.ask(request.clone()).await.unwrap();
    let visits = house.site.visits().len();

    let report = house.studio.self_test().await.unwrap();
    assert_eq!(house.site.records().len(), 1, "nothing was sent");
    assert_eq!(report.model.as_deref(), Some(FLASH));
    let controls = by_purpose(&report);
    assert!(is_found(controls["turn"]) && is_found(controls["model_turn"]), "the chat is there");
    assert_eq!(house.studio.page_report().as_deref(), Some(&report));

    // The chat goes on in place, with the settings that it had.
    let messages = [
        (Role::System, "Be brief"),
        (Role::User, "One"),
        (Role::Assistant, &first.text()),
        (Role::User, "Two"),
    ];
    let mut next = conversation(&messages);
    next.sampling.temperature = Some(0.4);
    assert_eq!(house.ask(next).await.unwrap().text(), echo_text("Two"));
    let record = house.site.records().pop().unwrap();
    assert_eq!((record.contents.len(), record.temperature), (3, Some(0.4)));
    assert_eq!(record.system.as_deref(), Some("Be brief"));
    assert_eq!(house.site.visits().len(), visits, "the page was not loaded anew");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_answer_ends_first() {
    let house = House::open().await;
    house.site.set_scenario(held_back());
    let mut stream = house.studio.chat(RequestId::new("a"), Arc::new(question("Tell me")));
    loop {
        if let Event::Text { .. } = stream.next().await.unwrap().unwrap() {
            break;
        }
    }
    let studio = house.studio.clone();
    let test = tokio::spawn(async move { studio.self_test().await });
    // One that nobody waits for any more is not done.
    let studio = house.studio.clone();
    let dropped = tokio::spawn(async move { studio.self_test().await });
    tokio::task::yield_now().await;
    dropped.abort();
    assert!(!test.is_finished());
    house.site.open_gate("go");
    let mut text = String::new();
    while let Some(event) = stream.next().await {
        if let Event::Text { text: more } = event.unwrap() {
            text += &more;
        }
    }
    assert_eq!(text, "of an old answer");
    assert!(test.await.unwrap().unwrap().serves());
    house.site.set_scenario(Scenario::default());
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_taken_up_by_the_next_request() {
    let (_dir, file, house) = with_file("[selectors]\nrun = [\"#nothing\"]\n").await;
    fails_without_run(&house).await;
    let report = house.studio.self_test().await.unwrap();
    assert_eq!(missing(&report, Need::Required), ["run"]);
    assert_eq!(report.pack.file.unwrap().overrides, ["selectors.run"]);
    // Mended, while the browser runs.
    std::fs::write(&file, "[pack]\nversion = 1\n[selectors]\nrun = [\"button[aria-label='Run']\"]\n")
        .unwrap();
    house.works().await;
    let report = house.studio.self_test().await.unwrap();
    let found = Sight::Found { selector: "button[aria-label='Run']".to_owned(), rank: 0 };
    assert_eq!(by_purpose(&report)["run"].sight, found);
    assert_eq!(report.pack.file.unwrap().version, Some(1));
    // Gone, and with it what it replaced.
    std::fs::remove_file(&file).unwrap();
    house.works().await;
    assert_eq!(house.studio.pack().file, None);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_words_of_the_network_are_taken_up_too() {
    let (_dir, file, house) = with_file("").await;
    house.works().await;
    std::fs::write(&file, "[network]\ngenerate = \"SomethingElse\"\n").unwrap();
    let warnings = house.works().await.warnings;
    assert!(!warnings.is_empty(), "the answer was read off the page");
    std::fs::write(&file, "").unwrap();
    assert!(house.works().await.warnings.is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_file_is_left_aside_and_told() {
    let (_dir, file, house) = with_file("[selectors]\nrun = 5\n").await;
    house.works().await;
    assert_eq!(house.studio.pack().fault().unwrap().line, Some(2));
    // What is no CSS is found out in the browser.
    let text = "[selectors]\nrun = [\n  \"#nothing\",\n  \"button[aria-label\",\n  \"ul >\",\n]\n";
    std::fs::write(&file, text).unwrap();
    house.works().await;
    let fault = house.studio.pack().fault().cloned().unwrap();
    assert!(fault.what.contains("ul >"), "{fault:?}");
    assert_eq!(fault.line, Some(5), "a browser closes a bracket that is left open");
    let report = house.studio.self_test().await.unwrap();
    assert!(report.serves() && report.pack.fault().is_some());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_selectors_are_css() {
    let entries = postern_aistudio::selectors::Selectors::embedded();
    let quoted: Vec<String> =
        entries.selectors.values().flatten().map(|entry| format!("{entry:?}")).collect();
    // As a file, so that each entry is proven.
    let (_dir, _file, house) = with_file(&format!("[selectors]\nrun = [{}]\n", quoted.join(", "))).await;
    let _ = house.studio.self_test().await;
    assert_eq!(house.studio.pack().fault(), None);
    house.close().await;
}
