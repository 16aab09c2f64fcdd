//! Conversations into files.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use postern_curation::export::{
    self, Duplicates, FileFormat, Preset, Preview, Reasoning, Results, Spec, Split, Stored, Summary, System,
    Tally, Tools,
};
use postern_store::Conversations;
use tokio_util::sync::CancellationToken;

use super::super::Output;
use super::super::output::table;
use super::narrow::Narrow;
use super::{said, word};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The trainer or the form: `llama_factory`, `llama_factory_alpaca`, `llama_factory_dpo`, `llama_factory_kto`, trl, `trl_dpo`,
    /// `trl_kto`, axolotl, openai, `openai_dpo`, together, fireworks, mistral, `ms_swift`, `ms_swift_reranker`, chatml, markdown, raw.
    #[arg(long, default_value = "llama_factory", value_parser = word::<Preset>)]
    preset: Preset,
    /// The new folder that the files go into.
    #[arg(long, required_unless_present = "preview", value_name = "DIR")]
    out: Option<PathBuf>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    preview: bool,
    /// jsonl, json or parquet.
    #[arg(long, default_value = "jsonl", value_parser = word::<FileFormat>)]
    format: FileFormat,
    /// What the data set is called.
    #[arg(long, default_value = "postern")]
    name: String,
    /// Percent of the rows for validation.
    #[arg(long, default_value_t = 0, value_name = "PERCENT")]
    validation: u8,
    /// Percent of the rows for the test at the end.
    #[arg(long, default_value_t = 0, value_name = "PERCENT")]
    test: u8,
    /// Another number parts the rows otherwise.
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    seed: u64,
    /// Of conversations that say the same: keep all, or leave out exact or near ones.
    #[arg(long, default_value = "exact", value_parser = word::<Duplicates>, value_name = "keep|exact|near")]
    duplicates: Duplicates,
    /// Leave secrets and personal data in.
    #[arg(long)]
    no_redaction: bool,
    #[command(flatten)]
    wishes: Wishes,
    #[command(flatten)]
    narrow: Narrow,
    /// Conversations of every state, not the approved ones only.
    #[arg(long, conflicts_with = "state")]
    any_state: bool,
}

/// What becomes of the parts of a conversation.
#[derive(Debug, Args)]
struct Wishes {
    /// Thoughts of the model: keep, strip or `last_only`.
    #[arg(long, default_value = "keep", value_parser = word::<Reasoning>)]
    reasoning: Reasoning,
    /// Leave instructions out.
    #[arg(long)]
    no_system: bool,
    /// Put these instructions in the place of others.
    #[arg(long, conflicts_with = "no_system", value_name = "TEXT")]
    system: Option<String>,
    /// Only so many turns from the end.
    #[arg(long, value_name = "NUMBER")]
    last_turns: Option<usize>,
    /// Cut results of calls after so many characters.
    #[arg(long, value_name = "NUMBER")]
    result_chars: Option<usize>,
    /// Leave longer rows out.
    #[arg(long, value_name = "NUMBER")]
    max_tokens: Option<u64>,
    /// At most so many rows.
    #[arg(long, value_name = "NUMBER")]
    max_records: Option<u64>,
    /// Only conversations whose last turn calls a function.
    #[arg(long)]
    calls_only: bool,
    /// Functions: stored, derive or none.
    #[arg(long, default_value = "stored", value_parser = word::<Tools>)]
    tools: Tools,
    /// Several results made one: tags or list.
    #[arg(long, default_value = "tags", value_parser = word::<Results>)]
    results: Results,
    /// Take answers that were cut off too.
    #[arg(long)]
    cut_off: bool,
    /// Leave what stands before the first question and after the last answer.
    #[arg(long)]
    no_trim: bool,
    /// Write no file of what was left out.
    #[arg(long)]
    no_invalid: bool,
}

impl Arguments {
    fn spec(&self) -> Result<Spec> {
        let wishes = &self.wishes;
        let system = match (&wishes.system, wishes.no_system) {
            (Some(text), _) => System::Replace(text.clone()),
            (None, true) => System::Strip,
            (None, false) => System::Keep,
        };
        let mut spec = Spec {
            preset: self.preset,
            format: self.format,
            name: self.name.clone(),
            split: Split { validation: self.validation, test: self.test, seed: self.seed },
            duplicates: self.duplicates,
            reasoning: wishes.reasoning,
            system,
            last_turns: wishes.last_turns,
            result_chars: wishes.result_chars,
            max_tokens: wishes.max_tokens,
            max_records: wishes.max_records,
            calls_only: wishes.calls_only,
            tools: wishes.tools,
            results: wishes.results,
            trim: !wishes.no_trim,
            cut_off: wishes.cut_off,
            invalid_file: !wishes.no_invalid,
            ..Spec::default()
        };
        if self.no_redaction {
            spec.redaction = None;
        }
        let mut filter = self.narrow.filter()?;
        if filter.states.is_empty() && !self.any_state {
            filter.states = spec.scope().states;
        }
        spec.filter = Some(filter);
        if let Some(wrong) = spec.wrong() {
            bail!("{wrong}");
        }
        Ok(spec)
    }
}

pub(super) async fn run(conversations: &Conversations, arguments: Arguments, output: Output) -> Result<()> {
    let spec = arguments.spec()?;
    if arguments.preview {
        let preview = export::Jobs::new(conversations.clone()).preview(spec).await?;
        return output.show(&preview, || looked_ahead(&preview));
    }
    let out = arguments.out.context("say where to with --out")?;
    let token = CancellationToken::new();
    let runtime = tokio::runtime::Handle::current();
    let mut origin = Stored::new(conversations.clone(), spec.scope(), runtime);
    let watch = token.clone();
    let mut writing = tokio::task::spawn_blocking(move || export::export(&spec, &out, &mut origin, &watch));
    let summary = tokio::select! {
        done = &mut writing => done,
        _ = tokio::signal::ctrl_c() => {
            // It cleans up after itself.
            token.cancel();
            writing.await
        }
    };
    let summary = summary??;
    output.show(&summary, || written(&summary))
}

fn written(summary: &Summary) -> String {
    format!("Wrote {}.\n{}", summary.folder.display(), counted(&summary.tally))
}

fn looked_ahead(preview: &Preview) -> String {
    let examples = preview.examples.values().flatten();
    let examples: Vec<String> =
        examples.map(|dropped| format!("  {} {}: {}", dropped.id, dropped.code, dropped.detail)).collect();
    format!(
        "{} rows would be written.\n{}\n{}",
        preview.would_write,
        counted(&preview.tally),
        examples.join("\n")
    )
}

fn counted(tally: &Tally) -> String {
    let line = |word: String, count: &u64| vec![word, count.to_string()];
    let mut rows: Vec<Vec<String>> = vec![line("conversations".to_owned(), &tally.conversations)];
    rows.extend(tally.rows.iter().map(|(part, count)| line(said(part), count)));
    rows.extend(tally.dropped.iter().map(|(code, count)| line(code.to_string(), count)));
    rows.extend(tally.redactions.iter().map(|(kind, count)| line(format!("redacted {kind}"), count)));
    let mut said = table(&["WHAT", "COUNT"], &rows);
    if let Some(least) = tally.least_rows {
        said.push_str(&format!("\nThe service takes at least {least} rows for training; these are too few."));
    }
    said
}
