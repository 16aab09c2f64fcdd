//! Very many conversations: the list, words, decisions and reading for export, against the bare SQL on the same rows.

mod bare;
mod export;
mod made;
mod recorder;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use postern_store::{
    Change, ConversationStore, Conversations, Filter, PageOf, ReviewState, Selection, Sort, ThreadId,
};
use rusqlite::Connection;

use crate::stats::{Table, at_least, median, percentile, verdict};

use bare::Bare;
use made::Written;

/// How often each question is asked.
const ROUNDS: usize = 40;

/// One that takes long is asked less often: not again after so much time, but a few times at least.
const ENOUGH: Duration = Duration::from_secs(10);
const LEAST: usize = 5;

/// What was measured before this round is forgotten: in the first one whoever is asked first reads an index from the disk,
/// and the other finds it in memory.
const WARM: usize = 1;

/// So many conversations are decided at once.
const BULK: usize = 100_000;

/// Read for export at a time.
const PIECE: u32 = 200;

/// Measures with so many conversations. They are made in this folder and stay there for the next time, else in one that
/// goes at the end.
pub(crate) async fn measure(threads: u64, kept: Option<PathBuf>) -> anyhow::Result<()> {
    let passing = tempfile::tempdir()?;
    let folder = kept.as_deref().unwrap_or(passing.path());
    let store = ConversationStore::open(folder)?;
    let conversations = store.conversations();
    let database = folder.join("conversations.db");
    let there = conversations.count(Filter::default()).await?;
    let written = match there {
        0 => Some(made::write(&conversations, &database, threads).await?),
        _ => None,
    };
    let connection = Connection::open(&database)?;
    connection.busy_timeout(Duration::from_secs(60))?;
    connection.pragma_update(None, "cache_size", -2_000)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    let bare = Bare { connection };
    let mut table =
        Table::new(&["question", "bare SQL, p50 and p95 ms", "Postern, p50 and p95 ms", "ratio", "target"]);
    questions(&conversations, &bare, &mut table, threads).await?;
    counts(&conversations, &bare, &mut table).await?;
    table.print(&format!("{threads} conversations: lists and words"));
    let mut table = Table::new(&["work", "bare SQL, per s", "Postern, per s", "ratio", "target", "memory"]);
    table.row(&reading(&conversations, &bare).await?);
    let all = conversations.count(Filter::default()).await?;
    for row in export::measure(&conversations, &bare, folder, usize::try_from(all)?).await? {
        table.row(&row);
    }
    table.row(&bulk(&conversations, &bare, threads).await?);
    if let Some(written) = &written {
        table.row(&derived(written, bare.write(&written.compared)?));
    }
    table.row(&recorder::measure(&made::some()).await?);
    table.print(&format!("{threads} conversations: work"));
    drop(bare);
    store.close();
    Ok(())
}

fn derived(written: &Written, bare: f64) -> [String; 6] {
    let ratio = written.rate / bare;
    [
        "derived rows written, index included".to_owned(),
        format!("{bare:.0}"),
        format!("{:.0}", written.rate),
        format!("{ratio:.2}"),
        at_least(ratio, 0.6),
        String::new(),
    ]
}

/// A question to the list.
struct Question {
    name: &'static str,
    filter: Filter,
    sort: Sort,
    /// From this place on, counted in conversations.
    deep: u64,
}

impl Question {
    fn new(name: &'static str, filter: Filter) -> Self {
        Self { name, filter, sort: Sort::Newest, deep: 0 }
    }
}

