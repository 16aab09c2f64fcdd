//! What a look at the site's page found: which of its controls are there and by which selector, what is missing and
//! what that costs, and which selectors were in force. Command line, console and window use these words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a look at the page of an account found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PageReport {
    /// When it was looked at, in seconds of Unix time.
    pub checked_at: u64,
    /// The model that the page was open with, as it shows it.
    pub model: Option<String>,
    /// Why the page cannot be used as it is; `None` when it can.
    pub trouble: Option<String>,
    /// The selectors that were in force.
    pub pack: PackStatus,
    /// One entry for each control that Postern knows, group by group.
    pub controls: Vec<Control>,
}

/// A control of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Control {
    /// What it is called in the selectors.
    pub purpose: String,
    /// What it is called by people, in English.
    pub name: String,
    /// What it belongs to.
    pub group: Group,
    /// Whether answers need it.
    pub need: Need,
    /// What is lost without it.
    pub loss: Loss,
    /// What of it was seen.
    pub sight: Sight,
}

/// What a control belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Writing a prompt and running it.
    Prompt,
    /// Fresh chats and their model.
    Chat,
    /// The run settings.
    Settings,
    /// The tools of the model.
    Tools,
    /// Files that go along.
    Files,
    /// Turns and answers.
    Answer,
    /// What lies over the page, and what it says of failures.
    Dialogs,
    /// Whose page it is.
    Account,
}

/// Whether answers need a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Without it no request is answered.
    Required,
    /// Without it something is lost, and answers go on.
    Optional,
}

/// What is lost without a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Every request.
    Answers,
    /// Requests for other models than the one that the page opens with, where its address is not enough.
    OtherModels,
    /// Time: the page is loaded or opened anew more often.
    Speed,
    /// Temporary chats.
    TemporaryChats,
    /// The box for system instructions.
    SystemBox,
    /// A setting that requests may ask for.
    Setting,
    /// A tool that requests may ask for.
    Tool,
    /// Functions as the site knows them.
    NativeFunctions,
    /// Results of functions as the site knows them.
    ResultsInPlace,
    /// The schema as the site knows it.
    NativeStructure,
    /// Requests with files.
    Files,
    /// Ending an answer at once.
    Stopping,
    /// The answer as the page shows it, for when the network cannot be read.
    PageText,
    /// The site's own words on a failure.
    Reasons,
    /// A clear way: something may stay over the page.
    ClearWay,
    /// Knowing whose account it is.
    Owner,
    /// A part of what snapshots hide.
    Redaction,
    /// Nothing: it is there for other versions of the page.
    Nothing,
}

/// What of a control was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Sight {
    /// It is there.
    Found {
        /// The selector that finds it.
        selector: String,
        /// How many selectors before that one find nothing: 0 is the first, more are fallbacks.
        rank: usize,
    },
    /// It should be there, and no selector finds it.
    Missing {
        /// The selectors that were tried, in their order.
        tried: Vec<String>,
    },
    /// It is not there, and need not be.
    NotLookedFor {
        /// Why not.
        why: Absence,
    },
}

/// Why a control need not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// It comes with an answer, and to ask for one would cost a request.
    NoAnswer,
    /// It comes when something is wrong or in the way.
    NoTrouble,
    /// It is not offered with the model that is open.
    Model,
    /// It is there only while something else is switched on or filled in.
    NotInUse,
    /// Another control is there that does the same.
    Spare,
    /// What it lies in could not be opened.
    Closed,
}

/// The selectors in force: built in, and perhaps replaced in parts by a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackStatus {
    /// The version of those that are built in.
    pub version: u32,
    /// The file that replaces some of them, or would; `None` when there is none.
    pub file: Option<PackFile>,
}

/// A file with selectors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackFile {
    /// Where it is.
    pub path: String,
    /// The version of the built-in selectors that it was written for, where it says so.
    pub version: Option<u32>,
    /// Whether it was written for older ones than those that are built in.
    pub outdated: bool,
    /// What it replaces, as `section.name`.
    pub overrides: Vec<String>,
    /// Why it is left aside as a whole; `None` when it is in force.
    pub fault: Option<PackFault>,
}

/// What is wrong with a file of selectors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackFault {
    /// The line, from 1; `None` when the file could not be read at all.
    pub line: Option<u64>,
    /// What is wrong there, in English.
    pub what: String,
}

impl PageReport {
    /// The controls that are missing and that answers need, or do not need.
    pub fn missing(&self, need: Need) -> impl Iterator<Item = &Control> {
        let missing = |control: &&Control| matches!(control.sight, Sight::Missing { .. });
        self.controls.iter().filter(missing).filter(move |control| control.need == need)
    }

    /// Whether answers can be expected of this page.
    pub fn serves(&self) -> bool {
        self.trouble.is_none() && self.missing(Need::Required).next().is_none()
    }
}

