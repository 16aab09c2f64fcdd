"""The same round through the Responses interface of the official OpenAI SDK (see matrix_openai.py)."""

import json
import sys

import openai
from matrix_openai import MODEL, RESULTS, SYSTEM, TOOLS, WEATHER, api, models

FLAT = [{"type": "function", **tool["function"], "strict": False} for tool in TOOLS]


def seen(response) -> dict:
    items = response.output
    return {
        "text": response.output_text,
        "thoughts": "".join(part.text for item in items if item.type == "reasoning" for part in item.summary),
        "calls": [[item.name, json.loads(item.arguments)] for item in items if item.type == "function_call"],
        "finish": response.status,
        "usage": [response.usage.input_tokens, response.usage.output_tokens],
    }


def whole(said, **more):
    return api.responses.create(
        model=MODEL, input=said, instructions=SYSTEM, reasoning={"effort": "low", "summary": "auto"}, **more
    )


def streamed(said, **more):
    """The SDK puts the pieces together by itself; what it was told at the end says the same."""
    text = ""
    with api.responses.stream(
        model=MODEL, input=said, instructions=SYSTEM, reasoning={"effort": "low", "summary": "auto"}, **more
    ) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                text += event.delta
        final = stream.get_final_response()
    assert text == final.output_text, (text, final.output_text)
    return final


def tools(ask, only=None) -> list[dict]:
    """A question, the calls, their results, the answer. What was said is sent back as it came, or one type of item of it."""
    said = [{"role": "user", "content": WEATHER}]
    first = ask(said, tools=FLAT, store=False)
    back = [item.model_dump(exclude_none=True) for item in first.output if only in (None, item.type)]
    results = [
        {"type": "function_call_output", "call_id": item.call_id, "output": RESULTS[item.name]}
        for item in first.output
        if item.type == "function_call"
    ]
    return [seen(first), seen(ask([*said, *back, *results], tools=FLAT, store=False))]


def chat() -> dict:
    return {
        "whole": seen(whole("How are you?", temperature=0.4, max_output_tokens=3000)),
        "streamed": seen(streamed("And streamed?")),
        "tools": tools(whole),
        "tools_streamed": tools(streamed),
    }


def bare() -> dict:
    """Some programs keep nothing of an answer but its calls."""
    return {"tools": tools(whole, "function_call"), "tools_streamed": tools(streamed, "function_call")}


def failing() -> dict:
    try:
        whole("Will this fail?")
    except openai.APIStatusError as error:
        return {"class": type(error).__name__, "status": error.status_code, "kind": error.type, "message": error.message}
    raise AssertionError("the request did not fail")


def failing_stream() -> dict:
    """A response that fails says so itself, or the SDK raises what came in its place."""
    text = ""
    try:
        for event in api.responses.create(model=MODEL, input="Will this break off?", stream=True):
            if event.type == "response.output_text.delta":
                text += event.delta
            if event.type == "response.failed":
                return {"text": text, "message": event.response.error.message}
    except openai.APIError as error:
        return {"text": text, "message": error.message}
    raise AssertionError("the stream did not fail")


if __name__ == "__main__":
    scenarios = {function.__name__: function for function in (chat, bare, failing, failing_stream, models)}
    print(json.dumps(scenarios[sys.argv[1]](), ensure_ascii=True))
