"""The official OpenAI Python SDK, unmodified, against a running Postern.

Usage: python openai_sdk.py SCENARIO, with OPENAI_BASE_URL and OPENAI_API_KEY as the SDK reads them and
POSTERN_MODEL for the model. A scenario prints one JSON object about what it saw; the test that started
it compares that with what the site received. A broken expectation ends in a traceback and exit code 1.
"""

import asyncio
import hashlib
import json
import os
import sys

import openai
from openai import AsyncOpenAI, OpenAI

MODEL = os.environ.get("POSTERN_MODEL", "gemini-3-flash-preview")

SYSTEM = "You answer in one short sentence."
SETTINGS = {
    "temperature": 0.4,
    "top_p": 0.8,
    "max_tokens": 1234,
    "stop": ["END", "<stop>"],
    "reasoning_effort": "low",
}


def client(**options) -> OpenAI:
    return OpenAI(max_retries=0, timeout=120, **options)


def messages(text: str) -> list[dict]:
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]


def collect(stream) -> dict:
    """Folds a stream and checks its framing on the way."""
    seen = {"content": "", "reasoning": "", "finish": [], "usage": None, "roles": [], "chunks": 0, "ids": set()}
    for chunk in stream:
        seen["chunks"] += 1
        seen["ids"].add((chunk.id, chunk.created, chunk.model, chunk.object))
        if not chunk.choices:
            assert chunk.usage is not None, "a chunk without choices carries usage"
            seen["usage"] = chunk.usage.total_tokens
            continue
        assert seen["usage"] is None, "usage comes last"
        choice = chunk.choices[0]
        if choice.delta.role:
            seen["roles"].append((seen["chunks"], choice.delta.role))
        reasoning = getattr(choice.delta, "reasoning_content", None)
        if reasoning:
            assert not choice.delta.content, "reasoning comes in its own deltas"
            seen["reasoning"] += reasoning
        seen["content"] += choice.delta.content or ""
        if choice.finish_reason:
            seen["finish"].append(choice.finish_reason)
    assert seen["roles"] == [(1, "assistant")], seen["roles"]
    assert len(seen["ids"]) == 1, seen["ids"]
    assert len(seen["finish"]) == 1, seen["finish"]
    return {**seen, "ids": len(seen["ids"])}


def models() -> dict:
    listed = [model.id for model in client().models.list()]
    assert MODEL in listed, listed
    assert client().models.retrieve(MODEL).id == MODEL
    return {"models": listed}


def whole() -> dict:
    raw = client().chat.completions.with_raw_response.create(
        model=MODEL, messages=messages("How are you?"), presence_penalty=0.5, seed=7, **SETTINGS
    )
    answer = raw.parse()
    message = answer.choices[0].message
    assert answer.object == "chat.completion" and message.role == "assistant"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    return {
        "content": message.content,
        "reasoning": getattr(message, "reasoning_content", None),
        "finish": answer.choices[0].finish_reason,
        "usage": answer.usage.total_tokens,
        "ignored": raw.headers.get("x-postern-ignored"),
        "request_id": raw.headers.get("x-request-id"),
    }


def stream() -> dict:
    return collect(
        client().chat.completions.create(
            model=MODEL,
            messages=messages("How is the weather?"),
            stream=True,
            stream_options={"include_usage": True},
            **SETTINGS,
        )
    )


def stream_without_usage() -> dict:
    seen = collect(client().chat.completions.create(model=MODEL, messages=messages("Short one?"), stream=True))
    assert seen["usage"] is None
    return seen


def asynchronous() -> dict:
    async def run() -> dict:
        async with AsyncOpenAI(max_retries=0, timeout=120) as api:
            content = ""
            async for chunk in await api.chat.completions.create(
                model=MODEL, messages=messages("And asynchronously?"), stream=True
            ):
                if chunk.choices:
                    content += chunk.choices[0].delta.content or ""
            return {"content": content}

    return asyncio.run(run())


def continued() -> dict:
    """A second turn that repeats the first one, as every chat client sends it."""
    first = client().chat.completions.create(model=MODEL, messages=messages("My name is Ada."))
    history = [
        *messages("My name is Ada."),
        {"role": "assistant", "content": first.choices[0].message.content},
        {"role": "user", "content": "What is my name?"},
    ]
    second = client().chat.completions.create(model=MODEL, messages=history)
    return {"first": first.choices[0].message.content, "content": second.choices[0].message.content}


def cancelled() -> dict:
    """Closes the connection after the first piece of text."""
    with client().chat.completions.create(model=MODEL, messages=messages("Tell me everything."), stream=True) as answer:
        for chunk in answer:
            if chunk.choices and chunk.choices[0].delta.content:
                return {"content": chunk.choices[0].delta.content}
    raise AssertionError("the stream ended before any text came")


def wrong_key() -> dict:
    try:
        client(api_key="sk-this-is-not-a-key").chat.completions.create(model=MODEL, messages=messages("Hello?"))
    except openai.AuthenticationError as error:
        return {"status": error.status_code, "code": error.code, "type": error.type}
    raise AssertionError("a wrong key was accepted")


def unknown_model() -> dict:
    try:
        client().chat.completions.create(model="no-such-model", messages=messages("Hello?"))
    except openai.NotFoundError as error:
        return {"status": error.status_code, "code": error.code, "message": str(error)}
    raise AssertionError("an unknown model was accepted")


def long_prompt() -> dict:
    prompt = "".join(f"{line:06d} All work and no play — 每天都要写代码。\n" for line in range(2_000))
    answer = client().chat.completions.create(model=MODEL, messages=[{"role": "user", "content": prompt}])
    return {
        "bytes": len(prompt.encode()),
        "sha256": hashlib.sha256(prompt.encode()).hexdigest(),
        "content": answer.choices[0].message.content,
    }


def two_clients() -> dict:
    async def run() -> dict:
        async def ask(text: str) -> str:
            async with AsyncOpenAI(max_retries=0, timeout=120) as api:
                answer = await api.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": text}])
                return answer.choices[0].message.content

        one, two = await asyncio.gather(ask("I am the first client."), ask("I am the second client."))
        return {"one": one, "two": two}

    return asyncio.run(run())


def failing() -> dict:
    """Any API error, as the SDK types it."""
    try:
        client().chat.completions.create(model=MODEL, messages=messages("Will this fail?"))
    except openai.APIStatusError as error:
        return {"class": type(error).__name__, "status": error.status_code, "code": error.code, "message": str(error)}
    raise AssertionError("the request did not fail")


def failing_stream() -> dict:
    """An error after the first text: the SDK raises in the middle of the loop."""
    content = ""
    try:
        for chunk in client().chat.completions.create(model=MODEL, messages=messages("Will this break off?"), stream=True):
            if chunk.choices:
                content += chunk.choices[0].delta.content or ""
    except openai.APIError as error:
        return {"content": content, "message": error.message, "code": error.code}
    raise AssertionError("the stream did not fail")


if __name__ == "__main__":
    scenarios = {
        function.__name__: function
        for function in (
            models, whole, stream, stream_without_usage, asynchronous, continued, cancelled, wrong_key, unknown_model,
            long_prompt, two_clients, failing, failing_stream,
        )
    }
    print(json.dumps(scenarios[sys.argv[1]](), ensure_ascii=True))
