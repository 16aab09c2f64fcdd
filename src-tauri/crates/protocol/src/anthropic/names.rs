//! Names and ids in the letters that the dialect allows: `[a-zA-Z0-9_-]`.

use std::collections::{HashMap, HashSet};

/// Longest name of a tool.
const LONGEST_NAME: usize = 128;

/// What the functions of one request are called at the provider, where it does not take their names as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// From the caller's names to the provider's.
    there: HashMap<String, String>,
    /// And back.
    back: HashMap<String, String>,
}

impl Names {
    /// Takes a name that is the provider's own.
    pub(super) fn reserve(&mut self, name: &str) {
        self.back.insert(name.to_owned(), name.to_owned());
    }

    /// Leaves those that the provider takes their names as they are, before others get one that looks the same.
    pub(super) fn keep<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        for name in names.filter(|name| allowed(name, "", LONGEST_NAME) == **name) {
            self.sent(name);
        }
    }

    /// What a function is called at the provider. The first that asks for a name gets it.
    pub(super) fn sent(&mut self, name: &str) -> String {
        if let Some(sent) = self.there.get(name) {
            return sent.clone();
        }
        let sent = unused(&allowed(name, "tool", LONGEST_NAME), |taken| self.back.contains_key(taken));
        self.there.insert(name.to_owned(), sent.clone());
        self.back.insert(sent.clone(), name.to_owned());
        sent
    }

    /// What the caller calls the function that the provider calls so.
    pub fn told(&self, name: &str) -> String {
        self.back.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }
}

/// The ids of calls in one conversation. The provider wants every call to have one of its own, which callers whose ids count
/// from the start in each answer do not heed.
#[derive(Debug, Default)]
pub(super) struct Ids {
    taken: HashSet<String>,
    latest: HashMap<String, String>,
}

impl Ids {
    /// The id of a call.
    pub(super) fn call(&mut self, id: &str) -> String {
        let sent = unused(&allowed(id, "call", usize::MAX), |taken| self.taken.contains(taken));
        self.taken.insert(sent.clone());
        self.latest.insert(id.to_owned(), sent.clone());
        sent
    }

    /// The id of the latest call that a result with this id can belong to.
    pub(super) fn result(&self, id: &str) -> String {
        self.latest.get(id).cloned().unwrap_or_else(|| allowed(id, "call", usize::MAX))
    }
}

fn allowed(text: &str, instead: &str, longest: usize) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    let allowed: String = text.chars().take(longest).map(plain).collect();
    if allowed.is_empty() { instead.to_owned() } else { allowed }
}

/// The name, with a number where it is taken.
fn unused(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    let room = name.len().min(LONGEST_NAME - 8);
    let numbered = (2_u32..).map(|number| format!("{}_{number}", &name[..room]));
    numbered.into_iter().find(|numbered| !taken(numbered)).unwrap_or_default()
}
