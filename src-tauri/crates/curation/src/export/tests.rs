//! What an export leaves behind, and what it does not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::golden::Golden;
use super::*;

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn written(spec: &Spec) -> (tempfile::TempDir, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let summary = export(spec, &out, &mut Golden::of(spec), &CancellationToken::new()).unwrap();
    (folder, summary)
}

/// A specification for this preset; what is raw is not redacted.
fn whole(preset: Preset) -> Spec {
    let redaction = Spec::default().redaction.filter(|_| preset != Preset::Raw);
    Spec { preset, redaction, ..Spec::default() }
}

/// Everything that is in a folder, as text.
fn all_of(folder: &Path) -> String {
    let mut texts = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts += &all_of(&path);
        } else {
            texts += &String::from_utf8_lossy(&fs::read(path).unwrap());
        }
    }
    texts
}

/// A conversation with secrets wherever there is room for one.
fn planted(secret: &str) -> Golden {
    let text = |text: &str| serde_json::json!({ "type": "text", "text": text });
    let said = format!("my key is {secret} so use it");
    let turn = |role: &str, parts: Value| serde_json::json!({ "role": role, "parts": parts });
    let call = serde_json::json!({ "type": "tool_call", "id": "a", "name": "f",
        "arguments": format!("{{\"key\":\"{secret}\"}}") });
    let result = serde_json::json!({ "type": "tool_result", "call_id": "a", "parts": [text(&said)] });
    let turns = serde_json::json!([
        turn("system", serde_json::json!([text(&said)])),
        turn("user", serde_json::json!([text(&said)])),
        turn("assistant", serde_json::json!([{ "type": "reasoning", "text": said }, text("I look."), call])),
        turn("tool", serde_json::json!([result])),
        turn("assistant", serde_json::json!([text(&said)])),
    ]);
    let other = turn("assistant", serde_json::json!([text(&format!("no {said}"))]));
    let sound = serde_json::json!({ "turns": turns, "alternatives": [{ "at": 4, "turn": other }],
        "tools": [{ "name": "f", "description": said, "parameters": { "type": "object" } }], "error": said });
    let silent = serde_json::json!({ "turns": [turns[1], { "role": "assistant", "parts": [
        { "type": "other", "raw": { "note": said } } ] }] });
    let pairs = serde_json::json!([{ "at": 4, "chosen": other, "rejected": turn("assistant", serde_json::json!([text(&said)])) }]);
    Golden::given(serde_json::json!([
        { "id": 1, "what": "", "conversation": sound, "original": sound, "pairs": pairs },
        { "id": 2, "what": "", "conversation": silent },
    ]))
}

const SECRET: &str = "sk-proj-Zx7Qm2Lw9Rt4Vb8Nc3Kd6Hf1Js5Gp0Ay2Ue7Io4Xr9Tq";

#[test]
fn planted_secrets_leave_in_no_file_of_any_form() {
    for preset in Preset::ALL.into_iter().filter(|preset| *preset != Preset::Raw) {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let spec = Spec { preset, ..Spec::default() };
        let summary = export(&spec, &out, &mut planted(SECRET), &CancellationToken::new()).unwrap();
        let texts = all_of(folder.path());
        assert!(!texts.contains(SECRET), "{preset:?}: {texts}");
        assert!(summary.tally.redactions["api_key"] > 4, "{preset:?}: {:?}", summary.tally);
        let open = Spec { preset, redaction: None, ..Spec::default() };
        let out = folder.path().join("open");
        export(&open, &out, &mut planted(SECRET), &CancellationToken::new()).unwrap();
        assert!(all_of(&out).contains(SECRET), "{preset:?}: nothing was planted");
    }
}

#[test]
fn conversations_with_secrets_can_be_left_out_without_saying_them() {
    let folder = tempfile::tempdir().unwrap();
    let profile = crate::redact::Profile { action: crate::redact::Action::Drop, ..Default::default() };
    let spec = Spec { redaction: Some(profile), ..Spec::default() };
    let out = folder.path().join("out");
    let summary = export(&spec, &out, &mut planted(SECRET), &CancellationToken::new()).unwrap();
    assert_eq!(summary.tally.dropped, [(Code::Pii, 2)].into());
    assert!(!all_of(&out).contains(SECRET));
}

#[test]
fn exchanges_as_they_were_are_not_called_redacted() {
    let spec = Spec { preset: Preset::Raw, ..Spec::default() };
    assert!(spec.wrong().is_some());
    assert!(Spec { redaction: None, ..spec }.wrong().is_none());
}

