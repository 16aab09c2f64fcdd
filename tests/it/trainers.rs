//! What is exported, loaded by the trainers' own code from the registry: every row comes through, and nothing is
//! complained of.
//!
//! The scripts in `tests/trainers` run in an environment with `tests/trainers/requirements.txt`; `cargo xtask test` makes
//! it and says where in `POSTERN_TRAINERS`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use postern_curation::export::{
    self, Error, FileFormat, Origin, Preference, Preset, RawExchange, Record, Spec, Summary,
};
use postern_curation::{Conversation, Turn};
use postern_store::{Alike, Facts, Likeness, ReviewState, Seq, ThreadId, ThreadRow};
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::product::workspace;

/// Templates of LLaMA-Factory with different forms of calls and of thoughts.
const TEMPLATES: [&str; 4] = ["qwen3", "qwen", "llama3", "default"];

#[derive(Deserialize)]
struct Given {
    id: i64,
    conversation: Conversation,
    original: Option<Conversation>,
    #[serde(default)]
    pairs: Vec<Pair>,
    state: Option<ReviewState>,
    rating: Option<u8>,
}

#[derive(Deserialize)]
struct Pair {
    at: usize,
    chosen: Turn,
    rejected: Turn,
}

/// The conversations of `tests/fixtures/conversations.json`.
struct Golden(Vec<Record>);

impl Golden {
    fn of(spec: &Spec) -> Self {
        let file = workspace().join("tests/fixtures/conversations.json");
        let text = fs::read_to_string(file).expect("the conversations are there");
        let given: Vec<Given> = serde_json::from_str(&text).expect("they are conversations");
        let states = spec.scope().states;
        let records = given.into_iter().map(record);
        Self(records.filter(|record| states.contains(&record.row.state)).collect())
    }

    fn after(&self, after: Option<ThreadId>) -> impl Iterator<Item = &Record> {
        self.0.iter().filter(move |record| after.is_none_or(|after| record.row.id > after)).take(7)
    }
}

fn record(given: Given) -> Record {
    let row = ThreadRow {
        id: ThreadId(given.id),
        began_ms: 0,
        last_ms: 0,
        leaf: Seq(given.id),
        parent: None,
        fork_at: None,
        host: None,
        upstream: String::new(),
        key: None,
        total_ms: 0,
        facts: Facts::default(),
        state: given.state.unwrap_or(ReviewState::Approved),
        rating: given.rating,
        note: String::new(),
        tags: Vec::new(),
        edited: given.original.is_some(),
        cluster: 1,
    };
    let pair = |pair: Pair| Preference { at: pair.at, chosen: pair.chosen, rejected: pair.rejected };
    let pairs = given.pairs.into_iter().map(pair).collect();
    Record { row, conversation: given.conversation, original: given.original, pairs }
}

impl Origin for Golden {
    fn count(&mut self) -> Result<u64, Error> {
        Ok(self.0.len() as u64)
    }

    fn alike(&mut self, _by: Likeness, _after: Option<Alike>) -> Result<Vec<Alike>, Error> {
        Ok(Vec::new())
    }

    fn records(&mut self, after: Option<ThreadId>) -> Result<Vec<Record>, Error> {
        Ok(self.after(after).cloned().collect())
    }

    fn raw(&mut self, _seq: Seq) -> Result<Option<RawExchange>, Error> {
        Ok(None)
    }

    fn media(&self, _sha256: &str) -> Option<PathBuf> {
        Some(workspace().join("tests/fixtures/dot.png"))
    }
}

/// The Python with the trainers; `None` where nobody set one up.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("POSTERN_TRAINERS").map(PathBuf::from);
    let strict = std::env::var_os("POSTERN_TEST_STRICT").is_some();
    assert!(python.is_some() || !strict, "POSTERN_TRAINERS says where the trainers are");
    python
}

/// What a loader says of a data set.
#[derive(Debug, Deserialize)]
struct Loaded {
    rows: u64,
    through: Value,
    complaints: Vec<String>,
}

/// Exports in one form and one format, and has it loaded.
fn load(preset: Preset, format: FileFormat, script: &str, words: &[&str]) {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let spec = Spec { preset, format, ..Spec::default() };
    let out = folder.path().join("out");
    let summary = export::export(&spec, &out, &mut Golden::of(&spec), &CancellationToken::new())
        .expect("it is written");
    let loaded = run(&python, script, &summary, words);
    let written = summary.tally.total();
    assert!(written > 0, "nothing was written");
    assert_eq!(loaded.rows, written, "{preset:?} {format:?}");
    match &loaded.through {
        Value::Object(each) => {
            assert!(!each.is_empty());
            assert!(each.values().all(|through| *through == written), "{preset:?} {format:?}: {loaded:?}");
        }
        through => assert_eq!(*through, written, "{preset:?} {format:?}: {loaded:?}"),
    }
    assert!(loaded.complaints.is_empty(), "{preset:?} {format:?}: {:?}", loaded.complaints);
}

fn run(python: &Path, script: &str, summary: &Summary, words: &[&str]) -> Loaded {
    let output = Command::new(python)
        .arg(workspace().join("tests/trainers").join(script))
        .arg(&summary.folder)
        .args(words)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script} {words:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{script}: {error}: {said}"))
}

fn llama_factory(preset: Preset, stage: &str) {
    let words: Vec<&str> = std::iter::once(stage).chain(TEMPLATES).collect();
    for format in [FileFormat::Jsonl, FileFormat::Json, FileFormat::Parquet] {
        load(preset, format, "llama_factory.py", &words);
    }
}

#[test]
fn llama_factory_loads_conversations() {
    llama_factory(Preset::LlamaFactory, "sft");
}

#[test]
fn llama_factory_loads_instructions() {
    llama_factory(Preset::LlamaFactoryAlpaca, "sft");
}

#[test]
fn llama_factory_loads_better_and_worse_answers() {
    llama_factory(Preset::LlamaFactoryDpo, "dpo");
}

#[test]
fn llama_factory_loads_good_and_bad_answers() {
    llama_factory(Preset::LlamaFactoryKto, "kto");
}

#[test]
fn trl_loads_every_kind_of_row() {
    for preset in [Preset::Trl, Preset::TrlDpo, Preset::TrlKto] {
        load(preset, FileFormat::Jsonl, "trl_data.py", &["train.jsonl"]);
        load(preset, FileFormat::Json, "trl_data.py", &["train.json"]);
        load(preset, FileFormat::Parquet, "trl_data.py", &["data/train-00000-of-00001.parquet"]);
    }
}

#[test]
fn axolotl_learns_the_turns_that_are_to_be_learned() {
    load(Preset::Axolotl, FileFormat::Jsonl, "axolotl_data.py", &["train.jsonl"]);
    load(Preset::Axolotl, FileFormat::Parquet, "axolotl_data.py", &["data/train-00000-of-00001.parquet"]);
}

#[test]
fn ms_swift_loads_conversations_and_rankings() {
    for preset in [Preset::MsSwift, Preset::MsSwiftReranker] {
        load(preset, FileFormat::Jsonl, "ms_swift.py", &["train.jsonl"]);
        load(preset, FileFormat::Parquet, "ms_swift.py", &["data/train-00000-of-00001.parquet"]);
    }
}

#[test]
fn hugging_face_loads_a_data_set_by_its_card() {
    for (preset, format) in [
        (Preset::Openai, FileFormat::Jsonl),
        (Preset::Axolotl, FileFormat::Parquet),
        (Preset::Mistral, FileFormat::Parquet),
        (Preset::Chatml, FileFormat::Json),
    ] {
        load(preset, format, "card.py", &[]);
    }
}
