//! Calls and their results: understood, named and put in order.

use std::collections::HashSet;

use super::fault::{Code, Fault};
use super::repair;
use super::sample::{Call, Message, RawCall, Said, Speaker, by_name};
use crate::conversation::Tool;

/// The messages, their calls understood and each with an id of its own.
pub(crate) fn understood(said: Vec<Said>, tools: &[Tool]) -> Result<Vec<Message>, Fault> {
    let known = by_name(tools);
    let mut taken = HashSet::new();
    let mut open: Vec<Open> = Vec::new();
    let mut messages = Vec::with_capacity(said.len());
    for Said { mut message, raw_calls, result_of } in said {
        if message.speaker == Speaker::Tool {
            let call = answered(&mut open, &message.call_id, result_of.as_deref())?;
            message.call_id = call.id;
            message.name = Some(call.name);
        } else if !raw_calls.is_empty() {
            open.clear();
        }
        for raw in raw_calls {
            let tool = known.get(raw.name.as_str()).copied();
            if raw.name.is_empty() {
                return Err(Fault::new(Code::Schema, "a call without a name"));
            }
            if tool.is_none() && !tools.is_empty() {
                return Err(Fault::new(Code::Schema, format!("{} is called and was not offered", raw.name)));
            }
            let arguments = repair::arguments(&raw.name, &raw.arguments, tool)?;
            let id = own_id(&raw, &mut taken);
            open.push(Open { said: raw.id, id: id.clone(), name: raw.name.clone() });
            message.calls.push(Call { id, name: raw.name, arguments });
        }
        messages.push(message);
    }
    Ok(messages)
}

/// A call that waits for its result.
struct Open {
    /// The id as it was said.
    said: String,
    id: String,
    name: String,
}

/// The call that a result answers: the one with its id, or where the dialect has none, the first of its name.
fn answered(open: &mut Vec<Open>, id: &str, name: Option<&str>) -> Result<Open, Fault> {
    let by_id = || open.iter().position(|call| call.said == id);
    let by_name = || open.iter().position(|call| name.is_none_or(|name| call.name == name));
    let found = if id.is_empty() { by_name() } else { by_id() };
    match found {
        Some(at) => Ok(open.remove(at)),
        None => Err(Fault::new(Code::OrphanResult, "a result answers no call before it")),
    }
}

/// The id as it was said, or another where there was none or it came before.
fn own_id(raw: &RawCall, taken: &mut HashSet<String>) -> String {
    let mut number = taken.len();
    let mut id = raw.id.clone();
    while id.is_empty() || taken.contains(&id) {
        id = format!("call_{number}");
        number += 1;
    }
    taken.insert(id.clone());
    id
}

/// Puts the results in the order of their calls. Each call but those of the last message has one, right after it.
pub(crate) fn in_order(messages: &mut [Message]) -> Result<(), Fault> {
    let mut at = 0;
    while at < messages.len() {
        let wanted: Vec<String> = messages[at].calls.iter().map(|call| call.id.clone()).collect();
        at += 1;
        let results = messages[at..].iter().take_while(|message| message.speaker == Speaker::Tool).count();
        if wanted.is_empty() || at == messages.len() {
            at += results;
            continue;
        }
        let run = &mut messages[at..at + results];
        for id in &wanted {
            if !run.iter().any(|message| message.call_id == *id) {
                return Err(Fault::new(Code::UnansweredCall, format!("the call {id} has no result")));
            }
        }
        run.sort_by_key(|message| wanted.iter().position(|id| *id == message.call_id));
        at += results;
    }
    Ok(())
}
