//! Derives whatever comes, and everything again when the rules have changed, one exchange after the other and behind
//! everybody's back: on a thread of its own, which gives way to those that answer.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use postern_store::{Conversations, Derived, Error, Exchange, Facts, Progress, Seq, Standing, give_way};
use sha2::{Digest, Sha256};
use tokio::runtime;
use tokio::sync::{oneshot, watch};

use crate::read::Media;
use crate::{Conversation, Flag, Source, VERSION, derive, join};

/// So many exchanges are in memory at once, at most.
const BATCH: u32 = 64;

/// So many answers are remembered for those that continue them.
const RECENT: usize = 64;

/// A conversation that the provider keeps is put together from at most so many exchanges.
const LONGEST: usize = 1_000;

/// How often to say how far it is while there is more to do. What is left has to be counted for it.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// How long to wait after the database has failed.
const PAUSE: Duration = Duration::from_secs(5);

/// How an exchange is derived.
type Rules = Arc<dyn Fn(&Exchange, &mut dyn Media) -> Option<Derived> + Send + Sync>;

/// The thread that derives. Dropped, it goes on until the store is closed; [`Deriving::stop`] ends it.
#[derive(Debug)]
pub struct Deriving {
    progress: watch::Receiver<Progress>,
    stop: watch::Sender<bool>,
    /// Closed without a word when the thread ends by a panic.
    ended: oneshot::Receiver<()>,
}

impl Deriving {
    /// Begins to derive what is in the store and what comes.
    pub fn start(conversations: Conversations) -> Self {
        Self::by(conversations, VERSION, Arc::new(derive))
    }

    fn by(conversations: Conversations, version: u32, rules: Rules) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (told, progress) = watch::channel(Progress::default());
        let (end, ended) = oneshot::channel();
        let work =
            Work { conversations, version, rules, recent: VecDeque::new(), failures: 0, told_at: None };
        let thread = move || {
            give_way();
            match runtime::Builder::new_current_thread().enable_time().build() {
                Ok(runtime) => runtime.block_on(work.run(stopped, told)),
                Err(error) => tracing::error!(%error, "conversations are not derived"),
            }
            // Nobody may wait for it.
            let _ = end.send(());
        };
        if let Err(error) = std::thread::Builder::new().name("deriving".to_owned()).spawn(thread) {
            tracing::error!(%error, "conversations are not derived");
        }
        Self { progress, stop, ended }
    }

    /// How far it is. All is done when both numbers are the same.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Ends after the exchange at hand.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.ended.await.is_err() {
            tracing::error!("the thread that derives conversations did not end by itself");
        }
    }
}

/// What came of an exchange.
enum Outcome {
    Said(Box<Derived>),
    /// It is no conversation.
    Nothing,
}

/// A file that an exchange brought.
struct Brought {
    mime: String,
    bytes: Bytes,
}

/// What an answer made of its conversation.
struct Recent {
    /// The provider's id of the answer, or of the conversation whose last answer it was.
    id: String,
    seq: Seq,
    body: Vec<u8>,
}

/// What is said before an exchange, where the provider keeps that.
enum Before {
    /// The answer with this id.
    Answer(String),
    /// What was answered before the exchange in this conversation.
    In(String, Seq),
}

impl Before {
    fn of(seq: Seq, derived: &Derived) -> Option<Self> {
        let kept_in = || derived.kept_in.clone().map(|id| Self::In(id, seq));
        derived.continues.clone().map(Self::Answer).or_else(kept_in)
    }

    /// Whether this is it, for the exchange `of`. What came later is remembered from the last time everything was derived.
    fn is(&self, recent: &Recent, of: Seq) -> bool {
        match self {
            Self::Answer(id) => recent.id == *id && recent.seq < of,
            Self::In(id, seq) => recent.id == *id && recent.seq < *seq,
        }
    }
}