impl Group {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prompt => "Prompt",
            Self::Chat => "Chat and model",
            Self::Settings => "Run settings",
            Self::Tools => "Tools",
            Self::Files => "Files",
            Self::Answer => "Answer",
            Self::Dialogs => "Dialogs and notices",
            Self::Account => "Account",
        }
    }
}

impl Loss {
    /// What it means to whoever uses Postern.
    pub fn words(self) -> &'static str {
        match self {
            Self::Answers => "No request to AI Studio can be answered.",
            Self::OtherModels => {
                "A model that the page's address does not choose cannot be chosen otherwise."
            }
            Self::Speed => "Requests take longer, since parts of the page are loaded or opened more often.",
            Self::TemporaryChats => "Chats may stay in the account's history.",
            Self::SystemBox => "System instructions are put in front of the prompt, with a warning.",
            Self::Setting => {
                "The page's own value holds; a request that asks for another one gets a warning."
            }
            Self::Tool => "A request that asks for this tool is answered without it, with a warning.",
            Self::NativeFunctions => "Functions are described in the prompt instead, which is less reliable.",
            Self::ResultsInPlace => {
                "Results of functions go into a chat that is written anew, which costs tokens."
            }
            Self::NativeStructure => "A schema is asked for in words, with a warning.",
            Self::Files => "Requests with files cannot be answered.",
            Self::Stopping => {
                "An answer that nobody waits for any more runs on until the page is loaded anew."
            }
            Self::PageText => {
                "Where the network cannot be read, the answer cannot be read off the page either."
            }
            Self::Reasons => "What the site says of a failure is not understood, so errors are less exact.",
            Self::ClearWay => "Something that lies over the page may stay there and be in the way.",
            Self::Owner => "Whose account it is cannot be told.",
            Self::Redaction => "A snapshot of a failure may show what a chat is about.",
            Self::Nothing => "Nothing with this version of the page.",
        }
    }
}

impl Absence {
    /// Why it was not looked for, as a clause.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoAnswer => "shows with an answer only",
            Self::NoTrouble => "shows only when something is wrong or in the way",
            Self::Model => "not offered with the model that is open",
            Self::NotInUse => "shows only while it is in use",
            Self::Spare => "not needed now, since another control does the same",
            Self::Closed => "what it lies in is not open",
        }
    }
}

impl PackStatus {
    /// The fault of the file, where it has one.
    pub fn fault(&self) -> Option<&PackFault> {
        self.file.as_ref().and_then(|file| file.fault.as_ref())
    }
}

impl PackFile {
    /// How the file stands, in one sentence without its end.
    pub fn words(&self, built_in: u32) -> String {
        let place = match &self.fault {
            Some(PackFault { line: Some(line), what }) => {
                return format!("{}, line {line}: {what}; the built-in ones are used", self.path);
            }
            Some(PackFault { line: None, what }) => {
                return format!("{}: {what}; the built-in ones are used", self.path);
            }
            None if self.overrides.is_empty() => format!("{} replaces nothing", self.path),
            None => format!("{} replaces {}", self.path, self.overrides.join(", ")),
        };
        match self.version {
            Some(version) if self.outdated => {
                format!("{place}; it was written for version {version}, and {built_in} is built in")
            }
            Some(version) => format!("{place}; written for version {version}"),
            None => format!("{place}; it says no version, and {built_in} is built in"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(need: Need, sight: Sight) -> Control {
        let (purpose, name) = ("x".to_owned(), "X".to_owned());
        Control { purpose, name, group: Group::Prompt, need, loss: Loss::Answers, sight }
    }

    fn report(controls: Vec<Control>) -> PageReport {
        let pack = PackStatus { version: 1, file: None };
        PageReport { checked_at: 0, model: None, trouble: None, pack, controls }
    }

    #[test]
    fn only_a_missing_control_that_answers_need_keeps_the_page_from_serving() {
        let missing = || Sight::Missing { tried: Vec::new() };
        let away = Sight::NotLookedFor { why: Absence::NoAnswer };
        let fine = report(vec![control(Need::Optional, missing()), control(Need::Required, away)]);
        assert!(fine.serves());
        assert_eq!(fine.missing(Need::Optional).count(), 1);
        let bad = report(vec![control(Need::Required, missing())]);
        assert!(!bad.serves());
        assert!(!PageReport { trouble: Some("no prompt".to_owned()), ..fine }.serves());
    }

    #[test]
    fn a_file_says_how_it_stands() {
        let file = PackFile {
            path: "s.toml".to_owned(),
            version: Some(1),
            outdated: true,
            overrides: vec!["selectors.run".to_owned()],
            fault: None,
        };
        assert_eq!(
            file.words(2),
            "s.toml replaces selectors.run; it was written for version 1, and 2 is built in"
        );
        let fault = Some(PackFault { line: Some(3), what: "nothing is called `rum`".to_owned() });
        let refused = PackFile { fault, ..file };
        assert_eq!(refused.words(2), "s.toml, line 3: nothing is called `rum`; the built-in ones are used");
    }
}
