//! Exports of a real store, which run behind.

use std::fs;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use postern_store::{Call, Change, ConversationStore, Ended, ReviewState, Selection, ThreadId, Via};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::{Duplicates, Preset, Written};
use super::*;
use crate::{Deriving, VERSION};

/// What never takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A picture of one dot.
const DOT: &[u8] = include_bytes!("../../../../../../tests/fixtures/dot.png");

/// A store with approved conversations, and a folder for what is written.
struct House {
    store: ConversationStore,
    jobs: Jobs,
    folder: TempDir,
}

impl House {
    async fn with(requests: &[Value]) -> Self {
        let folder = TempDir::new().unwrap();
        let store = ConversationStore::open(&folder.path().join("data")).unwrap();
        for request in requests {
            say(&store, request);
        }
        let deriving = Deriving::start(store.conversations());
        let all = requests.len() as u64;
        let mut progress = deriving.progress();
        progress.wait_for(|progress| progress.done == all && progress.total == all).await.unwrap();
        deriving.stop().await;
        let change = Change { state: Some(ReviewState::Approved), ..Change::default() };
        store.conversations().change(Selection::Matching(Box::default()), change).await.unwrap();
        fs::create_dir(folder.path().join("sets")).unwrap();
        Self { jobs: Jobs::new(store.conversations()), store, folder }
    }

    /// A place for a data set.
    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join("sets").join(name)
    }

    /// What lies where data sets are written.
    fn written(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("sets")).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The job when it has ended.
    async fn ended(&self, id: u64) -> Job {
        let mut changes = self.jobs.changes();
        let ended = async {
            loop {
                let job = self.jobs.list().into_iter().find(|job| job.id == id).unwrap();
                if job.state != JobState::Running {
                    return job;
                }
                changes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("it ends")
    }

    async fn export(&self, spec: Spec, name: &str) -> Summary {
        let job = self.jobs.start(spec, self.place(name));
        match self.ended(job.id).await.state {
            JobState::Done { summary } => *summary,
            state => panic!("{state:?}"),
        }
    }
}

fn say(store: &ConversationStore, request: &Value) {
    let json = || [("content-type", "application/json")].into_iter().collect();
    let recording = store.recorder().begin(Call {
        id: "req".to_owned(),
        at: SystemTime::now(),
        via: Via::Api,
        method: "POST".to_owned(),
        host: None,
        path: "/v1/chat/completions".to_owned(),
        headers: json(),
        key: None,
    });
    recording.request(request.to_string().into());
    recording.answer(200, json());
    let message = json!({ "role": "assistant", "content": "A dot." });
    let choice = json!({ "index": 0, "finish_reason": "stop", "message": message });
    recording.response(json!({ "choices": [choice] }).to_string().into());
    recording.ended(Ended::Whole);
}

fn asked(content: &Value) -> Value {
    json!({ "model": "m", "messages": [{ "role": "user", "content": content }] })
}

/// A question with a picture before it.
fn pictured(question: &str) -> Value {
    let url = format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(DOT));
    asked(
        &json!([{ "type": "image_url", "image_url": { "url": url } }, { "type": "text", "text": question }]),
    )
}

fn plain(count: usize) -> Vec<Value> {
    (0..count).map(|number| asked(&json!(format!("What is the number after {number}?")))).collect()
}

