//! What a person can choose before signing in, and why something cannot be chosen.

use postern_browser::find::{self, Choice, ObstacleKind};
use postern_console::api::enrolments::{BrowserChoice, EnrolmentChoices, EnrolmentProblem, ProblemKind};
use postern_console::{Code, Trouble};
use postern_settings::Settings;

use super::Machine;
use super::problem::problem;
use crate::browser_options;

impl Machine {
    /// What can be chosen before a sign-in.
    pub async fn choices(&self) -> Result<EnrolmentChoices, Trouble> {
        let settings = self.inner.settings();
        let options = browser_options(&settings, &self.inner.paths);
        let found = tokio::task::spawn_blocking(move || find::choices(&options)).await;
        let found =
            found.map_err(|_| Trouble::new(Code::Unavailable, "The browsers could not be looked for."))?;
        let preferred = preferred(found.clone());
        let browsers = found.iter().map(|choice| BrowserChoice {
            name: choice.name().to_owned(),
            path: choice.path().display().to_string(),
            version: choice.version().map(str::to_owned),
            problem: problem_of(choice),
            preferred: preferred.as_ref() == Some(choice),
        });
        Ok(EnrolmentChoices {
            browsers: browsers.collect(),
            screen: has_screen(),
            remote: settings.browser.webdriver_url.is_some(),
            free_name: self.inner.free_name().to_string(),
        })
    }

    /// Whether nobody can sign in on this machine.
    pub fn nowhere_to_sign_in(&self) -> bool {
        nowhere_to_sign_in(&self.inner.settings()).is_some()
    }
}

/// The first that can be used.
pub(super) fn preferred(found: Vec<Choice>) -> Option<Choice> {
    found.into_iter().find(|choice| choice.obstacle().is_none())
}

/// Why the browser cannot be used, and what to do.
pub(super) fn problem_of(choice: &Choice) -> Option<EnrolmentProblem> {
    let obstacle = choice.obstacle()?;
    let kind = match obstacle.kind {
        ObstacleKind::Silent => ProblemKind::BrowserStart,
        ObstacleKind::NoDriver => ProblemKind::NoDriver,
        ObstacleKind::Confined => ProblemKind::Confined,
        ObstacleKind::Policy => ProblemKind::Policy,
    };
    Some(problem(kind, obstacle.message.clone(), obstacle.action.clone()))
}

/// Why nobody can sign in on this machine at all.
pub(super) fn nowhere_to_sign_in(settings: &Settings) -> Option<EnrolmentProblem> {
    if let Some(url) = &settings.browser.webdriver_url {
        let message = format!("The browsers run at {}, where their profiles are.", url.without_password());
        return Some(problem(ProblemKind::NoScreen, message, "Sign in there, or import a session."));
    }
    (!has_screen()).then(|| {
        problem(
            ProblemKind::NoScreen,
            "There is no screen here to show a browser on (neither DISPLAY nor WAYLAND_DISPLAY is set).",
            "Sign in on a computer that has one and carry the sealed profile over, or import a session.",
        )
    })
}

/// Whether a window could be shown.
pub(super) fn has_screen() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
