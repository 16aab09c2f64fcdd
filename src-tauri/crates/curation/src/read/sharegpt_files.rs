//! Pictures and recordings of a row: listed in columns of their own, with a mark in a text where each belongs.

use std::collections::VecDeque;

use serde_json::Value;

use super::scribe::{Scribe, other};
use super::value::list;
use crate::{Part, Role, Source, Turn};

/// What stands for a file in a text, and the column that names it.
const KINDS: [(&str, &str); 3] = [("<image>", "images"), ("<video>", "videos"), ("<audio>", "audios")];

/// The files of a row that no mark has claimed yet, by their kinds.
#[derive(Default)]
pub(super) struct Files([VecDeque<Value>; 3]);

impl Files {
    pub(super) fn of(row: &Value) -> Self {
        Self(KINDS.map(|(_, column)| list(row, column).iter().cloned().collect()))
    }

    /// A text with the files at their marks. A mark for which there is no file is a word like others.
    pub(super) fn within(&mut self, text: &str, scribe: &mut Scribe<'_>) -> Vec<Part> {
        let mut parts = Vec::new();
        let said = |text: &str| Part::Text { text: text.to_owned() };
        let mut rest = text;
        while let Some((at, kind)) = self.next(rest) {
            if at > 0 {
                parts.push(said(&rest[..at]));
            }
            parts.extend(self.take(kind, scribe));
            rest = &rest[at + KINDS[kind].0.len()..];
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(said(rest));
        }
        parts
    }

    /// Files without a mark belong before the first thing a user says, as TRL has it.
    pub(super) fn rest(mut self, turns: &mut [Turn], scribe: &mut Scribe<'_>) {
        let mut parts = Vec::new();
        for kind in 0..KINDS.len() {
            while let Some(part) = self.take(kind, scribe) {
                parts.push(part);
            }
        }
        match turns.iter_mut().find(|turn| turn.role == Role::User) {
            Some(turn) => drop(turn.parts.splice(0..0, parts)),
            None => scribe.damaged |= !parts.is_empty(),
        }
    }

    /// Where the next mark is, and of which kind.
    fn next(&self, text: &str) -> Option<(usize, usize)> {
        let left = (0..KINDS.len()).filter(|kind| !self.0[*kind].is_empty());
        left.filter_map(|kind| Some((text.find(KINDS[kind].0)?, kind))).min()
    }

    fn take(&mut self, kind: usize, scribe: &mut Scribe<'_>) -> Option<Part> {
        let raw = self.0[kind].pop_front()?;
        let address = raw.as_str().filter(|address| address.contains(':')).unwrap_or_default();
        // What is still the name of a file was not there to be taken.
        let Some(source) = scribe.address(address) else {
            scribe.damaged = true;
            return Some(other(&raw));
        };
        Some(part(kind, source))
    }
}

fn part(kind: usize, source: Source) -> Part {
    match kind {
        0 => Part::Image { source },
        1 => Part::Video { source },
        _ => Part::Audio { source, transcript: None },
    }
}