fn rows(folder: &std::path::Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("train.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn pictures_of_the_store_lie_beside_the_rows_and_are_named_in_them() {
    let house = House::with(&[pictured("What is this?"), pictured("And this?"), plain(1)[0].clone()]).await;
    for preset in [Preset::LlamaFactory, Preset::MsSwift, Preset::Trl, Preset::Axolotl] {
        let name = format!("{preset:?}");
        let summary = house.export(Spec { preset, ..Spec::default() }, &name).await;
        let media: Vec<&Written> =
            summary.files.iter().filter(|file| file.name.starts_with("media/")).collect();
        // Two conversations have the same one.
        let [file] = media.as_slice() else { panic!("{preset:?}: {media:?}") };
        let beside = house.place(&name).join(&file.name);
        assert_eq!(fs::read(&beside).unwrap(), DOT, "{preset:?}");
        assert_eq!((file.bytes, file.name.as_str()), (69, format!("media/{}.png", file.sha256).as_str()));
        let rows = rows(&house.place(&name));
        let naming = rows.iter().filter(|row| row.to_string().contains(&file.name)).count();
        assert_eq!((rows.len(), naming), (3, 2), "{preset:?}: {rows:?}");
    }
}

#[tokio::test]
async fn services_get_the_bytes_of_pictures_in_their_rows() {
    let house = House::with(&[pictured("What is this?")]).await;
    let summary = house.export(Spec { preset: Preset::Openai, ..Spec::default() }, "openai").await;
    assert!(!summary.files.iter().any(|file| file.name.starts_with("media/")));
    let url = &rows(&house.place("openai"))[0]["messages"][0]["content"][0]["image_url"]["url"];
    assert_eq!(url, &pictured("")["messages"][0]["content"][0]["image_url"]["url"]);
}

#[tokio::test]
async fn a_picture_that_is_gone_is_left_out_with_its_conversation() {
    let house = House::with(&[pictured("What is this?"), plain(1)[0].clone()]).await;
    fs::remove_dir_all(house.folder.path().join("data/media")).unwrap();
    let summary = house.export(Spec::default(), "set").await;
    assert_eq!(summary.tally.total(), 1, "{:?}", summary.tally);
    assert_eq!(summary.tally.dropped.values().sum::<u64>(), 1);
}

#[tokio::test]
async fn a_conversation_stays_when_those_that_say_the_same_are_not_meant() {
    let said = ["Hello there", "hello there", "HELLO THERE", "Something else"];
    let house = House::with(&said.map(|said| asked(&json!(said)))).await;
    let conversations = house.store.conversations();
    let count = |duplicates| house.export(Spec { duplicates, ..Spec::default() }, "all");
    for duplicates in [Duplicates::Exact, Duplicates::Near] {
        let all = count(duplicates).await;
        assert_eq!((all.tally.total(), all.tally.dropped.values().sum::<u64>()), (2, 2), "{duplicates:?}");
        fs::remove_dir_all(house.place("all")).unwrap();
    }
    let rejected = Change { state: Some(ReviewState::Rejected), ..Change::default() };
    let older = Selection::Ids(vec![ThreadId(1), ThreadId(2)]);
    conversations.change(older, rejected).await.unwrap();
    for duplicates in [Duplicates::Exact, Duplicates::Near] {
        let left = count(duplicates).await;
        assert_eq!((left.tally.total(), left.tally.dropped.len()), (2, 0), "{duplicates:?}");
        fs::remove_dir_all(house.place("all")).unwrap();
    }
}

#[tokio::test]
async fn an_export_that_is_called_off_leaves_nothing() {
    let house = House::with(&plain(300)).await;
    let job = house.jobs.start(Spec::default(), house.place("set"));
    assert!(house.jobs.cancel(job.id), "it was done before anybody could call it off");
    assert_eq!(house.ended(job.id).await.state, JobState::Cancelled);
    assert_eq!(house.written(), Vec::<String>::new());
    assert!(!house.jobs.cancel(job.id), "it has ended");
    assert!(!house.jobs.cancel(99));

    house.jobs.start(Spec::default(), house.place("one"));
    house.jobs.start(Spec::default(), house.place("two"));
    tokio::time::timeout(PATIENCE, house.jobs.stop()).await.expect("they end");
    assert!(house.jobs.list().iter().all(|job| job.state != JobState::Running));
    assert!(house.written().iter().all(|name| !name.starts_with('.')), "{:?}", house.written());
}

#[tokio::test]
async fn two_exports_at_once_do_not_meet() {
    let house = House::with(&plain(100)).await;
    let trl = house.jobs.start(Spec { preset: Preset::Trl, ..Spec::default() }, house.place("trl"));
    let few = Spec { max_records: Some(7), ..Spec::default() };
    let few = house.jobs.start(few, house.place("few"));
    let names: Vec<u64> = house.jobs.list().iter().map(|job| job.id).collect();
    assert_eq!(names, [few.id, trl.id], "the newest is first");
    for (job, name, count) in [(trl, "trl", 100), (few, "few", 7)] {
        let JobState::Done { summary } = house.ended(job.id).await.state else { panic!("{name}") };
        assert_eq!((summary.tally.total(), rows(&house.place(name)).len() as u64), (count, count));
    }
    assert!(rows(&house.place("trl"))[0].get("messages").is_some());
    assert!(rows(&house.place("few"))[0].get("conversations").is_some());
    assert_eq!(house.written(), ["few", "trl"]);
}

#[tokio::test]
async fn an_export_that_fails_says_why_and_leaves_what_is_there() {
    let house = House::with(&plain(3)).await;
    fs::create_dir(house.place("full")).unwrap();
    fs::write(house.place("full").join("mine.txt"), "mine").unwrap();
    fs::write(house.place("file"), "a file").unwrap();
    let wrong = Spec { preset: Preset::Raw, ..Spec::default() };
    for (spec, folder, word) in [
        (Spec::default(), house.place("full"), "full"),
        (Spec::default(), house.place("file").join("below"), "file"),
        (wrong, house.place("raw"), "redact"),
    ] {
        let job = house.jobs.start(spec, folder);
        let JobState::Failed { why } = house.ended(job.id).await.state else { panic!("{word}") };
        assert!(why.contains(word), "{why}");
    }
    assert_eq!(house.written(), ["file", "full"]);
    assert_eq!(fs::read_to_string(house.place("full").join("mine.txt")).unwrap(), "mine");
    house.store.close();
    let job = house.jobs.start(Spec::default(), house.folder.path().join("sets/after"));
    let mut changes = house.jobs.changes();
    while house.jobs.list()[0].state == JobState::Running {
        changes.changed().await.unwrap();
    }
    assert!(matches!(house.jobs.list()[0].state, JobState::Failed { .. }), "{job:?}");
}

#[tokio::test]
async fn progress_counts_to_the_last_conversation() {
    let house = House::with(&plain(150)).await;
    let mut changes = house.jobs.changes();
    let job = house.jobs.start(Spec::default(), house.place("set"));
    assert_eq!((job.done, job.of), (0, 0));
    let (mut last, mut seen) = (0, Vec::new());
    loop {
        let now = house.jobs.list().remove(0);
        assert!(now.done >= last && (now.of == 150 || now.done == 0), "{now:?}");
        last = now.done;
        seen.push(now.done);
        if now.state != JobState::Running {
            break;
        }
        changes.changed().await.unwrap();
    }
    assert_eq!(last, 150, "{seen:?}");
    assert_eq!(house.store.conversations().progress(VERSION).await.unwrap().total, 150);
}
