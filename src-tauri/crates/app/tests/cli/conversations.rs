//! `postern conversations …`, without a server and beside one.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::time::Instant;

use serde_json::{Value, json};

use crate::support::{PATIENCE, Place, text};

/// One conversation of OpenAI's messages, called good.
fn row(system: &str, question: &str, answer: &str) -> Value {
    json!({ "model": "m-1", "messages": [
        { "role": "system", "content": system },
        { "role": "user", "content": question },
        { "role": "assistant", "content": answer },
    ] })
}

/// Writes rows to a file; the file.
fn file(place: &Place, rows: &[Value]) -> String {
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    place.write("rows.jsonl", &lines.join("\n"));
    place.path().join("rows.jsonl").display().to_string()
}

/// A folder with three conversations, two of them about the same.
fn place() -> Place {
    let place = Place::new();
    let rows = [
        row("Be brief.", "Who was Ada Lovelace?", "A mathematician."),
        row("Be kind.", "Who was Ada Lovelace?", "A mathematician."),
        row("Be brief.", "Name a river in Norway.", "Glomma."),
    ];
    let file = file(&place, &rows);
    let report = place.json(&["conversations", "import", &file]);
    assert_eq!((&report["rows"], &report["taken"], &report["refused"]), (&3.into(), &3.into(), &json!([])));
    place
}

fn list(place: &Place, narrow: &[&str]) -> Vec<Value> {
    let all = place.json(&[&["conversations", "list"], narrow].concat());
    all.as_array().expect("a list").clone()
}

/// The number of the only conversation that is meant.
fn id(place: &Place, narrow: &[&str]) -> String {
    let rows = list(place, narrow);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0]["id"].to_string()
}

fn conversations(place: &Place, words: &[&str]) -> String {
    place.say(&[&["conversations"], words].concat())
}

fn refused(place: &Place, words: &[&str]) -> String {
    place.fail(&[&["conversations"], words].concat())
}

#[test]
fn what_was_imported_is_listed_shown_and_counted() {
    let place = place();
    let said = conversations(&place, &["list"]);
    assert!(said.starts_with("ID") && said.contains("Name a river") && said.contains("m-1"), "{said}");
    assert_eq!(list(&place, &["--search", "glomma"]).len(), 1);
    assert_eq!(list(&place, &["--kind", "chat"]).len(), 3);
    assert_eq!(list(&place, &["--kind", "image,rerank"]).len(), 0);
    assert_eq!(list(&place, &["--tag", "imported", "--limit", "2"]).len(), 2);
    let river = id(&place, &["--search", "river"]);
    let said = conversations(&place, &["show", &river]);
    assert!(
        said.contains("[user]\nName a river in Norway.") && said.contains("[assistant]\nGlomma."),
        "{said}"
    );
    let shown = place.json(&["conversations", "show", &river]);
    assert_eq!(shown["conversation"]["turns"][2]["parts"][0]["text"], "Glomma.");
    let raw = place.json(&["conversations", "show", &river, "--raw"]);
    assert_eq!(raw["response"]["choices"][0]["message"]["content"], "Glomma.");
    let stats = place.json(&["conversations", "stats"]);
    assert_eq!((&stats["count"], &stats["usage"]["exchanges"]), (&3.into(), &3.into()));
    assert_eq!(stats["deriving"], json!({ "done": 3, "total": 3 }));
    assert_eq!(place.json(&["conversations", "stats", "--search", "ada"])["count"], 2);
    let said = conversations(&place, &["stats"]);
    assert!(
        said.starts_with("3 conversations. 3 exchanges are kept, ") && !said.contains("so far"),
        "{said}"
    );
}

#[test]
fn those_nearly_the_same_are_found_by_one_of_them() {
    let place = Place::new();
    let long = |end: &str| {
        let words: Vec<String> = (0..200).map(|number| format!("word{number}")).collect();
        row("Be brief.", &format!("{} {end}", words.join(" ")), "Yes.")
    };
    let file = file(&place, &[long("one"), long("two"), row("", "Name a river in Norway.", "Glomma.")]);
    conversations(&place, &["import", &file]);
    let first = list(&place, &["--search", "one"])[0]["id"].to_string();
    assert_eq!(list(&place, &["--like", &first]).len(), 2);
    let river = id(&place, &["--search", "river"]);
    assert_eq!(list(&place, &["--like", &river]).len(), 1);
}

#[test]
fn decisions_are_made_of_some_and_of_all_that_match_and_taken_back() {
    let place = place();
    let river = id(&place, &["--search", "river"]);
    let said = conversations(&place, &["approve", &river, &river]);
    assert_eq!(said, "1 conversations are approved now.\n");
    assert_eq!(id(&place, &["--state", "approved"]), river);
    let done = place.json(&["conversations", "reject", "--matching", "--search", "ada"]);
    assert_eq!(done["changed"], 2);
    assert_eq!(list(&place, &["--state", "rejected"]).len(), 2);
    conversations(&place, &["undo"]);
    assert_eq!(list(&place, &["--state", "new"]).len(), 2);
    conversations(&place, &["later", "--matching", "--state", "new"]);
    conversations(&place, &["tag", "--add", "water", "--remove", "imported", &river]);
    assert_eq!(id(&place, &["--tag", "water"]), river);
    assert_eq!(list(&place, &["--tag", "imported", "--state", "later"]).len(), 2);
    for _ in 0..4 {
        conversations(&place, &["undo"]);
    }
    assert_eq!(list(&place, &["--state", "new"]).len(), 3);
}

