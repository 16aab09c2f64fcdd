//! `postern conversations …`

mod alone;
mod decide;
mod export;
mod import;
mod narrow;
mod rederive;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use postern_app::Paths;
use postern_app::tools::size;
use postern_curation::VERSION;
use postern_store::{
    ConversationStore, Facet, PageOf, Progress, RecordingUsage, ReviewState, Sort, ThreadRow,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Output;
use super::output::table;
use decide::Which;
use narrow::Narrow;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show recorded conversations, a line each.
    List {
        #[command(flatten)]
        narrow: Narrow,
        /// newest, oldest, longest or rating.
        #[arg(long, default_value = "newest", value_parser = word::<Sort>)]
        sort: Sort,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_name = "NUMBER")]
        limit: u32,
    },
    /// Show one conversation.
    Show {
        /// Its number, as `list` shows it.
        id: i64,
        /// The last request and its answer as they were.
        #[arg(long)]
        raw: bool,
    },
    /// Write conversations into files that trainers load.
    Export(Box<export::Arguments>),
    /// Take conversations from a file: the database of `LLMProxy2TrainData`, `ShareGPT` or `OpenAI` messages as JSON or JSONL.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Let conversations into exports.
    Approve(Which),
    /// Keep conversations out of exports.
    Reject(Which),
    /// Put conversations aside to look at again.
    Later(Which),
    /// Add tags, or take them away.
    Tag {
        /// A tag to add; may be given again.
        #[arg(long, value_name = "TAG")]
        add: Vec<String>,
        /// A tag to take away; may be given again.
        #[arg(long, value_name = "TAG")]
        remove: Vec<String>,
        #[command(flatten)]
        which: Which,
    },
    /// Take the last decision back.
    Undo,
    /// Derive everything that was recorded anew. What was decided stays.
    Rederive,
    /// Count what is recorded.
    Stats {
        #[command(flatten)]
        narrow: Narrow,
    },
}

pub(crate) async fn run(paths: &Paths, arguments: Arguments) -> Result<ExitCode> {
    paths.create()?;
    let store = ConversationStore::open(paths.data())?;
    let done = command(paths, &store, arguments.command, arguments.output).await;
    store.close();
    done.map(|()| ExitCode::SUCCESS)
}

async fn command(paths: &Paths, store: &ConversationStore, command: Command, output: Output) -> Result<()> {
    let conversations = store.conversations();
    match command {
        Command::List { narrow, sort, limit } => {
            let of = PageOf { filter: narrow.filter()?, sort, after: None, limit };
            let page = conversations.page(of).await?;
            output.show(&page.rows, || listed(&page.rows))?;
            if page.next.is_some() {
                output.explain("There are more; see them with --limit, or narrow the list.");
            }
            Ok(())
        }
        Command::Show { id, raw } => show::run(&conversations, id, raw, output).await,
        Command::Export(arguments) => export::run(&conversations, *arguments, output).await,
        Command::Import { file } => import::run(paths, store, &file, output).await,
        Command::Approve(which) => decide::state(&conversations, which, ReviewState::Approved, output).await,
        Command::Reject(which) => decide::state(&conversations, which, ReviewState::Rejected, output).await,
        Command::Later(which) => decide::state(&conversations, which, ReviewState::Later, output).await,
        Command::Tag { add, remove, which } => {
            decide::tag(&conversations, which, (add, remove), output).await
        }
        Command::Undo => decide::undo(&conversations, output).await,
        Command::Rederive => rederive::run(paths, &conversations, output).await,
        Command::Stats { narrow } => {
            let filter = narrow.filter()?;
            let stats = Stats {
                count: conversations.count(filter.clone()).await?,
                usage: conversations.usage().await?,
                deriving: conversations.progress(VERSION).await?,
                facets: conversations.facets(filter).await?,
            };
            output.show(&stats, || counted(&stats))
        }
    }
}

/// What is recorded, in numbers.
#[derive(Serialize)]
struct Stats {
    count: u64,
    usage: RecordingUsage,
    /// How much of what was recorded is derived by the rules of this version.
    deriving: Progress,
    facets: Vec<Facet>,
}

/// A word of one of our own lists of words, such as `llama_factory`; `-` does as well.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(Value::String(text.replace('-', "_"))).map_err(|error| error.to_string())
}

fn listed(rows: &[ThreadRow]) -> String {
    if rows.is_empty() {
        return "No conversation.".to_owned();
    }
    let row = |row: &ThreadRow| {
        let title: String = row.facts.title.replace(char::is_control, " ").chars().take(60).collect();
        vec![
            row.id.0.to_string(),
            moment(row.last_ms),
            said(&row.state),
            row.facts.model.clone(),
            row.facts.turns.to_string(),
            title,
        ]
    };
    table(&["ID", "LAST", "STATE", "MODEL", "TURNS", "TITLE"], &rows.iter().map(row).collect::<Vec<_>>())
}

fn counted(stats: &Stats) -> String {
    let Stats { count, usage, deriving: Progress { done, total }, .. } = stats;
    let bytes = size::in_words(usage.stored_bytes + usage.media_bytes);
    let mut lines = vec![format!("{count} conversations. {} exchanges are kept, {bytes}.", usage.exchanges)];
    if done < total {
        lines.push(format!("{done} of {total} exchanges are derived so far."));
    }
    for facet in stats.facets.iter().filter(|facet| !facet.values.is_empty() && facet.field != "flags") {
        let values: Vec<String> =
            facet.values.iter().take(8).map(|value| format!("{} {}", value.value, value.count)).collect();
        lines.push(format!("{}: {}", facet.field, values.join(", ")));
    }
    lines.join("\n")
}

fn missing(id: i64) -> anyhow::Error {
    anyhow::anyhow!("there is no conversation {id}; see: postern conversations list")
}

fn moment(ms: i64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000));
    moment.map_or_else(
        |_| String::new(),
        |moment| format!("{} {:02}:{:02}", moment.date(), moment.hour(), moment.minute()),
    )
}

/// The word of a value as it is in JSON.
fn said(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