struct Work {
    conversations: Conversations,
    version: u32,
    rules: Rules,
    /// What the last answers made of their conversations.
    recent: VecDeque<Recent>,
    /// How often in a row the database has failed.
    failures: u32,
    /// When it was last said how far it is.
    told_at: Option<Instant>,
}

impl Work {
    async fn run(mut self, mut stopped: watch::Receiver<bool>, told: watch::Sender<Progress>) {
        let mut arrivals = self.conversations.arrivals();
        while !*stopped.borrow() {
            arrivals.mark_unchanged();
            let done = self.batch(&stopped).await;
            if !matches!(done, Ok(1..)) || self.told_at.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
                self.tell(&told).await;
            }
            match done {
                Ok(0) => {
                    self.failures = 0;
                    tokio::select! {
                        changed = arrivals.changed() => if changed.is_err() { break },
                        _ = stopped.changed() => break,
                    }
                }
                Ok(_) => self.failures = 0,
                Err(Error::Closed) => break,
                Err(error) => {
                    tracing::warn!(%error, "could not derive conversations; trying again");
                    self.failures += 1;
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        _ = stopped.changed() => break,
                    }
                }
            }
        }
    }

    async fn tell(&mut self, told: &watch::Sender<Progress>) {
        if let Ok(progress) = self.conversations.progress(self.version).await {
            told.send_if_modified(|known| std::mem::replace(known, progress) != progress);
        }
        self.told_at = Some(Instant::now());
    }

    /// Derives the next exchanges; says how many.
    async fn batch(&mut self, stopped: &watch::Receiver<bool>) -> Result<usize, Error> {
        let exchanges = self.conversations.underived(self.version, BATCH).await?;
        let mut ready = Vec::new();
        let mut done = 0;
        for exchange in exchanges {
            if *stopped.borrow() {
                break;
            }
            let seq = exchange.seq;
            let taken = match self.take(exchange, &mut ready).await {
                // One by one, so that what one of them does is not laid to the others.
                Ok(()) if self.failures > 1 => self.put(&mut ready).await,
                taken => taken,
            };
            match taken {
                // What fails once may be the disk's fault; what fails again is this exchange's, and is left aside.
                Err(error) if self.failures > 1 && !matches!(error, Error::Closed) => {
                    tracing::error!(%error, seq = seq.0, "an exchange cannot be derived");
                    self.conversations.pass(self.version, vec![seq]).await?;
                }
                taken => taken?,
            }
            done += 1;
        }
        self.put(&mut ready).await?;
        Ok(done)
    }

    async fn take(&mut self, exchange: Exchange, ready: &mut Vec<(Seq, Derived)>) -> Result<(), Error> {
        let seq = exchange.seq;
        let (outcome, brought) = self.derived(&exchange);
        for Brought { mime, bytes } in brought {
            self.conversations.keep_media(seq, mime, bytes).await?;
        }
        let Outcome::Said(derived) = outcome else {
            return self.conversations.pass(self.version, vec![seq]).await;
        };
        if derived.continues.is_some() || derived.kept_in.is_some() {
            // What it continues may be among them.
            self.put(ready).await?;
        }
        let derived = self.whole(seq, *derived).await?;
        if let Some(answer) = &derived.answer_id {
            self.remember(answer.clone(), seq, derived.body.clone());
        }
        // What failed is no part of a conversation that the provider keeps.
        let answered = matches!(derived.facts.standing, Standing::Ok | Standing::Truncated);
        if let Some(kept_in) = derived.kept_in.as_ref().filter(|_| answered) {
            self.remember(kept_in.clone(), seq, derived.body.clone());
        }
        ready.push((seq, derived));
        Ok(())
    }

    async fn put(&self, ready: &mut Vec<(Seq, Derived)>) -> Result<(), Error> {
        match ready.is_empty() {
            true => Ok(()),
            false => self.conversations.put(self.version, std::mem::take(ready)).await,
        }
    }

    /// What the rules say of an exchange. They may stumble over it; that is not the end of all others.
    fn derived(&self, exchange: &Exchange) -> (Outcome, Vec<Brought>) {
        let mut media = Gathered::default();
        let read = catch_unwind(AssertUnwindSafe(|| (self.rules)(exchange, &mut media)));
        let outcome = match read {
            Ok(Some(derived)) => Outcome::Said(Box::new(derived)),
            Ok(None) => Outcome::Nothing,
            Err(_) => {
                tracing::error!(seq = exchange.seq.0, "the rules stumbled over an exchange");
                Outcome::Said(Box::new(unreadable(exchange)))
            }
        };
        (outcome, media.brought)
    }

    /// With what it continues before it, where the provider keeps that and the client does not send it again.
    async fn whole(&self, seq: Seq, derived: Derived) -> Result<Derived, Error> {
        let mut chain = Vec::new();
        let mut before = Before::of(seq, &derived);
        let mut base = None;
        while let Some(now) = before.take().filter(|_| chain.len() < LONGEST) {
            if let Some(recent) = self.recent.iter().find(|recent| now.is(recent, seq)) {
                base = Some(recent.body.clone());
                break;
            }
            let answered = match now {
                Before::Answer(id) => self.conversations.body_of_answer(self.version, id).await?,
                Before::In(id, seq) => self.conversations.body_in(self.version, id, seq).await?,
            };
            let Some(answered) = answered else { break };
            if let Some(body) = answered.body {
                base = first_turns(&body, answered.turns);
                break;
            }
            let Some(earlier) = self.earlier(answered.seq).await? else { break };
            before = Before::of(answered.seq, &earlier);
            chain.push(earlier);
        }
        let base = chain.into_iter().rev().fold(base, |base, earlier| Some(continued(base, earlier).body));
        Ok(continued(base, derived))
    }

    async fn earlier(&self, seq: Seq) -> Result<Option<Derived>, Error> {
        let Some(exchange) = self.conversations.exchange(seq).await? else { return Ok(None) };
        match self.derived(&exchange).0 {
            Outcome::Said(derived) => Ok(Some(*derived)),
            Outcome::Nothing => Ok(None),
        }
    }

    fn remember(&mut self, id: String, seq: Seq, body: Vec<u8>) {
        self.recent.retain(|known| known.id != id);
        self.recent.push_front(Recent { id, seq, body });
        self.recent.truncate(RECENT);
    }
}

