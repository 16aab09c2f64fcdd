//! The real export, from the store to lines of JSON, against reading and serialising the same conversations.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use postern_curation::Conversation;
use postern_curation::export::{JobState, Jobs, Preset, Spec, Summary};
use postern_store::{Conversations, Filter};

use super::bare::Bare;
use super::rate;
use crate::stats::at_least;

/// Memory is compared to what it was after so many.
const BEGINNING: u64 = 50_000;

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Exports everything, with and without redaction. `threads` are to come out of it.
pub(crate) async fn measure(
    conversations: &Conversations,
    bare: &Bare,
    folder: &Path,
    threads: usize,
) -> anyhow::Result<[[String; 6]; 2]> {
    let plain = serialised(bare, &folder.join("bare.jsonl"))?;
    let spec = Spec {
        preset: Preset::Openai,
        filter: Some(Filter::default()),
        redaction: None,
        cut_off: true,
        ..Spec::default()
    };
    let redacted = Spec { redaction: Spec::default().redaction, ..spec.clone() };
    Ok([
        one("export", spec, conversations, folder, (plain, threads)).await?,
        one("export, redacted", redacted, conversations, folder, (plain, threads)).await?,
    ])
}

async fn one(
    name: &str,
    spec: Spec,
    conversations: &Conversations,
    folder: &Path,
    (plain, threads): (f64, usize),
) -> anyhow::Result<[String; 6]> {
    let out = folder.join("exported");
    let jobs = Jobs::new(conversations.clone());
    let begun = Instant::now();
    jobs.start(spec, out.clone());
    let memory = Memory::watch(jobs.clone());
    let summary = ended(&jobs).await?;
    let ours = rate(threads, begun);
    let grown = memory.grown()?;
    std::fs::remove_dir_all(&out)?;
    anyhow::ensure!(
        summary.tally.conversations == threads as u64 && summary.tally.total() > 0,
        "everything was looked at: {:?}",
        summary.tally
    );
    let ratio = ours / plain;
    Ok([
        name.to_owned(),
        format!("{plain:.0}"),
        format!("{ours:.0}"),
        format!("{ratio:.2}"),
        at_least(ratio, 0.5),
        grown,
    ])
}

async fn ended(jobs: &Jobs) -> anyhow::Result<Box<Summary>> {
    let mut changes = jobs.changes();
    loop {
        let job = jobs.list().into_iter().next().context("the job")?;
        match job.state {
            JobState::Running => changes.changed().await?,
            JobState::Done { summary } => return Ok(summary),
            state @ (JobState::Failed { .. } | JobState::Cancelled) => anyhow::bail!("{state:?}"),
        }
    }
}

/// Reads every body, understands it and writes it down again; says how many per second.
fn serialised(bare: &Bare, path: &Path) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    let count = bare.each(|body| {
        let conversation: Conversation = serde_json::from_slice(body)?;
        serde_json::to_writer(&mut out, &conversation)?;
        Ok(out.write_all(b"\n")?)
    })?;
    out.into_inner()?.sync_all()?;
    let rate = rate(count, begun);
    std::fs::remove_file(path)?;
    Ok(rate)
}

/// Looks at this process's memory while a job runs.
struct Memory {
    over: Arc<AtomicBool>,
    looks: std::thread::JoinHandle<anyhow::Result<(Option<f64>, f64, f64)>>,
}

impl Memory {
    fn watch(jobs: Jobs) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let looks = std::thread::spawn(move || {
            let before = super::memory_mb()?;
            let (mut beginning, mut early, mut most) = (None, 0.0_f64, 0.0_f64);
            while !ended.load(Ordering::Relaxed) {
                let now = super::memory_mb()?;
                let done = jobs.list().first().map(|job| job.done).unwrap_or_default();
                if done < BEGINNING {
                    early = early.max(now - before);
                } else {
                    let beginning: f64 = *beginning.get_or_insert(now);
                    most = most.max(now - beginning);
                }
                std::thread::sleep(LOOK);
            }
            Ok((beginning, early, most))
        });
        Self { over, looks }
    }

    fn grown(self) -> anyhow::Result<String> {
        self.over.store(true, Ordering::Relaxed);
        let looked = self.looks.join().map_err(|_| anyhow::anyhow!("memory was looked at"))?;
        let (beginning, early, most) = looked?;
        Ok(match beginning {
            Some(_) => format!("+{early:.0} MB until {BEGINNING}, +{most:.0} MB from there"),
            None => format!("+{early:.0} MB"),
        })
    }
}
