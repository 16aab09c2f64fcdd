//! Conversations that tests export: `tests/fixtures/conversations.json`.

use std::path::PathBuf;

use postern_store::{Alike, Facts, Likeness, ReviewState, Seq, ThreadId, ThreadRow};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Error, Origin, Preference, RawExchange, Record, Spec};
use crate::conversation::{Conversation, Turn};

#[derive(Deserialize)]
struct Given {
    id: i64,
    what: String,
    conversation: Conversation,
    original: Option<Conversation>,
    #[serde(default)]
    pairs: Vec<GivenPair>,
    state: Option<ReviewState>,
    rating: Option<u8>,
}

#[derive(Deserialize)]
struct GivenPair {
    at: usize,
    chosen: Turn,
    rejected: Turn,
}

/// The conversations of the file, as a store would hand them out.
pub(crate) struct Golden {
    records: Vec<Record>,
    states: Vec<ReviewState>,
}

impl Golden {
    /// Those that the specification means.
    pub(crate) fn of(spec: &Spec) -> Self {
        let text = include_str!("../../../../../tests/fixtures/conversations.json");
        Self { states: spec.scope().states, ..Self::given(serde_json::from_str(text).unwrap()) }
    }

    /// These.
    pub(crate) fn given(list: Value) -> Self {
        let given: Vec<Given> = serde_json::from_value(list).unwrap();
        let records = given.into_iter().map(record).collect();
        Self { records, states: vec![ReviewState::Approved] }
    }

    fn meant(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| self.states.contains(&record.row.state))
    }
}

fn record(given: Given) -> Record {
    let text = serde_json::to_vec(&given.conversation.turns).unwrap();
    let hash = Sha256::digest(&text);
    let facts = Facts {
        title: given.what,
        model: given.conversation.model.clone(),
        text_hash: u64::from_le_bytes(std::array::from_fn(|at| hash[at])),
        tokens_in: 10,
        ..Facts::default()
    };
    let row = ThreadRow {
        id: ThreadId(given.id),
        began_ms: 1_790_000_000_000 + given.id,
        last_ms: 1_790_000_000_000 + given.id,
        leaf: Seq(given.id),
        parent: None,
        fork_at: None,
        host: Some("api.example.com".to_owned()),
        upstream: "example".to_owned(),
        key: None,
        total_ms: 0,
        facts,
        state: given.state.unwrap_or(ReviewState::Approved),
        rating: given.rating,
        note: String::new(),
        tags: vec!["golden".to_owned()],
        edited: given.original.is_some(),
        cluster: 1,
    };
    let pairs = given.pairs.into_iter().map(|pair| Preference {
        at: pair.at,
        chosen: pair.chosen,
        rejected: pair.rejected,
    });
    Record { row, conversation: given.conversation, original: given.original, pairs: pairs.collect() }
}

impl Origin for Golden {
    fn count(&mut self) -> Result<u64, Error> {
        Ok(self.meant().count() as u64)
    }

    fn alike(&mut self, by: Likeness, after: Option<Alike>) -> Result<Vec<Alike>, Error> {
        let group = |record: &Record| match by {
            Likeness::Exact => record.row.facts.text_hash.cast_signed(),
            Likeness::Near => record.row.id.0,
        };
        let alike =
            |record: &Record| Alike { id: record.row.id, group: group(record), rating: record.row.rating };
        let place = |alike: Alike| (alike.group, alike.id);
        let mut later: Vec<Alike> = self.meant().map(alike).collect();
        later.retain(|one| after.is_none_or(|after| place(*one) > place(after)));
        later.sort_unstable_by_key(|one| place(*one));
        later.truncate(10);
        Ok(later)
    }

    fn records(&mut self, after: Option<ThreadId>) -> Result<Vec<Record>, Error> {
        let later = self.meant().filter(|record| after.is_none_or(|after| record.row.id > after));
        Ok(later.take(10).cloned().collect())
    }

    fn raw(&mut self, seq: Seq) -> Result<Option<RawExchange>, Error> {
        Ok(Some(RawExchange {
            path: "/v1/chat/completions".to_owned(),
            host: Some("api.example.com".to_owned()),
            status: 200,
            request: format!(r#"{{"model":"m-1","seq":{}}}"#, seq.0).into_bytes(),
            response: b"data: [DONE]\n\n".to_vec(),
        }))
    }

    fn media(&self, _sha256: &str) -> Option<PathBuf> {
        Some(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/dot.png"))
    }
}

/// The rows of a specification, then what was left out, a line each.
pub(crate) fn lines(spec: &Spec) -> String {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    super::export(spec, &out, &mut Golden::of(spec), &tokio_util::sync::CancellationToken::new()).unwrap();
    let rows = std::fs::read_to_string(out.join("train.jsonl")).unwrap_or_default();
    let invalid = std::fs::read_to_string(out.join("invalid.jsonl")).unwrap_or_default();
    let left_out = invalid.lines().map(|line| {
        let dropped: Value = serde_json::from_str(line).unwrap();
        let word = |key: &str| dropped[key].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}\n", word("id"), word("code"), word("detail"))
    });
    format!("{rows}----\n{}", left_out.collect::<String>())
}
