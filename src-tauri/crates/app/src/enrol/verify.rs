//! Looking at a profile under the driver: is the site there, whose account is it, which models does it offer, does it
//! answer. The same for every way in which a session came to be.

use std::sync::Arc;

use futures::StreamExt;
use postern_aistudio::{PageState, Studio, trial_model};
use postern_browser::find::{self, FindError};
use postern_console::api::enrolments::{EnrolmentKind, EnrolmentProblem, ProblemKind};
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, Failure, FailureKind, Message, Request, Role};

use super::course::{Course, blocking};
use super::problem::problem;
use crate::studios::{Home, open_on};

/// What is asked; the answer does not matter.
const QUESTION: &str = "Reply with the single word: ready";
/// What to do about most things.
const AGAIN: &str = "Try again.";

impl Course {
    /// Opens the profile under the driver and looks whether the site shows its editor.
    pub(super) async fn open_page(&mut self) -> Result<Option<String>, EnrolmentProblem> {
        self.take_turn().await;
        let settings = self.machine.settings();
        let paths = &self.machine.paths;
        let home = Home {
            name: self.name()?,
            profile: self.profile(),
            snapshots: self.place.snapshots(),
            program: self.note.browser.clone(),
            proxy: self.note.proxy.clone().map(|own| own.0),
        };
        let studio = open_on(&settings, paths, &home, &self.machine.fleet(), async {});
        self.studio = Some(studio.clone());
        let looked = studio.warm().await;
        self.browser = studio.browser_version();
        match looked {
            Ok(()) => Ok(self.browser.clone()),
            Err(failure) => Err(self.why_no_page(&studio, &failure).await),
        }
    }

    /// Whose account it is. One that is signed in again must be the one it was.
    pub(super) async fn identify(&mut self) -> Result<Option<String>, EnrolmentProblem> {
        let email = self.opened()?.identity().ok_or_else(|| {
            problem(
                ProblemKind::PageChanged,
                "AI Studio shows its editor, but not whose account this is.",
                "Try again; if that does not help, the page has changed and Postern needs an update.",
            )
        })?;
        if self.note.kind == EnrolmentKind::SignInAgain {
            let known = self.machine.accounts.read(&self.name()?).email;
            if let Some(known) = known.filter(|known| !known.eq_ignore_ascii_case(&email)) {
                return Err(problem(
                    ProblemKind::OtherAccount,
                    format!("{email} is signed in here, but this is the account of {known}."),
                    format!(
                        "Try again and sign in as {known}; or cancel this and add {email} as a new account."
                    ),
                ));
            }
        }
        self.note.email = Some(email.clone());
        self.write_down()?;
        self.shared.change(|view| view.email = Some(email.clone()));
        Ok(Some(email))
    }

    /// The models it offers.
    pub(super) async fn read_models(&mut self) -> Result<Option<String>, EnrolmentProblem> {
        let studio = self.opened()?;
        let models = studio.models().await;
        let models = models.map_err(|failure| problem(ProblemKind::PageChanged, failure.message, AGAIN))?;
        if models.is_empty() {
            let message = "AI Studio offers this account no models.";
            return Err(problem(ProblemKind::PageChanged, message, AGAIN));
        }
        Ok(Some(models.len().to_string()))
    }

    /// One short question to a cheap model.
    pub(super) async fn ask(&mut self) -> Result<Option<String>, EnrolmentProblem> {
        let studio = self.opened()?;
        let models = studio.known_models().unwrap_or_default();
        let Some(model) = trial_model(&models) else {
            let message = "AI Studio offers this account no model that answers with a text.";
            return Err(problem(ProblemKind::NoAnswer, message, AGAIN));
        };
        let request = Request {
            model: model.id.clone(),
            messages: vec![Message::text(Role::User, QUESTION)],
            ..Request::default()
        };
        let mut answer =
            studio.chat(RequestId::new(format!("enrolment-{}", self.place.id())), Arc::new(request));
        while let Some(event) = answer.next().await {
            match event {
                Ok(Event::Finished(_)) => return Ok(Some(model.id.clone())),
                Ok(_) => {}
                // It is the account's own quota: the session is good, and that is what was asked.
                Err(failure) if failure.kind == FailureKind::Quota => {
                    return Ok(Some(format!("{}: {}", model.id, failure.message)));
                }
                Err(failure) => return Err(why_no_answer(&failure)),
            }
        }
        Err(problem(ProblemKind::NoAnswer, "The test question was not answered.", AGAIN))
    }

    fn opened(&self) -> Result<Studio, EnrolmentProblem> {
        self.studio.clone().ok_or_else(|| problem(ProblemKind::Other, "The page was closed.", AGAIN))
    }

