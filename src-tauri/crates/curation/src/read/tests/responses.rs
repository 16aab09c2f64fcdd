use postern_store::Standing;
use serde_json::{Value, json};

use super::{answer, call, reasoning, result, streamed, text, turn, whole};
use crate::{Part, Role};

const PATH: &str = "/v1/responses";

fn response(status: &str, output: Value) -> Value {
    json!({"id": "resp_2", "object": "response", "status": status, "model": "m-1", "output": output,
        "error": null, "incomplete_details": null, "usage": {"input_tokens": 3, "output_tokens": 4}})
}

fn output() -> Value {
    json!([
        {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "One."}, {"type": "summary_text", "text": "Two."}], "encrypted_content": "xx"},
        {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [
            {"type": "output_text", "text": "Look:", "annotations": [{"type": "url_citation", "url": "u"}]},
            {"type": "refusal", "refusal": "No."}]},
        {"id": "ws_1", "type": "web_search_call", "status": "completed"},
        {"id": "fc_1", "type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"x\":1}"},
        {"id": "ct_1", "type": "custom_tool_call", "call_id": "c2", "name": "g", "input": "free"}])
}

#[test]
fn items_of_every_kind_are_read_in_their_order() {
    let request = json!({"model": "m", "instructions": "Be brief.", "previous_response_id": "resp_1", "text": {"format": {"type": "json_object"}},
        "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}}, {"type": "web_search"}],
        "input": [
            {"role": "developer", "content": "Dev."},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}, {"type": "input_image", "image_url": "https://example.test/a"}]},
            {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "yy"},
            {"type": "function_call", "call_id": "c0", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c0", "output": "result"},
            {"type": "local_shell_call_output", "call_id": "s", "output": "x"},
            {"type": "item_reference", "id": "msg_0"}]});
    let read = whole(PATH, &request, &response("completed", output()));
    let shell = json!({"type": "local_shell_call_output", "call_id": "s", "output": "x"});
    let reference = json!({"type": "item_reference", "id": "msg_0"});
    let picture = Part::Image { source: crate::Source::Url("https://example.test/a".into()) };
    let expected = [
        turn(Role::System, vec![text("Be brief.")]),
        turn(Role::Developer, vec![text("Dev.")]),
        turn(Role::User, vec![text("Hi"), picture]),
        turn(Role::Assistant, vec![reasoning("", Some("yy")), call("c0", "f", "{}")]),
        turn(Role::Tool, vec![result("c0", None, vec![text("result")])]),
        turn(Role::Tool, vec![Part::Other { raw: shell }]),
        turn(Role::Assistant, vec![Part::Other { raw: reference }]),
    ];
    assert_eq!(read.conversation.turns[..read.asked], expected);
    assert_eq!((read.continues.as_deref(), read.answer_id.as_deref()), (Some("resp_1"), Some("resp_2")));
    let said = [
        reasoning("One.", None),
        reasoning("Two.", Some("xx")),
        text("Look:"),
        Part::Citation { raw: json!({"type": "url_citation", "url": "u"}) },
        Part::Refusal { text: "No.".into() },
        Part::Other { raw: json!({"id": "ws_1", "type": "web_search_call", "status": "completed"}) },
        call("c1", "f", "{\"x\":1}"),
        call("c2", "g", "free"),
    ];
    assert_eq!(answer(&read), said);
    assert_eq!((read.conversation.finish.as_str(), read.counted.output), ("completed", Some(4)));
}

#[test]
fn the_last_event_says_it_all_and_without_it_the_pieces_do() {
    let request = json!({"model": "m", "input": "Hi"});
    let at_once = whole(PATH, &request, &response("completed", output()));
    let created = json!({"type": "response.created", "response": response("in_progress", json!([]))});
    let completed = json!({"type": "response.completed", "response": response("completed", output())});
    assert_eq!(streamed(PATH, &request, &[created.clone(), completed]).conversation, at_once.conversation);

    let delta = |kind: &str, at: u32, more: Value| {
        let mut event = json!({"type": format!("response.{kind}"), "output_index": at, "content_index": 0, "summary_index": 0});
        event.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
        event
    };
    let cut = streamed(
        PATH,
        &request,
        &[
            created,
            delta("output_item.added", 0, json!({"item": {"type": "reasoning", "id": "r", "summary": []}})),
            delta("reasoning_summary_text.delta", 0, json!({"delta": "On"})),
            delta("reasoning_summary_text.delta", 0, json!({"delta": "e."})),
            delta(
                "output_item.added",
                1,
                json!({"item": {"type": "message", "id": "m", "role": "assistant", "content": []}}),
            ),
            delta("output_text.delta", 1, json!({"delta": "Lo"})),
            delta("output_text.delta", 1, json!({"delta": "ok"})),
            delta(
                "output_item.added",
                2,
                json!({"item": {"type": "function_call", "call_id": "c", "name": "f", "arguments": ""}}),
            ),
            delta("function_call_arguments.delta", 2, json!({"delta": "{\"x\""})),
        ],
    );
    assert_eq!(answer(&cut), [reasoning("One.", None), text("Look"), call("c", "f", "{\"x\"")]);
    assert_eq!(cut.conversation.standing, Standing::UpstreamError);
}

#[test]
fn what_it_says_of_its_end_is_kept() {
    let request = json!({"model": "m", "input": "Hi", "conversation": {"id": "conv_1"}});
    let message = json!([{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Half"}]}]);
    let mut cut = response("incomplete", message.clone());
    cut["incomplete_details"] = json!({"reason": "max_output_tokens"});
    let read = whole(PATH, &request, &cut);
    assert_eq!(
        (read.conversation.finish.as_str(), read.conversation.standing),
        ("max_output_tokens", Standing::Truncated)
    );
    assert_eq!((read.kept_in.as_deref(), read.answer_id.as_deref()), (Some("conv_1"), Some("resp_2")));
    assert_eq!(read.continues, None);
    let mut failed = response("failed", json!([]));
    failed["error"] = json!({"code": "server_error", "message": "Sorry."});
    let read = streamed(PATH, &request, &[json!({"type": "response.failed", "response": failed})]);
    assert_eq!(
        (read.conversation.error.as_deref(), read.conversation.standing),
        (Some("Sorry."), Standing::UpstreamError)
    );
    assert_eq!(read.conversation.turns.len(), 1);
}
