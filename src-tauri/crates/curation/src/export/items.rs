//! A conversation to what rows are made of: one, several or none.

use postern_store::ReviewState;

use super::fault::{Code, Fault};
use super::origin::{Preference, Record};
use super::sample::{Message, Sample, Speaker};
use super::spec::{Spec, Task};
use super::target::Item;
use crate::conversation::{Conversation, Role, Turn};

/// What rows are made of, each by itself sound or not. None for a conversation that says nothing to the task.
pub(crate) fn items(record: &Record, spec: &Spec) -> Vec<Result<Item, Fault>> {
    let conversation = &record.conversation;
    match spec.preset.task() {
        Task::Turns => vec![Sample::of(conversation, spec).map(Item::Turns)],
        Task::Labelled => match record.row.state {
            ReviewState::Approved => {
                vec![Sample::of(conversation, spec).map(|sample| Item::Labelled(sample, true))]
            }
            ReviewState::Rejected => {
                vec![Sample::of(conversation, spec).map(|sample| Item::Labelled(sample, false))]
            }
            ReviewState::New | ReviewState::Later => Vec::new(),
        },
        Task::Ranking => vec![Ok(Item::Ranking(conversation.clone()))],
        Task::Pairs => preferences(record).iter().map(|pair| prefer(conversation, pair, spec)).collect(),
        Task::Whole => Vec::new(),
    }
}

/// Better and worse answers: those that somebody told apart, answers before and after they were edited, and answers
/// beside further ones to the same turns.
fn preferences(record: &Record) -> Vec<Preference> {
    let mut pairs = record.pairs.clone();
    let turns = &record.conversation.turns;
    let is_answer = |turn: &Turn| turn.role == Role::Assistant;
    if let Some(original) = &record.original {
        for (at, (edited, before)) in turns.iter().zip(&original.turns).enumerate() {
            if is_answer(edited) && is_answer(before) && edited.parts != before.parts {
                pairs.push(Preference { at, chosen: edited.clone(), rejected: before.clone() });
            }
            // After a turn was added or removed, the turns no longer stand beside each other.
            if edited.role != before.role {
                break;
            }
        }
    }
    for other in &record.conversation.alternatives {
        if let Some(turn) = turns.get(other.at).filter(|turn| is_answer(turn)) {
            pairs.push(Preference { at: other.at, chosen: turn.clone(), rejected: other.turn.clone() });
        }
    }
    pairs
}

fn prefer(conversation: &Conversation, pair: &Preference, spec: &Spec) -> Result<Item, Fault> {
    let (prompt, chosen) = ending(conversation, pair.at, &pair.chosen, spec)?;
    let (_, rejected) = ending(conversation, pair.at, &pair.rejected, spec)?;
    let said = |message: &Message| {
        (
            message.text(),
            message.calls.iter().map(|call| (call.name.clone(), call.arguments.clone())).collect::<Vec<_>>(),
        )
    };
    if said(&chosen) == said(&rejected) {
        return Err(Fault::new(Code::Dup, "the better and the worse answer are the same"));
    }
    Ok(Item::Pair { prompt, chosen, rejected })
}

/// The conversation up to a turn, with that end.
fn ending(
    conversation: &Conversation,
    at: usize,
    end: &Turn,
    spec: &Spec,
) -> Result<(Sample, Message), Fault> {
    let before = conversation
        .turns
        .get(..at)
        .ok_or_else(|| Fault::new(Code::Schema, "the answers are to turns that are no longer there"))?;
    let mut turns = before.to_vec();
    turns.push(end.clone());
    let mut sample =
        Sample::of(&Conversation { turns, alternatives: Vec::new(), ..conversation.clone() }, spec)?;
    match sample.messages.pop() {
        Some(message) if message.speaker == Speaker::Assistant => Ok((sample, message)),
        _ => Err(Fault::new(Code::Alternation, "the end is no answer")),
    }
}
