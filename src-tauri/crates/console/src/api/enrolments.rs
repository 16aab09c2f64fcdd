//! Enrolments: the ways by which an account comes into service, each a list of steps that is watched live.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the session of an account comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentKind {
    /// A person signs in to a fresh profile, in a browser that nothing steers.
    SignIn,
    /// The same in the profile of an account that is there.
    SignInAgain,
    /// The session of a file of cookies (`storage_state` or `cookies.txt`).
    Cookies,
    /// A sealed profile archive.
    SealedProfile,
}

/// A step of an enrolment, in this order. Each kind has those that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentStep {
    /// The file is read and understood.
    File,
    /// The site can be reached through the network settings.
    Network,
    /// The person's browser starts.
    Browser,
    /// The person signs in, and the browser ends.
    SignIn,
    /// The site shows its editor to this profile.
    Page,
    /// Whose account it is.
    Identity,
    /// The models it offers.
    Models,
    /// A test question is answered.
    Question,
    /// The account is taken into service.
    Save,
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is being done.
    Running,
    /// Done.
    Done {
        /// What came out, such as the address of the account or the number of models.
        note: Option<String>,
    },
    /// It failed.
    Failed {
        /// Why, and what to do next.
        problem: EnrolmentProblem,
    },
}

/// A step and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// Which.
    pub step: EnrolmentStep,
    /// How far.
    #[serde(flatten)]
    pub state: StepState,
}

/// What kind of trouble a step had; the page has words of its own for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The file is none of those that are understood.
    BadFile,
    /// The passphrase does not open the archive.
    WrongPassphrase,
    /// The site cannot be reached.
    Network,
    /// There is no screen to show a browser on.
    NoScreen,
    /// The browser cannot be started, or ended at once.
    BrowserStart,
    /// The browser has no driver that fits it, so that it can be signed in with but not served by.
    NoDriver,
    /// The browser is a Snap or a Flatpak that cannot use this profile folder.
    Confined,
    /// A policy of this machine forbids what is needed.
    Policy,
    /// The profile is open in another browser.
    ProfileInUse,
    /// Nobody is signed in, or the session is not valid here.
    NotSignedIn,
    /// The session is bound to the device that it was copied from, or has ended there.
    BoundElsewhere,
    /// The site asks to verify.
    Challenge,
    /// The site is not available in this region.
    Region,
    /// The site wants an adult, or its terms accepted.
    Age,
    /// Google has blocked the account or this session.
    Blocked,
    /// The page is not as it is expected to be.
    PageChanged,
    /// The test question was not answered.
    NoAnswer,
    /// Another account is signed in here than the one that was to be signed in again.
    OtherAccount,
    /// The disk did not take it.
    Disk,
    /// Something else.
    Other,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentProblem {
    /// What kind.
    pub kind: ProblemKind,
    /// What happened, in plain words.
    pub message: String,
    /// What to do next.
    pub action: String,
}

/// How an enrolment is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum EnrolmentPhase {
    /// Postern is doing a step.
    Working,
    /// The person signs in; `signed-in` or the end of the browser goes on.
    AwaitingPerson,
    /// A step failed; `retry` does it again, `cancel` leaves nothing behind.
    Stuck,
    /// Somebody else's session is there already: `replace` puts this one in its place.
    Duplicate {
        /// The account with the same address.
        account: String,
    },
    /// Postern ended in the middle of it; `retry` goes on with the profile, `cancel` throws it away.
    Interrupted,
    /// The account is in service.
    Done {
        /// Its name.
        account: String,
    },
    /// It was called off.
    Cancelled,
}

/// An enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentView {
    /// Names it.
    pub id: String,
    /// What kind.
    pub kind: EnrolmentKind,
    /// The name the account has or will have.
    pub name: String,
    /// The e-mail address the site showed, once known.
    pub email: Option<String>,
    /// The file it came from.
    pub file: Option<String>,
    /// The program of the browser that was chosen.
    pub browser: Option<String>,
    /// How it is.
    #[serde(flatten)]
    pub phase: EnrolmentPhase,
    /// Its steps, in order.
    pub steps: Vec<StepView>,
    /// When it began, in seconds of Unix time.
    pub started_at: u64,
}

/// Enrolments that are under way, and those that ended since the start, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentsView {
    /// The enrolments.
    pub enrolments: Vec<EnrolmentView>,
}

/// A browser that a person could sign in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BrowserChoice {
    /// Its name for people, such as `Google Chrome`.
    pub name: String,
    /// Its program.
    pub path: String,
    /// Its version, when it told one.
    pub version: Option<String>,
    /// Why it cannot be used, and what to do; `None` when it can.
    pub problem: Option<EnrolmentProblem>,
    /// Whether it is the one that is taken when none is chosen.
    pub preferred: bool,
}

/// What a person can choose before signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentChoices {
    /// The browsers of this machine, best first.
    pub browsers: Vec<BrowserChoice>,
    /// Whether a browser's window could be shown on this machine.
    pub screen: bool,
    /// Whether browsers run elsewhere (`browser.webdriver_url`), where nobody can sign in from here.
    pub remote: bool,
    /// A name that is free.
    pub free_name: String,
}

/// Begins a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInStart {
    /// The account to sign in again; a new one without it.
    #[serde(default)]
    pub account: Option<String>,
    /// The name of the new account; the first free one without it.
    #[serde(default)]
    pub name: Option<String>,
    /// The program of the browser, out of the choices; the preferred one without it.
    #[serde(default)]
    pub browser: Option<String>,
    /// The way out of the new account's browser: `system`, `direct` or a proxy without name and password; that of all
    /// without it. An account that is signed in again keeps its own.
    #[serde(default)]
    pub proxy: Option<String>,
    /// That the person has read what it means. Nothing begins without it.
    pub consent: bool,
}

/// A file to import. Has no `Debug`: it holds a session.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportFile {
    /// The file's name, from which the account's name is made when the file has none.
    pub name: String,
    /// Its bytes, in base64.
    pub content: String,
}

/// Files to import, each an account. Has no `Debug`: it holds sessions.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportStart {
    /// The files.
    pub files: Vec<ImportFile>,
    /// Opens sealed archives among them.
    #[serde(default)]
    pub passphrase: Option<String>,
    /// That the person has read what it means. Nothing begins without it.
    pub consent: bool,
}
