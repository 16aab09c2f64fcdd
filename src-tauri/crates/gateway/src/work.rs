//! What an upstream does for one request, piece by piece, within the limits of time.

use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::stream::BoxStream;
use futures::{Stream, StreamExt, stream};
use postern_protocol::chat::{Failure, FailureKind};
use tokio::time::{Instant, timeout_at};

use crate::Config;
use crate::queue::{Ticket, cancelled};
use crate::stop::{Stop, stopping};

/// An upstream that tells its steps keeps the limits by itself, and knows what to do then: this much longer it may
/// take to stop what does not answer and to turn to another account.
const LAST_STEP: Duration = Duration::from_secs(20);
/// Longer than anything runs.
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// What something that comes from an upstream means for the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// News about the answer.
    News,
    /// The upstream got further on its way to the answer.
    Step,
    /// A piece of the answer.
    Piece,
    /// The end of it.
    Last,
}

/// Something that comes from an upstream.
pub(crate) trait Telling {
    fn sign(&self) -> Sign;
}

/// A running answer. Its parts are dropped in this order: first the work stops, then the lane is free.
pub(crate) struct Work<T> {
    told: BoxStream<'static, Result<T, Failure>>,
    ticket: Option<Ticket>,
    stop: Stop,
    limits: Limits,
}

struct Limits {
    begun: Instant,
    /// When something came last.
    last: Instant,
    /// Whether a piece of the answer has come.
    spoken: bool,
    /// When the upstream last got further on its way to the answer.
    step: Option<Instant>,
    first_byte: Duration,
    silence: Duration,
    total: Duration,
}

impl<T: Telling + Send + 'static> Work<T> {
    /// The work that `told` tells of, on the lane of `ticket`. A panic in it ends this answer only.
    pub(crate) fn new(
        told: impl Stream<Item = Result<T, Failure>> + Send + 'static,
        ticket: Ticket,
        stop: Stop,
        config: &Config,
    ) -> Self {
        let now = Instant::now();
        let limits = Limits {
            begun: now,
            last: now,
            spoken: false,
            step: None,
            first_byte: config.first_byte_timeout,
            silence: config.silence_timeout,
            total: config.total_timeout,
        };
        let told = AssertUnwindSafe(told).catch_unwind().map(|told| told.unwrap_or_else(|_| Err(defect())));
        Self { told: told.boxed(), ticket: Some(ticket), stop, limits }
    }

    /// What comes next; `None` after the last. With the last the work is over and the lane free.
    pub(crate) async fn next(&mut self) -> Option<Result<T, Failure>> {
        let ticket = self.ticket.as_ref()?;
        let (deadline, limit) = self.limits.deadline();
        let time_is_up = &self.stop.time_is_up;
        let told = tokio::select! {
            biased;
            // Waited for only where nothing is there yet: most pieces come several at a time.
            () = ready(()), if ticket.is_cancelled() => Err(cancelled()),
            () = ready(()), if time_is_up.has_rung() => Err(stopping()),
            told = timeout_at(deadline, self.told.next()) => match told {
                Ok(Some(told)) => told,
                Ok(None) => Err(Failure::new(FailureKind::Interrupted, "The answer broke off before its end.")),
                Err(_) => Err(Failure::new(FailureKind::Timeout, limit)),
            },
            () = ticket.cancelled() => Err(cancelled()),
            () = time_is_up.rung() => Err(stopping()),
        };
        match told.as_ref().map(Telling::sign) {
            Ok(Sign::Last) | Err(_) => self.end(),
            Ok(sign) => self.limits.saw(sign),
        }
        Some(told)
    }

    fn end(&mut self) {
        self.told = stream::empty().boxed();
        self.ticket = None;
    }
}

impl Limits {
    /// When patience ends, and what is said then.
    fn deadline(&self) -> (Instant, &'static str) {
        let pause = if self.spoken {
            (after(self.last, self.silence), "The answer stopped coming. Try again.")
        } else {
            let patience = match self.step {
                Some(step) => after(step, self.first_byte) + LAST_STEP,
                None => after(self.begun, self.first_byte),
            };
            (patience, "No answer began in time. Try again.")
        };
        let total = (after(self.begun, self.total), "The answer took too long and was stopped.");
        if total.0 < pause.0 { total } else { pause }
    }

    fn saw(&mut self, sign: Sign) {
        self.last = Instant::now();
        match sign {
            Sign::Step => self.step = Some(self.last),
            Sign::Piece | Sign::Last => self.spoken = true,
            Sign::News => {}
        }
    }
}

/// The moment so long after another.
pub(crate) fn after(begin: Instant, length: Duration) -> Instant {
    begin + length.min(A_YEAR)
}

pub(crate) fn defect() -> Failure {
    Failure::new(FailureKind::Internal, "This is a defect of Postern. Its log says more; the server goes on.")
}
