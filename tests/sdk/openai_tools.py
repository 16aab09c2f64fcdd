"""Tools and forms of answers through the official OpenAI Python SDK, unmodified, against a running Postern.

Usage: python openai_tools.py SCENARIO, with OPENAI_BASE_URL and OPENAI_API_KEY as the SDK reads them. A
scenario prints one JSON object about what it saw; the test that started it compares that with what the site
received. A broken expectation ends in a traceback and exit code 1.
"""

import json
import sys
from enum import Enum

import openai
from pydantic import BaseModel, Field

from openai_sdk import MODEL, client


class Sky(str, Enum):
    rain = "rain"
    sun = "sun"


class Day(BaseModel):
    date: str = Field(description="As 2026-01-31")
    sky: Sky


class Forecast(BaseModel):
    """Nested, optional, listed, of few words: what models of real programs have."""

    city: str
    days: list[Day]
    wind: float | None


class GetWeather(BaseModel):
    """The weather of a city."""

    city: str
    days: int | None


QUESTION = [{"role": "user", "content": "How is the weather in Oslo and Rome?"}]
WEATHER = openai.pydantic_function_tool(GetWeather)
NOW = {"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}


def calls_of(message) -> list[dict]:
    return [
        {"id": call.id, "name": call.function.name, "arguments": json.loads(call.function.arguments)}
        for call in message.tool_calls or []
    ]


def tool_stream() -> dict:
    """Calls put together from their deltas, by index, as every client does it."""
    calls: dict[int, dict] = {}
    finish = []
    answer = client().chat.completions.with_raw_response.create(
        model=MODEL, messages=QUESTION, tools=[WEATHER, NOW], stream=True
    )
    for chunk in answer.parse():
        choice = chunk.choices[0]
        for delta in choice.delta.tool_calls or []:
            call = calls.setdefault(delta.index, {"id": None, "name": "", "arguments": ""})
            if delta.id:
                assert call["id"] is None, "an id comes once"
                call["id"] = delta.id
            call["name"] += delta.function.name or ""
            call["arguments"] += delta.function.arguments or ""
        if choice.finish_reason:
            finish.append(choice.finish_reason)
    assert list(calls) == list(range(len(calls))), list(calls)
    read = [{**call, "arguments": json.loads(call["arguments"])} for call in calls.values()]
    return {"calls": read, "finish": finish, "tools": answer.headers.get("x-postern-tools")}


def tool_helper() -> dict:
    """The SDK's own folding, with arguments read into the model they came from."""
    done = []
    with client().chat.completions.stream(model=MODEL, messages=QUESTION, tools=[WEATHER]) as stream:
        for event in stream:
            if event.type == "tool_calls.function.arguments.done":
                done.append([event.index, event.parsed_arguments.city])
        message = stream.get_final_completion().choices[0].message
    assert all(isinstance(call.function.parsed_arguments, GetWeather) for call in message.tool_calls)
    return {"calls": calls_of(message), "done": done}


def required() -> dict:
    answer = client().chat.completions.create(
        model=MODEL, messages=QUESTION, tools=[WEATHER, NOW], tool_choice="required"
    )
    message = answer.choices[0].message
    return {"calls": calls_of(message), "content": message.content, "finish": answer.choices[0].finish_reason}


def orphan() -> dict:
    """The result of a call that nobody made, as a client sends it that dropped old messages."""
    messages = [*QUESTION, {"role": "tool", "tool_call_id": "gone", "content": "rain"}]
    try:
        client().chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER])
    except openai.BadRequestError as error:
        return {"param": error.param, "message": error.message}
    raise AssertionError("the request did not fail")


def parse() -> dict:
    answer = client().chat.completions.parse(model=MODEL, messages=QUESTION, response_format=Forecast)
    message = answer.choices[0].message
    assert isinstance(message.parsed, Forecast), message
    return {"parsed": message.parsed.model_dump(mode="json"), "content": message.content}


def parse_stream() -> dict:
    with client().chat.completions.stream(model=MODEL, messages=QUESTION, response_format=Forecast) as stream:
        content = "".join(event.delta for event in stream if event.type == "content.delta")
        parsed = stream.get_final_completion().choices[0].message.parsed
    assert isinstance(parsed, Forecast), parsed
    return {"parsed": parsed.model_dump(mode="json"), "content": content}


def unparsed() -> dict:
    """A model that will not keep the form: an error, not broken JSON."""
    try:
        client().chat.completions.parse(model=MODEL, messages=QUESTION, response_format=Forecast)
    except openai.APIStatusError as error:
        return {"status": error.status_code, "param": error.param, "message": error.message}
    raise AssertionError("the request did not fail")


def search() -> dict:
    """A search of the provider, and what the answer rests on."""
    answer = client().chat.completions.create(model=MODEL, messages=QUESTION, tools=[{"type": "web_search"}])
    message = answer.choices[0].message
    cited = [
        {"url": note.url_citation.url, "title": note.url_citation.title,
         "about": message.content[note.url_citation.start_index : note.url_citation.end_index]}
        for note in message.annotations or []
    ]
    return {"content": message.content, "cited": cited}


def search_stream() -> dict:
    with client().chat.completions.stream(model=MODEL, messages=QUESTION, web_search_options={}) as stream:
        message = stream.get_final_completion().choices[0].message
    return {"content": message.content, "urls": [note.url_citation.url for note in message.annotations or []]}


if __name__ == "__main__":
    scenarios = {
        function.__name__: function
        for function in (
            tool_stream, tool_helper, required, orphan, parse, parse_stream, unparsed, search, search_stream,
        )
    }
    print(json.dumps(scenarios[sys.argv[1]](), ensure_ascii=True))
