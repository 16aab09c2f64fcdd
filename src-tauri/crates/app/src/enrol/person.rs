//! The steps of a person who signs in: the network is looked at, their own browser starts on the profile with nothing
//! that steers it, and Postern waits until the profile is free again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::FutureExt;
use postern_browser::find::{self, Choice, Family, Kind};
use postern_browser::{Options, Profile, Reach};
use postern_console::api::enrolments::{EnrolmentKind, EnrolmentPhase, EnrolmentProblem, ProblemKind};

use super::choices::{nowhere_to_sign_in, problem_of};
use super::course::{Course, blocking};
use super::launcher::Ended;
use super::problem::{disk, problem};
use crate::studios::browser_proxy;
use crate::{browser_options, sign_in_arguments};

/// How long a browser may take to write its profile down when it is asked to end.
pub(super) const POLITE_END: Duration = Duration::from_secs(15);
/// Between two looks at processes that are not this one's children and whose end cannot be awaited.
const LOOK: Duration = Duration::from_millis(300);
/// What a browser makes as soon as it is up.
const SIGNS_OF_LIFE: [&str; 5] =
    ["Local State", "SingletonLock", "lockfile", "compatibility.ini", "parent.lock"];

impl Course {
    /// Asks the browser itself whether it reaches the site: it alone knows all that lies between.
    pub(super) async fn reach(&mut self) -> Result<Option<String>, EnrolmentProblem> {
        let browser = self.chosen().await?;
        let settings = self.machine.settings();
        let url = format!("{}/robots.txt", settings.aistudio.url.0);
        let own = self.note.proxy.as_ref().map(|own| &own.0);
        let options = Options {
            proxy: browser_proxy(&settings, own),
            ..browser_options(&settings, &self.machine.paths)
        };
        match postern_browser::reach(&browser, &options, &url).await {
            Reach::Reached => Ok(None),
            Reach::NotAsked(why) => {
                tracing::info!(why, "the browser could not be asked whether it reaches the site");
                Ok(Some("could not be tried beforehand".to_owned()))
            }
            Reach::Failed(code) => Err(unreachable(browser.kind(), &settings.aistudio.url.0, &code)),
        }
    }

    pub(super) async fn start_browser(&mut self) -> Result<Option<String>, EnrolmentProblem> {
        let browser = self.chosen().await?;
        let named = browser.version().map(|version| format!("{} {version}", browser.name()));
        let profile = self.profile();
        if self.is_open() {
            // A Postern that was killed had started it, and the person still has it open.
            return Ok(named);
        }
        if self.note.kind != EnrolmentKind::SignInAgain {
            self.place.make_profile().map_err(|error| disk("make the profile folder", &error))?;
        }
        (self.note.filled, self.note.left) = (true, false);
        self.write_down()?;
        // So that no other Postern starts a browser of its own on it.
        let folder = profile.clone();
        let hold = blocking(move || Profile::open(&folder)).await;
        let hold = hold.unwrap_or(Err(postern_browser::BrowserError::ProfileInUse)).map_err(|error| {
            problem(ProblemKind::ProfileInUse, error.to_string(), "Close what uses it, then try again.")
        })?;
        self.hold = Some(hold);
        let arguments = sign_in_arguments(
            &self.machine.settings(),
            browser.kind(),
            &profile,
            self.note.proxy.as_ref().map(|own| &own.0),
        );
        let launched = self.machine.launcher.launch(&browser, arguments).await;
        let mut launched = launched.map_err(|error| {
            problem(
                ProblemKind::BrowserStart,
                format!("{} could not be started: {error}", browser.path().display()),
                "Start it by hand to see why, or choose another browser.",
            )
        })?;
        tokio::select! {
            ended = &mut launched.ended => came_up(&profile, ended.ok().as_ref())?,
            () = is_up(&profile) => self.launched = Some(launched),
        }
        Ok(named)
    }

