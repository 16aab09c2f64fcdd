//! How the functions of one request are offered, and what its answer owes the caller.

use std::sync::Arc;

use postern_protocol::chat::{Failure, FailureKind, Request, ToolCall, ToolChoice, ToolMode};

use super::{Declared, described::described};

/// How the owner wants functions offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToolSetting {
    /// Through the site's own editor, and in words where that fails.
    #[default]
    Auto,
    /// Through the site's own editor only.
    Native,
    /// In words only.
    Emulated,
}

/// The functions that a request offers to the model, if it offers any.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    declared: Option<Arc<Declared>>,
    /// There are functions, and the caller wants none of them called.
    withheld: bool,
    choice: ToolChoice,
    /// Whether one answer may make one call only.
    single: bool,
    mode: ToolMode,
    setting: ToolSetting,
}

impl Offer {
    /// What the request asks for. Fails where it asks for what cannot be.
    pub(crate) fn of(request: &Request, setting: ToolSetting) -> Result<Self, Failure> {
        let offered = request.tool_choice != ToolChoice::None && !request.tools.is_empty();
        match &request.tool_choice {
            ToolChoice::Required | ToolChoice::Named(_) if request.tools.is_empty() => {
                let text = "tool_choice asks for a call, but there are no tools; send tools, or leave tool_choice out";
                return Err(bad(text));
            }
            ToolChoice::Named(name) if request.tools.iter().all(|tool| tool.name != *name) => {
                return Err(bad(format!(
                    "tool_choice names the function '{name}', which is not among the tools"
                )));
            }
            _ => {}
        }
        let provider = request.provider_tools;
        // The page's editor is closed while the provider's own tools are on.
        let others = [provider.search, provider.url_context, provider.code_execution, provider.maps];
        let crowded = setting == ToolSetting::Auto && others.contains(&Some(true));
        let emulated = crowded || setting == ToolSetting::Emulated;
        Ok(Self {
            withheld: !offered && !request.tools.is_empty(),
            declared: offered.then(|| Declared::of(&request.tools)).transpose()?.map(Arc::new),
            choice: request.tool_choice.clone(),
            single: request.parallel_tool_calls == Some(false),
            mode: if emulated { ToolMode::Emulated } else { ToolMode::Native },
            setting,
        })
    }

    /// How functions are offered, where there are some.
    pub(crate) fn mode(&self) -> Option<ToolMode> {
        self.declared.as_ref().map(|_| self.mode)
    }

    /// The functions.
    pub(crate) fn declared(&self) -> Option<&Declared> {
        self.declared.as_deref()
    }

    /// What the site's editor shall hold.
    pub(crate) fn declarations(&self) -> Option<&str> {
        self.declared().filter(|_| self.mode == ToolMode::Native).map(Declared::json)
    }

    /// The functions as the site's editor knows them; none where they are not in it.
    pub(crate) fn site_names(&self) -> Vec<String> {
        let declared = self.declared().filter(|_| self.mode == ToolMode::Native);
        declared
            .into_iter()
            .flat_map(Declared::functions)
            .map(|function| function.site_name.clone())
            .collect()
    }