#[test]
fn looking_ahead_counts_what_writing_writes() {
    for preset in Preset::ALL {
        let spec = whole(preset);
        let ahead = preview(&spec, &mut Golden::of(&spec), &CancellationToken::new()).unwrap();
        let (_folder, summary) = written(&spec);
        assert_eq!(ahead.tally, summary.tally, "{preset:?}");
        assert_eq!(ahead.would_write, summary.tally.total());
        assert!(ahead.would_write > 0, "{preset:?}");
        let of_codes = |code: &Code| ahead.examples[code].len() as u64;
        assert!(ahead.tally.dropped.iter().all(|(code, count)| of_codes(code) == (*count).min(3)));
    }
}

#[test]
fn every_file_has_the_hash_that_the_manifest_says() {
    for format in [FileFormat::Jsonl, FileFormat::Json, FileFormat::Parquet] {
        let (_folder, summary) = written(&Spec { format, ..Spec::default() });
        let manifest: Value =
            serde_json::from_slice(&fs::read(summary.folder.join("export.json")).unwrap()).unwrap();
        let listed = manifest["files"].as_array().unwrap();
        assert!(listed.len() >= 4, "{listed:?}");
        for file in listed {
            let bytes = fs::read(summary.folder.join(file["name"].as_str().unwrap())).unwrap();
            let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(file["sha256"], hash, "{file}");
            assert_eq!(file["bytes"], bytes.len());
        }
        assert_eq!(manifest["rows"]["train"], summary.tally.rows[&Part::Train]);
    }
}

/// Calls it off after so many conversations.
struct After {
    calls: AtomicU64,
    most: u64,
}

impl Watch for After {
    fn reached(&self, _done: u64, _of: u64) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn called_off(&self) -> bool {
        self.calls.load(Ordering::Relaxed) >= self.most
    }
}

#[test]
fn an_export_that_is_called_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let spec = Spec::default();
    let watch = After { calls: AtomicU64::new(0), most: 5 };
    let done = export(&spec, &folder.path().join("out"), &mut Golden::of(&spec), &watch);
    assert!(matches!(done, Err(Error::Cancelled)), "{done:?}");
    assert_eq!(names(folder.path()), BTreeSet::new());
}

#[test]
fn a_folder_with_something_in_it_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine"), "mine").unwrap();
    let spec = Spec::default();
    let done = export(&spec, folder.path(), &mut Golden::of(&spec), &CancellationToken::new());
    assert!(matches!(done, Err(Error::Exists(_))), "{done:?}");
    assert_eq!(names(folder.path()), BTreeSet::from(["mine".to_owned()]));
}

#[test]
fn an_empty_folder_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let spec = Spec::default();
    export(&spec, &out, &mut Golden::of(&spec), &CancellationToken::new()).unwrap();
    assert!(out.join("train.jsonl").is_file());
}

#[test]
fn parts_stay_the_same_for_a_seed_and_hold_all_rows() {
    let split = Split { validation: 30, test: 20, seed: 7 };
    let spec = Spec { split, ..Spec::default() };
    let (_one, first) = written(&spec);
    let (_two, second) = written(&spec);
    assert_eq!(first.files, second.files);
    let (_three, whole) = written(&Spec::default());
    assert_eq!(first.tally.total(), whole.tally.total());
    assert!(first.tally.rows.values().all(|rows| *rows > 0), "{:?}", first.tally.rows);
    let other = Spec { split: Split { seed: 8, ..split }, ..Spec::default() };
    let (_four, other) = written(&other);
    assert_ne!(first.files, other.files);
}

#[test]
fn of_those_that_say_the_same_the_best_rated_stays() {
    let kept = |duplicates| {
        let (_folder, summary) = written(&Spec { duplicates, ..Spec::default() });
        let invalid = fs::read_to_string(summary.folder.join("invalid.jsonl")).unwrap();
        let dups = invalid.lines().filter(|line| line.contains("E_DUP"));
        (
            summary.tally.total(),
            dups.map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone()).collect::<Vec<_>>(),
        )
    };
    let (all, none) = kept(Duplicates::Keep);
    let (fewer, dropped) = kept(Duplicates::Exact);
    assert_eq!((none, dropped), (vec![], vec![Value::from("1")]));
    assert_eq!(all, fewer + 1);
}

/// A conversation in which somebody says this.
fn saying(id: i64, text: &str, rating: Option<u8>) -> Value {
    let turn = |role: &str, text: &str| serde_json::json!({ "role": role, "parts": [{ "type": "text", "text": text }] });
    let turns = [turn("user", text), turn("assistant", "Yes.")];
    serde_json::json!({ "id": id, "what": "", "rating": rating, "conversation": { "turns": turns } })
}