    /// Waits until the person has closed the browser, or says that it may be closed.
    pub(super) async fn await_person(&mut self) -> Result<Option<String>, EnrolmentProblem> {
        let profile = self.profile();
        // What was said before it was asked for counts for nothing.
        let _ = self.shared.signed_in.notified().now_or_never();
        self.shared.phase(EnrolmentPhase::AwaitingPerson);
        let launched = self.launched.take();
        let over = async {
            let ended = match launched {
                Some(launched) => launched.ended.await.ok(),
                None => None,
            };
            is_free(&profile).await;
            ended
        };
        let ended = tokio::select! {
            ended = over => Some(ended),
            () = self.shared.signed_in.notified() => {
                self.shared.phase(EnrolmentPhase::Working);
                close(&profile).await;
                None
            }
        };
        self.shared.phase(EnrolmentPhase::Working);
        self.hold = None;
        self.note.left = true;
        self.write_down()?;
        match ended {
            Some(ended) => came_up(&profile, ended.as_ref()).map(|()| None),
            None => Ok(None),
        }
    }

    /// The browser that the person chose, if it is still there.
    async fn chosen(&self) -> Result<Choice, EnrolmentProblem> {
        let settings = self.machine.settings();
        if let Some(problem) = nowhere_to_sign_in(&settings) {
            return Err(problem);
        }
        let options = browser_options(&settings, &self.machine.paths);
        // It was among those that were found when it was chosen.
        let options = Options { path: self.note.browser.clone().or(options.path), ..options };
        let found = blocking(move || find::choices(&options)).await.unwrap_or_default();
        let wanted: PathBuf = self.note.browser.clone().unwrap_or_default();
        let choice = found.into_iter().find(|choice| choice.path() == wanted).ok_or_else(|| {
            let message = format!("The browser {} is not here any more.", wanted.display());
            problem(ProblemKind::BrowserStart, message, "Cancel this and choose another browser.")
        })?;
        match problem_of(&choice) {
            Some(problem) => Err(problem),
            None => Ok(choice),
        }
    }
}

/// Asks the browser to end, so that it writes its profile down, and ends it when it does not.
async fn close(profile: &Path) {
    if !postern_browser::close(profile, POLITE_END).await {
        tracing::warn!("the browser did not end when it was asked to");
        let profile = profile.to_owned();
        blocking(move || postern_browser::end_processes(&profile)).await;
    }
}

/// Resolves when no process is on the profile.
async fn is_free(profile: &Path) {
    loop {
        let folder = profile.to_owned();
        if blocking(move || !postern_browser::is_in_use(&folder)).await.unwrap_or(true) {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Resolves when the browser has begun to use its profile.
async fn is_up(profile: &Path) {
    while !SIGNS_OF_LIFE.iter().any(|name| profile.join(name).symlink_metadata().is_ok()) {
        tokio::time::sleep(LOOK).await;
    }
}

/// A browser that ended without having used its profile never was there.
fn came_up(profile: &Path, ended: Option<&Ended>) -> Result<(), EnrolmentProblem> {
    if Family::of_profile(profile).is_some() {
        return Ok(());
    }
    let how = ended.filter(|ended| !ended.well).map(|ended| format!(" ({})", ended.how)).unwrap_or_default();
    let message = format!("The browser ended at once{how}.");
    let action = if cfg!(target_os = "linux") {
        "Start it by hand to see why. As root, or in a container, it may need \"--no-sandbox\" among `args` under \
         [browser]."
    } else {
        "Start it by hand to see why, or choose another browser."
    };
    Err(problem(ProblemKind::BrowserStart, message, action))
}

fn unreachable(browser: Kind, url: &str, code: &str) -> EnrolmentProblem {
    let named = |words: &[&str]| words.iter().any(|word| code.to_uppercase().contains(word));
    let action = match (named(&["PROXY", "TUNNEL"]), named(&["CERT", "NSS"]), browser.family()) {
        (true, _, Family::Firefox) => {
            "Correct the proxy in the settings of this computer: Firefox goes by them."
        }
        (true, _, Family::Chromium) => {
            "Correct the proxy: `proxy` under [network], or what `args` under [browser] says of one. A name and a password for \
             it cannot be given to a browser."
        }
        (_, true, _) => {
            "Something between this computer and the site changes its certificate. Sign in from a network that does \
             not, or have the certificate installed for this computer."
        }
        (.., Family::Firefox) => {
            "See whether this computer is online. Where the site can only be reached through a proxy, name it in the \
             settings of this computer: Firefox goes by them."
        }
        (.., Family::Chromium) => {
            "See whether this computer is online. Where the site can only be reached through a proxy, name it: `proxy` under \
             [network]."
        }
    };
    problem(ProblemKind::Network, format!("The browser cannot reach {url} ({code})."), action)
}
