use std::collections::HashMap;

use crate::chat::{Part, Request, ResponseFormat};
use crate::names::{Names, Of};

/// What reading an answer needs to know of the question: the way back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Back {
    /// The caller's names of functions by those that were sent, where they differ.
    names: HashMap<String, String>,
    /// The text must have a form of its own, which code that was run on the way would break.
    pub(super) formed: bool,
}

impl Back {
    /// The caller's name of a function.
    pub(super) fn name<'a>(&'a self, sent: &'a str) -> &'a str {
        self.names.get(sent).map_or(sent, String::as_str)
    }
}

/// The names of functions as Google takes them, by the caller's.
#[derive(Debug)]
pub(super) struct Sent(HashMap<String, String>);

impl Sent {
    /// Names for all functions of a request: those that are offered, and those that were called.
    pub(super) fn of(request: &Request) -> Self {
        let called =
            request.messages.iter().flat_map(|message| &message.parts).filter_map(|part| match part {
                Part::ToolCall(call) => Some(call.name.as_str()),
                _ => None,
            });
        let all: Vec<&str> = request.tools.iter().map(|tool| tool.name.as_str()).chain(called).collect();
        let mut names = Names::new(Of::Function, all.iter().copied());
        let mut sent = HashMap::new();
        for name in all {
            sent.entry(name.to_owned()).or_insert_with(|| names.give(name));
        }
        Self(sent)
    }

    /// The name that is sent for this one. A name that is none of the request's is made to fit alone.
    pub(super) fn name(&self, own: &str) -> String {
        let alone = || Names::new(Of::Function, []).give(own);
        self.0.get(own).cloned().unwrap_or_else(alone)
    }

    /// The way back.
    pub(super) fn back(&self, request: &Request) -> Back {
        let differing = self.0.iter().filter(|(own, sent)| own != sent);
        Back {
            names: differing.map(|(own, sent)| (sent.clone(), own.clone())).collect(),
            formed: request.response_format != ResponseFormat::Text,
        }
    }
}