fn continued(base: Option<Vec<u8>>, later: Derived) -> Derived {
    match base {
        Some(body) => join(&body, later),
        None => later,
    }
}

/// A conversation up to one of its answers.
fn first_turns(body: &[u8], turns: u32) -> Option<Vec<u8>> {
    let turns = usize::try_from(turns).unwrap_or(usize::MAX);
    let mut conversation: Conversation = serde_json::from_slice(body).ok()?;
    conversation.turns.truncate(turns);
    conversation.alternatives.retain(|alternative| alternative.at < turns);
    serde_json::to_vec(&conversation).ok()
}

/// An exchange of which nothing is known but that it was.
fn unreadable(exchange: &Exchange) -> Derived {
    let facts = Facts {
        title: format!("{} {}", exchange.method, exchange.path),
        kind: "other".to_owned(),
        model: exchange.server.model.clone(),
        flags: Flag::Unreadable.bit(),
        ..Facts::default()
    };
    let body = serde_json::to_vec(&Conversation { kind: crate::Kind::Other, ..Conversation::default() });
    Derived { body: body.unwrap_or_default(), facts, ..Derived::default() }
}

/// Remembers the bytes that are read, until they are kept.
#[derive(Default)]
struct Gathered {
    brought: Vec<Brought>,
}

impl Media for Gathered {
    fn keep(&mut self, mime: &str, bytes: &[u8]) -> Source {
        let digest = Sha256::digest(bytes);
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.brought.push(Brought { mime: mime.to_owned(), bytes: Bytes::copy_from_slice(bytes) });
        Source::Media { sha256, mime: mime.to_owned(), bytes: bytes.len() as u64 }
    }
}

#[cfg(test)]
mod tests;
