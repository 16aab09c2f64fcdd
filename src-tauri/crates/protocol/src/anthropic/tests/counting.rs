//! What a provider is asked that is to count tokens.

use serde_json::json;

use crate::anthropic::{Facts, ask_count};
use crate::chat::{ResponseFormat, Tool, ToolChoice};
use crate::openai;

#[test]
fn a_count_asks_only_for_what_is_counted() {
    let body = json!({ "model": "claude-opus-4-6", "messages": [{ "role": "user", "content": "Hi" }],
        "temperature": 0.1, "stop": "x", "user": "u" });
    let mut request = openai::decode(body.to_string().as_bytes()).unwrap().request;
    request.tools = vec![Tool { name: "f".into(), ..Tool::default() }];
    request.tool_choice = ToolChoice::Required;
    request.response_format = ResponseFormat::JsonObject;
    let body = ask_count(&request, &Facts::of(&request.model));
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["model", "system", "messages", "tool_choice", "tools"]);
}