#[test]
fn a_decision_about_nothing_or_about_what_is_unclear_is_refused() {
    let place = place();
    let river = id(&place, &["--search", "river"]);
    assert!(refused(&place, &["show", "999"]).contains("there is no conversation 999"));
    // Nothing is decided of the others either.
    assert!(refused(&place, &["approve", &river, "999"]).contains("there is no conversation 999"));
    assert!(refused(&place, &["approve"]).contains("--matching"));
    assert!(refused(&place, &["reject", &river, "--search", "ada"]).contains("--matching"));
    assert!(refused(&place, &["tag", &river]).contains("--add"));
    assert!(refused(&place, &["list", "--since", "yesterday"]).contains("2026-11-22"));
    assert_eq!(list(&place, &["--state", "new"]).len(), 3);
    for wrong in [&["list", "--state", "good"][..], &["approve", "x"], &["list", "--kind", "talk"]] {
        let output = place.run(&[&["conversations"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", text(&output.stderr));
    }
}

#[test]
fn an_export_is_looked_at_first_and_goes_into_a_new_folder() {
    let place = place();
    let river = id(&place, &["--search", "river"]);
    conversations(&place, &["approve", &river]);
    let out = place.path().join("out").display().to_string();
    let ahead = place.json(&["conversations", "export", "--preview", "--preset", "trl"]);
    assert_eq!(
        (&ahead["would_write"], &ahead["first"][0]["messages"][2]["content"]),
        (&1.into(), &"Glomma.".into())
    );
    assert!(!place.path().join("out").exists());
    let said = conversations(&place, &["export", "--preset", "trl", "--out", &out]);
    assert!(said.starts_with("Wrote ") && said.contains("train"), "{said}");
    let lines = place.read("out/train.jsonl");
    assert!(lines.lines().count() == 1 && lines.contains("Glomma."), "{lines}");
    let again = refused(&place, &["export", "--out", &out]);
    assert!(again.contains("out"), "{again}");
    assert_eq!(place.read("out/train.jsonl"), lines, "what is there stays");
    let all = place.json(&[
        "conversations",
        "export",
        "--any-state",
        "--out",
        &format!("{out}2"),
        "--duplicates",
        "keep",
    ]);
    assert_eq!(all["tally"]["conversations"], 3);
    assert!(
        refused(&place, &["export", "--validation", "80", "--test", "30", "--out", &format!("{out}3")]).len()
            > 10
    );
    assert!(!place.path().join("out3").exists());
}

#[test]
fn a_file_that_is_none_is_told_and_nothing_is_taken() {
    let place = Place::new();
    let import = |name: &str| {
        let file = place.path().join(name).display().to_string();
        place.run(&["conversations", "import", &file, "--json"])
    };
    let missing = import("nowhere.jsonl");
    assert!(
        missing.status.code() == Some(1) && text(&missing.stderr).contains("nowhere.jsonl"),
        "{missing:?}"
    );
    place.write("broken.json", "[{\"messages\":");
    let broken = import("broken.json");
    assert!(broken.status.code() == Some(1) && text(&broken.stderr).contains("broken.json"), "{broken:?}");
    std::fs::create_dir(place.path().join("folder")).expect("made");
    assert_eq!(import("folder").status.code(), Some(1));
    place.write("other.jsonl", "no json\n{\"a\":1}\n");
    let report: Value = serde_json::from_slice(&import("other.jsonl").stdout).expect("JSON");
    assert_eq!((&report["taken"], report["refused"].as_array().map(Vec::len)), (&0.into(), Some(2)));
    assert_eq!(conversations(&place, &["list"]), "No conversation.\n");
}

#[test]
fn a_database_that_cannot_be_opened_is_told() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("conversations.db")).expect("made");
    for words in [&["list"][..], &["stats"], &["undo"], &["rederive"]] {
        let said = refused(&place, words);
        assert!(said.starts_with("error: ") && said.contains("conversations.db"), "{said}");
    }
}

#[test]
fn everything_is_derived_anew_and_what_was_decided_stays() {
    let place = place();
    let river = id(&place, &["--search", "river"]);
    conversations(&place, &["approve", &river]);
    let before = list(&place, &[]);
    let done = place.json(&["conversations", "rederive"]);
    assert_eq!(done, json!({ "exchanges": 3, "done": true }));
    assert_eq!(list(&place, &[]), before);
    assert_eq!(conversations(&place, &["rederive"]), "3 exchanges were derived anew.\n");
}

#[test]
fn all_of_it_works_beside_a_running_server() {
    let place = Place::new();
    let server = place.serve();
    assert_eq!(server.chat(None).0, 200);
    until(|| list(&place, &["--search", "knock"]).len() == 1);
    let file = file(&place, &[row("Be brief.", "Name a river in Norway.", "Glomma.")]);
    let report = place.json(&["conversations", "import", &file]);
    assert_eq!(report["taken"], 1, "{report}");
    let river = id(&place, &["--search", "river"]);
    conversations(&place, &["approve", &river]);
    assert_eq!(place.json(&["conversations", "rederive"]), json!({ "exchanges": 2, "done": false }));
    until(|| place.json(&["conversations", "stats"])["deriving"] == json!({ "done": 2, "total": 2 }));
    assert_eq!(id(&place, &["--state", "approved"]), river);
    let out = place.path().join("out").display().to_string();
    assert_eq!(place.json(&["conversations", "export", "--out", &out])["tally"]["conversations"], 1);
}

fn until(holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "it never came to that");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
