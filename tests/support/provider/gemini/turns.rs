//! Which conversations Google takes.

use serde_json::Value;

use super::super::desk::Desk;
use super::super::refusal::Refused;
use super::checks::{fields, wrong};

const PART: &[&str] = &[
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "thought",
    "thoughtSignature",
    "videoMetadata",
    "mediaResolution",
    "partMetadata",
    "toolCall",
    "toolResponse",
];
/// Of these a part has exactly one.
const DATA: [&str; 8] = [
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolResponse",
];
/// What may stand for a signature when the conversation comes from elsewhere.
const PLACEHOLDERS: [&str; 2] = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

/// Everything that was said so far.
pub(super) fn check(desk: &Desk, signed: bool, body: &Value) -> Result<(), Refused> {
    let contents = body["contents"].as_array().map(Vec::as_slice).unwrap_or_default();
    if contents.is_empty() {
        return Err(wrong("* GenerateContentRequest.contents: contents is not specified"));
    }
    if !body["systemInstruction"].is_null() {
        parts(&body["systemInstruction"], "system_instruction")?;
    }
    for (index, content) in contents.iter().enumerate() {
        let at = format!("contents[{index}]");
        fields(content, &at, &["role", "parts"])?;
        parts(content, &at)?;
        if !matches!(content["role"].as_str(), None | Some("user" | "model")) {
            return Err(wrong("Please use a valid role: user, model."));
        }
        calls(contents, index)?;
    }
    if signed { signatures(desk, contents) } else { Ok(()) }
}

fn list(content: &Value) -> &[Value] {
    content["parts"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn parts(content: &Value, at: &str) -> Result<(), Refused> {
    if list(content).is_empty() {
        return Err(wrong(format!("* GenerateContentRequest.{at}.parts: contents.parts must not be empty.")));
    }
    for (index, part) in list(content).iter().enumerate() {
        let at = format!("{at}.parts[{index}]");
        fields(part, &at, PART)?;
        let data = DATA.iter().filter(|name| !part[**name].is_null()).count();
        // A signature may come alone.
        if data == 0 && part["thoughtSignature"].is_null() {
            return Err(wrong(format!(
                "* GenerateContentRequest.{at}.data: required oneof field 'data' must have one initialized field"
            )));
        }
        fields(&part["functionCall"], &format!("{at}.function_call"), &["id", "name", "args"])?;
        let response = &part["functionResponse"];
        fields(
            response,
            &format!("{at}.function_response"),
            &["id", "name", "response", "parts", "willContinue", "scheduling"],
        )?;
        if !response.is_null() && !response["response"].is_object() {
            return Err(wrong(format!(
                "* GenerateContentRequest.{at}.function_response.response: must be an object"
            )));
        }
        if !response.is_null() && response["name"].as_str().is_none_or(str::is_empty) {
            return Err(wrong(format!(
                "* GenerateContentRequest.{at}.function_response.name: Name cannot be empty."
            )));
        }
    }
    Ok(())
}

/// Calls and results belong together, as many of the one as of the other.
fn calls(contents: &[Value], index: usize) -> Result<(), Refused> {
    let count = |content: Option<&Value>, name: &str| {
        content.map(list).unwrap_or_default().iter().filter(|part| !part[name].is_null()).count()
    };
    let content = &contents[index];
    let called = count(Some(content), "functionCall");
    let before = index.checked_sub(1).and_then(|before| contents.get(before));
    if called > 0 && before.is_none_or(|before| before["role"] == "model") {
        return Err(wrong(
            "Please ensure that function call turn comes immediately after a user turn or after a function response turn.",
        ));
    }
    let results = count(Some(content), "functionResponse");
    if results > 0 && results != count(before, "functionCall") {
        return Err(wrong(
            "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
        ));
    }
    let next = contents.get(index + 1);
    if called > 0 && next.is_some() && count(next, "functionResponse") != called {
        return Err(wrong(
            "Please ensure that function response turn comes immediately after a function call turn.",
        ));
    }
    let names = |content: &Value, name: &str| -> Vec<String> {
        let mut names: Vec<String> =
            list(content).iter().filter_map(|part| part[name]["name"].as_str().map(str::to_owned)).collect();
        names.sort();
        names
    };
    if results > 0
        && before.is_some_and(|before| names(before, "functionCall") != names(content, "functionResponse"))
    {
        return Err(wrong(
            "Please ensure that function response names match the names of the function calls.",
        ));
    }
    Ok(())
}

/// The first call of each step since the user last spoke bears a signature that was given out here.
fn signatures(desk: &Desk, contents: &[Value]) -> Result<(), Refused> {
    let spoke = |content: &Value| {
        content["role"] != "model" && list(content).iter().any(|part| part["functionResponse"].is_null())
    };
    let turn = contents.iter().rposition(spoke).unwrap_or(0);
    for (index, content) in contents.iter().enumerate().skip(turn) {
        let Some((place, part)) =
            list(content).iter().enumerate().find(|(_, part)| !part["functionCall"].is_null())
        else {
            continue;
        };
        let name = part["functionCall"]["name"].as_str().unwrap_or_default();
        match part["thoughtSignature"].as_str() {
            None => {
                return Err(wrong(format!(
                    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:{name}` , position {}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
                    index + place + 1
                )));
            }
            Some(signature) if !PLACEHOLDERS.contains(&signature) && !desk.gave_out(signature) => {
                return Err(wrong("Corrupted thought signature."));
            }
            Some(_) => {}
        }
    }
    Ok(())
}
