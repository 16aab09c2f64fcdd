//! What stands out in calls and their results.

use std::collections::HashSet;

use serde_json::Value;

use crate::{Conversation, Flag, Flags, Part, Tool};

/// What a result that tells of a failure begins with, where its dialect has no word for that.
const FAILURES: [&str; 9] = [
    "error:",
    "error ",
    "traceback (most recent call last)",
    "exception:",
    "fatal:",
    "{\"error\"",
    "{\"is_error\":true",
    "command failed",
    "错误：",
];

pub(super) fn look(conversation: &Conversation, flags: &mut Flags) {
    let mut made: HashSet<&str> = HashSet::new();
    let mut waiting: Vec<(&str, &str)> = Vec::new();
    let last = conversation.turns.len().saturating_sub(1);
    for (at, turn) in conversation.turns.iter().enumerate() {
        for part in &turn.parts {
            match part {
                Part::ToolCall { id, name, arguments } => {
                    of_call(name, arguments, &conversation.tools, flags);
                    made.insert(id);
                    // Nobody could have answered the last turn yet.
                    if at < last {
                        waiting.push((id, name));
                    }
                }
                Part::ToolResult { call_id, name, parts, failed } => {
                    if *failed || tells_of_failure(parts) {
                        flags.set(Flag::ToolError);
                    }
                    let fits = |(id, of): &(&str, &str)| {
                        if call_id.is_empty() || id.is_empty() {
                            name.as_deref().is_none_or(|name| name == *of)
                        } else {
                            id == call_id
                        }
                    };
                    let known = !call_id.is_empty() && made.contains(call_id.as_str());
                    match waiting.iter().position(fits) {
                        Some(answered) => drop(waiting.remove(answered)),
                        None if !known => flags.set(Flag::OrphanResult),
                        None => {}
                    }
                }
                _ => {}
            }
        }
    }
    if !waiting.is_empty() {
        flags.set(Flag::UnansweredCall);
    }
}

/// The name and the arguments of a call, against what was offered.
fn of_call(name: &str, arguments: &str, tools: &[Tool], flags: &mut Flags) {
    let offered = tools.iter().find(|tool| tool.name == name);
    if offered.is_none() && !tools.is_empty() {
        flags.set(Flag::UnknownTool);
    }
    // The text of a tool without a schema may be anything.
    let schema = offered.and_then(|tool| tool.parameters.as_ref());
    if offered.is_some() && schema.is_none() || arguments.trim().is_empty() {
        return;
    }
    let follows = match serde_json::from_str::<Value>(arguments) {
        Ok(value) => schema.is_none_or(|schema| follows(&value, schema)),
        Err(_) => false,
    };
    if !follows {
        flags.set(Flag::BadArguments);
    }
}

/// Whether arguments follow a schema; a schema that is none says nothing. Addresses in it are not followed.
fn follows(arguments: &Value, schema: &Value) -> bool {
    let mut schema = schema.clone();
    small_types(&mut schema);
    match jsonschema::validator_for(&schema) {
        Ok(validator) => validator.is_valid(arguments),
        Err(_) => true,
    }
}

/// Google writes the names of types in capitals.
fn small_types(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(kind) if name == "type" => *kind = kind.to_ascii_lowercase(),
                    value => small_types(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(small_types),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn tells_of_failure(parts: &[Part]) -> bool {
    parts.iter().any(|part| match part {
        Part::Text { text } => {
            let begin: String = text.trim_start().chars().take(40).collect::<String>().to_lowercase();
            FAILURES.iter().any(|word| begin.starts_with(word))
        }
        _ => false,
    })
}