fn all_questions(threads: u64) -> Vec<Question> {
    let text = |name, text: &str| Question::new(name, Filter { text: text.to_owned(), ..Filter::default() });
    let one = |word: &str| vec![word.to_owned()];
    vec![
        Question::new("first page", Filter::default()),
        Question { deep: threads / 2, ..Question::new("deep page", Filter::default()) },
        Question { sort: Sort::Longest, ..Question::new("longest", Filter::default()) },
        Question::new(
            "state and language",
            Filter { states: vec![ReviewState::New], languages: one("cmn"), ..Filter::default() },
        ),
        Question::new("a rare model", Filter { models: one(made::RARE_MODEL), ..Filter::default() }),
        Question::new(
            "flag, model and tokens",
            Filter { flags: 1 << 6, models: one("model-2"), tokens_from: Some(900), ..Filter::default() },
        ),
        text("a common English word", "the "),
        text("a rare English word", made::RARE_WORD),
        text("two Chinese characters", "天气"),
        text("a rare Chinese phrase", made::RARE_CHINESE),
        text("an English phrase", "\"quick brown\""),
        text("two words", "function 解析 "),
    ]
}

async fn questions(
    conversations: &Conversations,
    bare: &Bare,
    table: &mut Table,
    threads: u64,
) -> anyhow::Result<()> {
    for question in all_questions(threads) {
        let (mut ours, mut plain) = (Vec::new(), Vec::new());
        let after = place(bare, question.deep)?;
        let first = Instant::now();
        for round in 0..=ROUNDS {
            if round > LEAST && first.elapsed() > ENOUGH {
                break;
            }
            if round == WARM {
                (ours, plain) = (Vec::new(), Vec::new());
            }
            let begun = Instant::now();
            let rows = bare.page(&question.filter, question.sort, after)?;
            plain.push(begun.elapsed().as_secs_f64() * 1e3);
            let of = PageOf {
                filter: question.filter.clone(),
                sort: question.sort,
                after: after.map(|(last, id)| format!("n.0.{last:x}.{id:x}")),
                limit: 50,
            };
            let begun = Instant::now();
            let page = conversations.page(of).await?;
            ours.push(begun.elapsed().as_secs_f64() * 1e3);
            let same = page.rows.iter().map(|row| row.id.0).eq(rows.iter().copied());
            anyhow::ensure!(same, "{}: another page than the bare SQL", question.name);
        }
        table.row(&compared(question.name, &mut plain, &mut ours));
    }
    Ok(())
}