    /// What the site calls this function.
    pub(crate) fn site_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.declared().map_or(name, |declared| declared.site_name(name))
    }

    /// From now on the functions are offered in words; whether that is allowed, and new.
    pub(crate) fn emulate(&mut self) -> bool {
        let allowed = self.mode() == Some(ToolMode::Native) && self.setting == ToolSetting::Auto;
        if allowed {
            self.mode = ToolMode::Emulated;
        }
        allowed
    }

    /// Whether a reply without the right call is none, so that it must be looked at before it is told.
    pub(crate) fn owes_a_call(&self) -> bool {
        self.declared.is_some() && matches!(self.choice, ToolChoice::Required | ToolChoice::Named(_))
    }

    /// Whether the caller has functions that may not be called now.
    pub(crate) fn withholds(&self) -> bool {
        self.withheld
    }

    /// The declared name of the function that a model may have meant. Where nothing may be called, every name means
    /// one, so that none of these calls is told.
    pub(crate) fn known(&self, name: &str) -> Option<String> {
        match &self.declared {
            Some(declared) => declared.known(name).map(str::to_owned),
            None => Some(name.to_owned()),
        }
    }

    /// Whether only one call may be told.
    pub(crate) fn single(&self) -> bool {
        self.single && self.declared.is_some()
    }

    /// The caller's system text with what is to be said of the functions.
    pub(crate) fn system(&self, own: &str) -> String {
        let Some(declared) = &self.declared else { return own.to_owned() };
        let mut texts = vec![own.to_owned()];
        texts.extend((self.mode == ToolMode::Emulated).then(|| described(declared)));
        match &self.choice {
            ToolChoice::Required => {
                texts.push(
                    "Your next reply must call at least one of the functions. Do not answer in words.".into(),
                );
            }
            ToolChoice::Named(name) => {
                let name = self.name_for_model(declared, name);
                texts.push(format!(
                    "Your next reply must call the function {name}, and no other one. Do not answer in words."
                ));
            }
            ToolChoice::Auto | ToolChoice::None => {}
        }
        texts.extend(self.single.then(|| "Call at most one function in a reply.".to_owned()));
        texts.retain(|text| !text.is_empty());
        texts.join("\n\n")
    }

    fn name_for_model<'a>(&self, declared: &'a Declared, name: &'a str) -> &'a str {
        match self.mode {
            ToolMode::Native => declared.site_name(name),
            ToolMode::Emulated => name,
        }
    }

    /// What to say to the model about a reply with these calls that is not what it must be; `None` for one that is.
    /// `spoke` says that there was an answer beside them.
    pub(crate) fn complaint(&self, calls: &[ToolCall], spoke: bool) -> Option<String> {
        let Some(declared) = &self.declared else {
            let text = "This call was not run: no function can be called now. Reply again, in words only.";
            return (!calls.is_empty() && !spoke).then(|| text.to_owned());
        };
        match &self.choice {
            ToolChoice::Required if calls.is_empty() => Some(
                "Your reply called no function. Reply again with a call of at least one of the functions, and with \
                 nothing else."
                    .to_owned(),
            ),
            ToolChoice::Named(name) if calls.is_empty() || calls.iter().any(|call| call.name != *name) => {
                let name = self.name_for_model(declared, name);
                let what = if calls.is_empty() { "" } else { "This call was not run. " };
                Some(format!(
                    "{what}Your reply had to call the function {name} and no other one. Reply again with that call, \
                     and with nothing else."
                ))
            }
            _ => None,
        }
    }

    /// What to say to the caller when the model was asked twice.
    pub(crate) fn unmet(&self) -> Failure {
        let (text, param) = match &self.choice {
            _ if self.declared.is_none() => {
                let why = if self.withheld { "tool_choice is \"none\"" } else { "the request offers none" };
                let text = format!(
                    "The model called a function instead of answering, although {why}, also when it was asked again. \
                     Try again, or ask another model."
                );
                (text, if self.withheld { "tool_choice" } else { "tools" })
            }
            choice => {
                let what = match choice {
                    ToolChoice::Named(name) => format!("the function '{name}' alone, as tool_choice demands"),
                    _ => "any function, although tool_choice is \"required\"".to_owned(),
                };
                let text = format!(
                    "The model did not call {what}, also when it was asked again. AI Studio cannot force a call: try \
                     again, say in the prompt what is to be called, or ask another model."
                );
                (text, "tool_choice")
            }
        };
        Failure::new(FailureKind::UpstreamError, text).param(param)
    }
}

fn bad(text: impl Into<String>) -> Failure {
    Failure::new(FailureKind::BadRequest, text).param("tool_choice")
}