    async fn why_no_page(&self, studio: &Studio, failure: &Failure) -> EnrolmentProblem {
        if let Some(state) = PageState::behind(failure, studio.name()) {
            return shown(state, self.note.kind, failure);
        }
        if failure.kind != FailureKind::Unavailable {
            let kind = match failure.kind {
                FailureKind::PageChanged | FailureKind::Timeout => ProblemKind::PageChanged,
                _ => ProblemKind::Other,
            };
            return problem(kind, failure.message.clone(), AGAIN);
        }
        let settings = self.machine.settings();
        let options = crate::studios::options_for(&settings, &self.machine.paths, self.note.browser.clone());
        match blocking(move || find::find(&options)).await {
            Some(Err(FindError::NotFound { remedy })) => {
                problem(ProblemKind::NoDriver, "This browser cannot be driven.", remedy)
            }
            Some(Err(FindError::VersionMismatch { browser, driver, remedy })) => problem(
                ProblemKind::NoDriver,
                format!("The browser is version {browser}, its driver is for version {driver}."),
                remedy,
            ),
            Some(Ok(_)) | None => match studio.state() {
                State::BrowserMissing { why } => {
                    problem(ProblemKind::BrowserStart, why, "Run `postern doctor` to see what is missing.")
                }
                _ => problem(ProblemKind::Network, failure.message.clone(), AGAIN),
            },
        }
    }
}

/// What a page means that is not the editor.
fn shown(state: PageState, kind: EnrolmentKind, failure: &Failure) -> EnrolmentProblem {
    let person = matches!(kind, EnrolmentKind::SignIn | EnrolmentKind::SignInAgain);
    let open_again = |what: &str| {
        if person {
            format!("Try again: the browser opens once more. {what}")
        } else {
            format!("{what} Sign in with a browser on this computer if that does not help.")
        }
    };
    match state {
        PageState::SignIn => not_signed_in(kind),
        PageState::Verification | PageState::Captcha => problem(
            ProblemKind::Challenge,
            "Google asks to verify that it is you.",
            open_again("Do what Google asks until AI Studio shows its prompt."),
        ),
        PageState::RegionBlocked => problem(
            ProblemKind::Region,
            "AI Studio is not available in the region that this computer's connection comes from.",
            "Use a connection from a supported region, then try again.",
        ),
        PageState::Restricted => problem(
            ProblemKind::Age,
            "AI Studio does not admit this account yet: it asks for an adult, or for its terms to be accepted.",
            open_again("Read what AI Studio shows and accept it there if you agree."),
        ),
        PageState::Blocked => {
            problem(ProblemKind::Blocked, failure.message.clone(), open_again("See what Google says there."))
        }
        PageState::Unreachable => problem(
            ProblemKind::Network,
            "AI Studio cannot be reached.",
            "See whether this computer is online, then try again.",
        ),
        PageState::Loading | PageState::Unknown | PageState::Ready | PageState::Generating => problem(
            ProblemKind::PageChanged,
            failure.message.clone(),
            "Try again; if that does not help, the page has changed and Postern needs an update.",
        ),
    }
}

fn not_signed_in(kind: EnrolmentKind) -> EnrolmentProblem {
    match kind {
        EnrolmentKind::SignIn | EnrolmentKind::SignInAgain => problem(
            ProblemKind::NotSignedIn,
            "Nobody is signed in to Google in this browser profile; it may have been closed too early.",
            "Try again: the browser opens once more. Sign in until AI Studio shows its prompt, then close it.",
        ),
        EnrolmentKind::Cookies => problem(
            ProblemKind::BoundElsewhere,
            "Google does not accept this copied session here: it is bound to the device it was copied from, or it \
             has ended there.",
            "Sign in with a browser on this computer instead.",
        ),
        EnrolmentKind::SealedProfile => problem(
            ProblemKind::NotSignedIn,
            "The profile came over, but nobody is signed in there: its browser kept the key to it on the other \
             computer.",
            "Sign in with a browser on this computer, or import a session instead.",
        ),
    }
}

fn why_no_answer(failure: &Failure) -> EnrolmentProblem {
    let kind = match failure.kind {
        FailureKind::Refused => ProblemKind::Blocked,
        FailureKind::NeedsVerification => ProblemKind::Challenge,
        FailureKind::SignInExpired => ProblemKind::NotSignedIn,
        FailureKind::PageChanged => ProblemKind::PageChanged,
        _ => ProblemKind::NoAnswer,
    };
    problem(kind, format!("The test question was not answered: {}", failure.message), AGAIN)
}
