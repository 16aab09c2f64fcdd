"""A round of questions through the official OpenAI SDK, as one of three SDKs that are asked for the same.

Called with the name of a scenario; prints one JSON object with what the SDK saw. The server and the key come from the
SDK's own variables, the model from POSTERN_MODEL. A broken expectation ends in a traceback and exit code 1.
"""

import json
import os
import sys

import openai
from openai import OpenAI

MODEL = os.environ["POSTERN_MODEL"]
SYSTEM = "You answer in one short sentence."
WEATHER = "How is the weather in Tromsø and Rome, and what time is it?"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": ["integer", "null"], "minimum": 1}},
                "required": ["city"],
                "additionalProperties": False,
            },
        },
    },
    {"type": "function", "function": {"name": "now", "description": "The time.", "parameters": {"type": "object", "properties": {}}}},
]
RESULTS = {"get_weather": json.dumps({"sky": "rain"}), "now": "noon"}

api = OpenAI(max_retries=0, timeout=60)


def messages(text: str) -> list[dict]:
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]


def call(call) -> list:
    return [call.function.name, json.loads(call.function.arguments)]


def whole(said: list[dict], **more) -> tuple[dict, dict]:
    """What was seen, and the message to send back, with nothing that is not of OpenAI's own."""
    answer = api.chat.completions.create(model=MODEL, messages=said, reasoning_effort="low", **more)
    message = answer.choices[0].message
    calls = message.tool_calls or []
    seen = {
        "text": message.content or "",
        "thoughts": getattr(message, "reasoning_content", None) or "",
        "calls": [call(one) for one in calls],
        "finish": answer.choices[0].finish_reason,
        "usage": [answer.usage.prompt_tokens, answer.usage.completion_tokens],
    }
    plain = [
        {"id": one.id, "type": "function", "function": {"name": one.function.name, "arguments": one.function.arguments}}
        for one in calls
    ]
    back = {"role": "assistant", "content": message.content}
    return seen, {**back, "tool_calls": plain} if plain else back


def streamed(said: list[dict], **more) -> tuple[dict, dict]:
    text, thoughts, calls, finish, usage = "", "", {}, None, None
    for chunk in api.chat.completions.create(
        model=MODEL, messages=said, reasoning_effort="low", stream=True, stream_options={"include_usage": True}, **more
    ):
        if chunk.usage:
            usage = [chunk.usage.prompt_tokens, chunk.usage.completion_tokens]
        if not chunk.choices:
            continue
        delta = chunk.choices[0].delta
        text += delta.content or ""
        thoughts += getattr(delta, "reasoning_content", None) or ""
        for piece in delta.tool_calls or []:
            begun = calls.setdefault(piece.index, {"id": None, "name": "", "arguments": ""})
            begun["id"] = piece.id or begun["id"]
            begun["name"] += piece.function.name or ""
            begun["arguments"] += piece.function.arguments or ""
        if chunk.choices[0].finish_reason:
            assert finish is None, "it ends once"
            finish = chunk.choices[0].finish_reason
    assert sorted(calls) == list(range(len(calls))), sorted(calls)
    made = [calls[index] for index in sorted(calls)]
    assert len({one["id"] for one in made}) == len(made) and all(one["id"] for one in made), made
    seen = {
        "text": text,
        "thoughts": thoughts,
        "calls": [[one["name"], json.loads(one["arguments"])] for one in made],
        "finish": finish,
        "usage": usage,
    }
    plain = [
        {"id": one["id"], "type": "function", "function": {"name": one["name"], "arguments": one["arguments"]}}
        for one in made
    ]
    back = {"role": "assistant", "content": text or None}
    return seen, {**back, "tool_calls": plain} if plain else back


def tools(ask) -> list[dict]:
    """A question, the calls, their results, the answer."""
    said = messages(WEATHER)
    first, back = ask(said, tools=TOOLS)
    results = [
        {"role": "tool", "tool_call_id": one["id"], "content": RESULTS[one["function"]["name"]]}
        for one in back["tool_calls"]
    ]
    second, _ = ask([*said, back, *results], tools=TOOLS)
    return [first, second]


def chat() -> dict:
    return {
        "whole": whole(messages("How are you?"), temperature=0.4, stop=["END"], max_tokens=3000)[0],
        "streamed": streamed(messages("And streamed?"))[0],
        "tools": tools(whole),
        "tools_streamed": tools(streamed),
    }


def failing() -> dict:
    try:
        whole(messages("Will this fail?"))
    except openai.APIStatusError as error:
        return {"class": type(error).__name__, "status": error.status_code, "kind": error.type, "message": error.message}
    raise AssertionError("the request did not fail")


def failing_stream() -> dict:
    text = ""
    try:
        for chunk in api.chat.completions.create(model=MODEL, messages=messages("Will this break off?"), stream=True):
            if chunk.choices:
                text += chunk.choices[0].delta.content or ""
    except openai.APIError as error:
        return {"text": text, "message": error.message}
    raise AssertionError("the stream did not fail")


def models() -> dict:
    return {"models": [model.id for model in api.models.list()]}


def embeddings() -> dict:
    answer = api.embeddings.create(model=MODEL, input=["four", "é"])
    return {"vectors": [row.embedding for row in answer.data]}


if __name__ == "__main__":
    scenarios = {function.__name__: function for function in (chat, failing, failing_stream, models, embeddings)}
    print(json.dumps(scenarios[sys.argv[1]](), ensure_ascii=True))
