"""The same round through the official Anthropic SDK (see matrix_openai.py)."""

import json
import os
import sys

import anthropic
import httpx2

MODEL = os.environ["POSTERN_MODEL"]
SYSTEM = "You answer in one short sentence."
WEATHER = "How is the weather in Tromsø and Rome, and what time is it?"
TOOLS = [
    {
        "name": "get_weather",
        "description": "The weather of a city.",
        "input_schema": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": ["integer", "null"], "minimum": 1}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
    {"name": "now", "description": "The time.", "input_schema": {"type": "object", "properties": {}}},
]
RESULTS = {"get_weather": json.dumps({"sky": "rain"}), "now": "noon"}
COMMON = {
    "model": MODEL,
    "max_tokens": 3000,
    "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],
    "thinking": {"type": "enabled", "budget_tokens": 1024},
}

api = anthropic.Anthropic(max_retries=0, timeout=60)


def user(content) -> dict:
    return {"role": "user", "content": content}


def seen(message) -> dict:
    of = lambda kind: [block for block in message.content if block.type == kind]
    return {
        "text": "".join(block.text for block in of("text")),
        "thoughts": "".join(block.thinking for block in of("thinking")),
        "calls": [[block.name, block.input] for block in of("tool_use")],
        "finish": message.stop_reason,
        "usage": [message.usage.input_tokens, message.usage.output_tokens],
    }


def whole(said: list[dict], **more):
    return api.messages.create(messages=said, **COMMON, **more)


def streamed(said: list[dict], **more):
    """The SDK puts the pieces together by itself; what it told on the way says the same."""
    text = ""
    with api.messages.stream(messages=said, **COMMON, **more) as stream:
        for event in stream:
            if event.type == "text":
                text += event.text
        final = stream.get_final_message()
    assert text == seen(final)["text"], (text, final)
    return final


def tools(ask) -> list[dict]:
    """A question, the calls, their results in one message, the answer. What was said is sent back as it came."""
    first = ask([user(WEATHER)], tools=TOOLS)
    calls = [block for block in first.content if block.type == "tool_use"]
    assert len({call.id for call in calls}) == len(calls), calls
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": RESULTS[call.name]} for call in calls]
    second = ask([user(WEATHER), {"role": "assistant", "content": first.content}, user(results)], tools=TOOLS)
    return [seen(first), seen(second)]


def chat() -> dict:
    return {
        "whole": seen(whole([user("How are you?")], stop_sequences=["END"])),
        "streamed": seen(streamed([user("And streamed?")])),
        "tools": tools(whole),
        "tools_streamed": tools(streamed),
    }


def failing() -> dict:
    try:
        whole([user("Will this fail?")])
    except anthropic.APIStatusError as error:
        body = error.body if isinstance(error.body, dict) else {}
        told = body.get("error", {})
        assert body.get("type") == "error", error.body
        return {"class": type(error).__name__, "status": error.status_code, "kind": told["type"], "message": told["message"]}
    raise AssertionError("the request did not fail")


def failing_stream() -> dict:
    text = ""
    try:
        with api.messages.stream(messages=[user("Will this break off?")], **COMMON) as stream:
            for piece in stream.text_stream:
                text += piece
    except anthropic.APIError as error:
        return {"text": text, "message": str(error)}
    except httpx2.RemoteProtocolError as error:  # Of a connection that breaks this SDK hands on what its HTTP client raises.
        return {"text": text, "message": f"{type(error).__name__}: {error}"}
    raise AssertionError("the stream did not fail")


def models() -> dict:
    return {"models": [model.id for model in api.models.list()]}


def count() -> dict:
    counted = api.messages.count_tokens(model=MODEL, messages=[user("How many are these?")], system=SYSTEM, tools=TOOLS)
    return {"tokens": counted.input_tokens}


if __name__ == "__main__":
    scenarios = {function.__name__: function for function in (chat, failing, failing_stream, models, count)}
    print(json.dumps(scenarios[sys.argv[1]](), ensure_ascii=True))
