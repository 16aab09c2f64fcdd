//! What of a request the page has no way for, and what in it cannot be right.

use std::collections::HashMap;

use postern_protocol::chat::{Failure, FailureKind, Part, Request};

pub(super) fn no_files(index: usize) -> Failure {
    let text = format!(
        "messages[{index}] is a system message and holds a picture, recording or file; AI Studio takes those from \
         user messages only"
    );
    bad(text, format!("messages[{index}].content"))
}

/// Of every result in the messages, in order, the name of the function whose call it answers. A result must follow
/// its call, and a call has one.
pub(super) fn names_of_results(request: &Request) -> Result<Vec<String>, Failure> {
    // Some clients use an id again once its call was answered.
    let mut open: HashMap<&str, (&str, bool)> = HashMap::new();
    let mut names = Vec::new();
    for (index, message) in request.messages.iter().enumerate() {
        for part in &message.parts {
            match part {
                Part::ToolCall(call) => drop(open.insert(&call.id, (&call.name, false))),
                Part::ToolResult { call_id, .. } => match open.get_mut(call_id.as_str()) {
                    Some((name, answered)) if !*answered => {
                        *answered = true;
                        names.push((*name).to_owned());
                    }
                    Some(_) => {
                        let text = format!(
                            "messages[{index}] is a second result of the call '{call_id}'; send one result for each call"
                        );
                        return Err(bad(text, format!("messages[{index}].tool_call_id")));
                    }
                    None => {
                        let text = format!(
                            "messages[{index}] is the result of a call '{call_id}' that no assistant message before \
                             it makes; send the message with that tool call too, or leave its result out"
                        );
                        return Err(bad(text, format!("messages[{index}].tool_call_id")));
                    }
                },
                _ => {}
            }
        }
    }
    Ok(names)
}

pub(super) fn bad(text: impl Into<String>, param: impl Into<String>) -> Failure {
    Failure::new(FailureKind::BadRequest, text).param(param)
}

/// Fields of the request that the page has no control for.
pub fn ignores(request: &Request) -> Vec<&'static str> {
    let sampling = &request.sampling;
    let weighs = |penalty: Option<f64>| penalty.is_some_and(|penalty| penalty != 0.0);
    let kept = |name: &'static str| (name, request.extra.get(name).is_some_and(|value| !value.is_null()));
    let given = [
        ("logit_bias", !sampling.logit_bias.is_empty()),
        ("presence_penalty", weighs(sampling.presence_penalty)),
        ("frequency_penalty", weighs(sampling.frequency_penalty)),
        ("logprobs", sampling.logprobs == Some(true)),
        ("top_logprobs", sampling.top_logprobs.is_some()),
        ("seed", sampling.seed.is_some()),
        ("top_k", sampling.top_k.is_some()),
        // Tools that are neither functions nor the site's own, and options of its search.
        kept("tools"),
        kept("web_search_options"),
        kept("verbosity"),
        kept("prediction"),
        // What nothing is known of.
        kept("google"),
        kept("extra_body"),
        kept("safety_settings"),
        kept("image_config"),
        kept("audio"),
    ];
    given.into_iter().filter_map(|(name, set)| set.then_some(name)).collect()
}