/// The ids of what an export of these leaves out because something else says the same.
fn doubles(of: Vec<Value>, duplicates: Duplicates) -> Vec<i64> {
    let folder = tempfile::tempdir().unwrap();
    let spec = Spec { duplicates, ..Spec::default() };
    let mut origin = Golden::given(of.into());
    let summary = export(&spec, &folder.path().join("out"), &mut origin, &CancellationToken::new()).unwrap();
    let invalid = fs::read_to_string(summary.folder.join("invalid.jsonl")).unwrap_or_default();
    let left_out = invalid.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    left_out
        .map(|line| (line["code"] == "E_DUP").then(|| line["id"].as_str().unwrap().parse().unwrap()).unwrap())
        .collect()
}

#[test]
fn of_very_many_that_say_the_same_one_stays_however_they_are_mixed() {
    let texts = ["one", "two", "three"];
    let of = |best: i64| (1..=40).map(move |id| (id, (id == best).then_some(4)));
    let given = |best| of(best).map(|(id, rating)| saying(id, texts[id as usize % 3], rating)).collect();
    let all_but = |kept: [i64; 3]| (1..=40).filter(|id| !kept.contains(id)).collect::<Vec<_>>();
    assert_eq!(doubles(given(0), Duplicates::Exact), all_but([1, 2, 3]), "the oldest of each");
    assert_eq!(doubles(given(38), Duplicates::Exact), all_but([1, 38, 3]), "the best, then the oldest");
    assert_eq!(doubles(given(38), Duplicates::Near), all_but([1, 2, 3]), "as rows they are the same still");
    assert_eq!(doubles(given(38), Duplicates::Keep), Vec::<i64>::new());
}

#[test]
fn rows_that_are_the_same_once_they_are_redacted_are_written_once() {
    let mail = |id, name: &str| saying(id, &format!("Write to {name}@posthaus.de."), None);
    let given = vec![mail(1, "ann"), mail(2, "bob"), saying(3, "Write to nobody.", None)];
    assert_eq!(doubles(given, Duplicates::Exact), [2]);
}

#[test]
fn pictures_are_copied_once_by_their_hash() {
    let (_folder, summary) = written(&Spec::default());
    let media = names(&summary.folder.join("media"));
    assert_eq!(media.len(), 1, "{media:?}");
    assert!(media.iter().all(|name| name.ends_with(".png")));
}

#[test]
fn no_more_rows_than_were_wished() {
    let (_folder, summary) = written(&Spec { max_records: Some(3), ..Spec::default() });
    assert_eq!(summary.tally.total(), 3);
}

#[test]
fn only_conversations_that_end_in_a_call() {
    let (_folder, summary) = written(&Spec { calls_only: true, ..Spec::default() });
    assert_eq!(summary.tally.total(), 1);
}

#[test]
fn markdown_is_a_file_for_each_conversation() {
    let (_folder, summary) = written(&Spec { preset: Preset::Markdown, ..Spec::default() });
    let files = names(&summary.folder.join("train"));
    assert_eq!(files.len() as u64, summary.tally.total());
    let text = fs::read_to_string(summary.folder.join("train/3.md")).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn a_wish_that_cannot_be_followed_is_told_before_anything_is_written() {
    for spec in [
        Spec { name: "../x".to_owned(), ..Spec::default() },
        Spec { split: Split { validation: 60, test: 60, seed: 0 }, ..Spec::default() },
        Spec { preset: Preset::Raw, format: FileFormat::Parquet, redaction: None, ..Spec::default() },
    ] {
        let folder = tempfile::tempdir().unwrap();
        let done =
            export(&spec, &folder.path().join("out"), &mut Golden::of(&spec), &CancellationToken::new());
        assert!(matches!(done, Err(Error::Spec(_))), "{done:?}");
        assert_eq!(names(folder.path()), BTreeSet::new());
    }
}

#[test]
fn too_few_rows_for_a_service_are_told_before_and_after_they_are_written() {
    for (preset, least) in [
        (Preset::Openai, Some(10)),
        (Preset::OpenaiDpo, Some(10)),
        (Preset::Fireworks, Some(3)),
        (Preset::Trl, None),
    ] {
        let few = Spec { max_records: Some(2), ..whole(preset) };
        let ahead = preview(&few, &mut Golden::of(&few), &CancellationToken::new()).unwrap();
        assert_eq!(ahead.tally.least_rows, least, "{preset:?}");
        let (_folder, summary) = written(&few);
        let said = |name: &str| fs::read_to_string(summary.folder.join(name)).unwrap();
        let manifest: Value = serde_json::from_str(&said("export.json")).unwrap();
        assert_eq!(manifest.get("least_rows").and_then(Value::as_u64), least, "{preset:?}");
        assert_eq!(said("README.md").contains("takes at least"), least.is_some(), "{preset:?}");
    }
    let (_folder, enough) = written(&whole(Preset::Fireworks));
    assert_eq!(enough.tally.least_rows, None);
}
