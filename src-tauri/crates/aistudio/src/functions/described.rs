//! The functions in words, for a model that cannot be offered them in another way.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{CALL_TAG, Declared};

/// What the system instructions say of the functions.
pub(super) fn described(declared: &Declared) -> String {
    let mut out = format!(
        "You can call functions. To call one, write an element that holds one JSON object and nothing else:\n\n\
         <{CALL_TAG}>\n{{\"name\": \"the function's name\", \"arguments\": {{\"an argument's name\": \"its value\"}}}}\n\
         </{CALL_TAG}>\n\n\
         For several calls write several such elements, one after the other. End your reply after them: the results \
         come in the next message, and you must never make results up. The arguments must follow the JSON schema of \
         the function. Where no function helps, answer as usual, without such an element.\n\n\
         The functions, one in a line:\n"
    );
    for function in declared.functions() {
        let mut line = Map::from_iter([("name".to_owned(), json!(function.name))]);
        if let Some(description) = &function.description {
            line.insert("description".to_owned(), json!(description));
        }
        line.insert("parameters".to_owned(), function.parameters.clone().unwrap_or_else(|| json!({})));
        let _ = writeln!(out, "{}", Value::Object(line));
    }
    out.truncate(out.trim_end().len());
    out
}
