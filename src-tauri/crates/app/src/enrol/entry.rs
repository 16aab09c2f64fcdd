//! What the machine knows of each enrolment: how it looks from outside, and how its task is reached.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use postern_console::api::enrolments::{
    EnrolmentKind, EnrolmentPhase, EnrolmentStep, EnrolmentView, StepState, StepView,
};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::staging::Note;
use crate::signal::Signal;

/// What a task is told while it waits for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Do the failed step again, or go on after an interruption.
    Retry,
    /// Put the new session in the place of the account with the same address.
    Replace,
}

/// An enrolment, as the machine and its task share it.
#[derive(Clone)]
pub(super) struct Entry {
    shared: Arc<Shared>,
    orders: mpsc::UnboundedSender<Order>,
    pub(super) task: TaskTracker,
}

pub(super) struct Shared {
    view: Mutex<EnrolmentView>,
    changed: Signal,
    /// The profile that browsers of it run on.
    profile: Mutex<Option<PathBuf>>,
    /// The person says that the sign-in is over.
    pub(super) signed_in: Notify,
    /// Called off: nothing of it may be left.
    pub(super) cancel: CancellationToken,
    /// Postern closes: what was done stays for later.
    pub(super) closing: CancellationToken,
}

impl Entry {
    /// An enrolment, and where its task gets its orders.
    pub(super) fn new(id: String, note: &Note, changed: Signal) -> (Self, mpsc::UnboundedReceiver<Order>) {
        let (orders, inbox) = mpsc::unbounded_channel();
        let steps = steps(note.kind).iter().map(|step| StepView { step: *step, state: StepState::Waiting });
        let view = EnrolmentView {
            id,
            kind: note.kind,
            name: note.name.clone(),
            email: note.email.clone(),
            file: note.file.clone(),
            browser: note.browser.as_ref().map(|path| path.display().to_string()),
            phase: EnrolmentPhase::Working,
            steps: steps.collect(),
            started_at: note.started_at,
        };
        let shared = Shared {
            view: Mutex::new(view),
            changed,
            profile: Mutex::default(),
            signed_in: Notify::new(),
            cancel: CancellationToken::new(),
            closing: CancellationToken::new(),
        };
        (Self { shared: Arc::new(shared), orders, task: TaskTracker::new() }, inbox)
    }

    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    pub(super) fn view(&self) -> EnrolmentView {
        self.shared.view()
    }

    pub(super) fn profile(&self) -> Option<PathBuf> {
        self.shared.profile.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn is_under_way(&self) -> bool {
        !matches!(self.view().phase, EnrolmentPhase::Done { .. } | EnrolmentPhase::Cancelled)
    }

    /// Gives the order, and shows at once that it was heard. False when the enrolment waits for something else.
    pub(super) fn order(&self, order: Order) -> bool {
        let heard = self.shared.change(|view| {
            let fits = match order {
                Order::Retry => matches!(view.phase, EnrolmentPhase::Stuck | EnrolmentPhase::Interrupted),
                Order::Replace => matches!(view.phase, EnrolmentPhase::Duplicate { .. }),
            };
            if fits {
                view.phase = EnrolmentPhase::Working;
            }
            fits
        });
        heard && self.orders.send(order).is_ok()
    }
}

impl Shared {
    pub(super) fn view(&self) -> EnrolmentView {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is seen, and tells everybody who looks.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut EnrolmentView) -> T) -> T {
        let changed = change(&mut self.view.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.give();
        changed
    }

    pub(super) fn phase(&self, phase: EnrolmentPhase) {
        self.change(|view| view.phase = phase);
    }

    pub(super) fn step(&self, step: EnrolmentStep, state: StepState) {
        self.change(|view| {
            if let Some(view) = view.steps.iter_mut().find(|view| view.step == step) {
                view.state = state;
            }
        });
    }

    /// The step and all after it wait for their turn again.
    pub(super) fn rewind(&self, to: EnrolmentStep) {
        self.change(|view| {
            for view in view.steps.iter_mut().filter(|view| view.step >= to) {
                view.state = StepState::Waiting;
            }
        });
    }

    pub(super) fn on_profile(&self, profile: Option<PathBuf>) {
        *self.profile.lock().unwrap_or_else(PoisonError::into_inner) = profile;
    }
}

/// The steps of a kind, in their order.
pub(super) fn steps(kind: EnrolmentKind) -> &'static [EnrolmentStep] {
    use EnrolmentStep::{Browser, File, Identity, Models, Network, Page, Question, Save, SignIn};
    match kind {
        EnrolmentKind::SignIn | EnrolmentKind::SignInAgain => {
            &[Network, Browser, SignIn, Page, Identity, Models, Question, Save]
        }
        EnrolmentKind::Cookies | EnrolmentKind::SealedProfile => {
            &[File, Page, Identity, Models, Question, Save]
        }
    }
}

/// Now, in seconds of Unix time.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