/// How many match, and what they have in common.
async fn counts(conversations: &Conversations, bare: &Bare, table: &mut Table) -> anyhow::Result<()> {
    let text = |text: &str| Filter { text: text.to_owned(), ..Filter::default() };
    for (name, filter) in [
        ("all", Filter::default()),
        ("a language", Filter { languages: vec!["cmn".to_owned()], ..Filter::default() }),
        ("many tokens", Filter { tokens_from: Some(300), ..Filter::default() }),
        ("a common word", text("the ")),
        ("two Chinese characters", text("天气")),
        ("a rare word", text(made::RARE_WORD)),
    ] {
        let (mut ours, mut plain) = (Vec::new(), Vec::new());
        let (mut our_facets, mut plain_facets) = (Vec::new(), Vec::new());
        for round in 0..=LEAST {
            if round == WARM {
                (ours, plain, our_facets, plain_facets) = Default::default();
            }
            let begun = Instant::now();
            let expected = bare.count(&filter)?;
            plain.push(begun.elapsed().as_secs_f64() * 1e3);
            let begun = Instant::now();
            let found = conversations.count(filter.clone()).await?;
            ours.push(begun.elapsed().as_secs_f64() * 1e3);
            anyhow::ensure!(found == expected, "{name}: {found} were counted, there are {expected}");
            let begun = Instant::now();
            bare.facets(&filter)?;
            plain_facets.push(begun.elapsed().as_secs_f64() * 1e3);
            let begun = Instant::now();
            conversations.facets(filter.clone()).await?;
            our_facets.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        table.row(&compared(&format!("count of {name}"), &mut plain, &mut ours));
        table.row(&compared(&format!("facets of {name}"), &mut plain_facets, &mut our_facets));
    }
    Ok(())
}

fn compared(name: &str, plain: &mut [f64], ours: &mut [f64]) -> [String; 5] {
    let middle = (median(plain), median(ours));
    let (plain, ours) = (percentile(plain, 0.95), percentile(ours, 0.95));
    let ratio = ours / plain;
    [
        name.to_owned(),
        format!("{:.2}, {plain:.2}", middle.0),
        format!("{:.2}, {ours:.2}", middle.1),
        format!("{ratio:.2}"),
        verdict(ratio, 2.0),
    ]
}

/// The conversation at this place of the newest, as the list's cursor has it.
fn place(bare: &Bare, deep: u64) -> anyhow::Result<Option<(i64, i64)>> {
    if deep == 0 {
        return Ok(None);
    }
    let sql = "SELECT last_ms, id FROM threads ORDER BY last_ms DESC, id DESC LIMIT 1 OFFSET ?1";
    let deep = i64::try_from(deep)?;
    Ok(Some(bare.connection.query_row(sql, [deep], |row| Ok((row.get(0)?, row.get(1)?)))?))
}

/// Reads everything as an export does, and looks how memory grows.
async fn reading(conversations: &Conversations, bare: &Bare) -> anyhow::Result<[String; 6]> {
    let begun = Instant::now();
    let read = bare.each(|_| Ok(()))?;
    let plain = rate(read, begun);
    let before = memory_mb()?;
    let mut most: f64 = 0.0;
    let begun = Instant::now();
    let all = conversations.settle(Filter::default()).await?;
    let (mut after, mut count, mut bytes) = (None, 0, 0);
    loop {
        let next = conversations.next_for_export(&all, after, PIECE).await?;
        let Some(last) = next.last() else { break };
        after = Some(last.row.id);
        count += next.len();
        bytes += next.iter().map(|one| one.body.len() + one.row.facts.title.len()).sum::<usize>();
        most = most.max(memory_mb()? - before);
    }
    let ours = rate(count, begun);
    anyhow::ensure!(count == read && bytes > 0, "everything was read");
    let ratio = ours / plain;
    Ok([
        "reading for export".to_owned(),
        format!("{plain:.0}"),
        format!("{ours:.0}"),
        format!("{ratio:.2}"),
        at_least(ratio, 0.5),
        format!("+{most:.0} MB"),
    ])
}

/// Decides very many at once, with what it takes to bring it into the database. Taking it back is not measured.
async fn bulk(conversations: &Conversations, bare: &Bare, threads: u64) -> anyhow::Result<[String; 6]> {
    let many = BULK.min(usize::try_from(threads)?);
    let ids: Vec<i64> = (1..=i64::try_from(many)?).collect();
    let mut plain = Vec::new();
    let mut ours = Vec::new();
    let classes = bare.classes(&ids)?;
    for _ in 0..3 {
        bare.clear_log()?;
        let begun = Instant::now();
        bare.bulk(&ids)?;
        plain.push(begun.elapsed().as_secs_f64());
        bare.take_back(&classes)?;
        bare.clear_log()?;
        let what = Selection::Ids(ids.iter().copied().map(ThreadId).collect());
        let change = Change { state: Some(ReviewState::Approved), ..Change::default() };
        let begun = Instant::now();
        let done = conversations.change(what, change).await?;
        ours.push(begun.elapsed().as_secs_f64());
        anyhow::ensure!(done.changed > 0, "they were decided");
        conversations.undo().await?.context("it is taken back")?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let (plain, ours) = (many as f64 / median(&mut plain), many as f64 / median(&mut ours));
    let ratio = ours / plain;
    Ok([
        format!("approving {many} at once"),
        format!("{plain:.0}"),
        format!("{ours:.0}"),
        format!("{ratio:.2}"),
        at_least(ratio, 0.5),
        String::new(),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "a count")]
pub(crate) fn rate(count: usize, begun: Instant) -> f64 {
    count as f64 / begun.elapsed().as_secs_f64()
}

#[cfg(target_os = "linux")]
fn memory_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).context("RssAnon")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1e3)
}

#[cfg(not(target_os = "linux"))]
fn memory_mb() -> anyhow::Result<f64> {
    Ok(0.0)
}
