"""The same round through the official Gemini SDK (see matrix_openai.py)."""

import json
import os
import sys

import httpx2
from google import genai
from google.genai import errors, types

MODEL = os.environ["POSTERN_MODEL"]
SYSTEM = "You answer in one short sentence."
WEATHER = "How is the weather in Tromsø and Rome, and what time is it?"
TOOLS = [
    types.Tool(
        function_declarations=[
            types.FunctionDeclaration(
                name="get_weather",
                description="The weather of a city.",
                parameters_json_schema={
                    "type": "object",
                    "properties": {"city": {"type": "string"}, "days": {"type": ["integer", "null"], "minimum": 1}},
                    "required": ["city"],
                    "additionalProperties": False,
                },
            ),
            types.FunctionDeclaration(name="now", description="The time."),
        ]
    )
]
RESULTS = {"get_weather": {"sky": "rain"}, "now": {"result": "noon"}}

api = genai.Client(
    api_key=os.environ["GEMINI_API_KEY"],
    http_options=types.HttpOptions(base_url=os.environ["GOOGLE_GEMINI_BASE_URL"], timeout=60_000),
)


def config(**more) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(
        system_instruction=SYSTEM,
        thinking_config=types.ThinkingConfig(include_thoughts=True),
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        **more,
    )


def user(*parts) -> types.Content:
    return types.Content(role="user", parts=list(parts))


def folded(answers) -> tuple[dict, types.Content]:
    """What was seen, and what to send back: every part as it came."""
    parts, finish, usage = [], None, None
    for answer in answers:
        usage = answer.usage_metadata or usage
        for candidate in answer.candidates or []:
            parts += (candidate.content.parts if candidate.content else None) or []
            finish = candidate.finish_reason or finish
    seen = {
        "text": "".join(part.text for part in parts if part.text and not part.thought),
        "thoughts": "".join(part.text for part in parts if part.text and part.thought),
        "calls": [[part.function_call.name, part.function_call.args or {}] for part in parts if part.function_call],
        "finish": finish.value if finish else None,
        "usage": [usage.prompt_token_count, (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)],
    }
    return seen, types.Content(role="model", parts=[part for part in parts if part.text or part.function_call])


def whole(said, **more):
    return folded([api.models.generate_content(model=MODEL, contents=said, config=config(**more))])


def streamed(said, **more):
    return folded(api.models.generate_content_stream(model=MODEL, contents=said, config=config(**more)))


def tools(ask) -> list[dict]:
    said = [user(types.Part(text=WEATHER))]
    first, back = ask(said, tools=TOOLS)
    calls = [part.function_call for part in back.parts if part.function_call]
    results = [
        types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response=RESULTS[call.name]))
        for call in calls
    ]
    second, _ = ask([*said, back, user(*results)], tools=TOOLS)
    return [first, second]


def chat() -> dict:
    return {
        "whole": whole("How are you?", temperature=0.4, stop_sequences=["END"], max_output_tokens=3000)[0],
        "streamed": streamed("And streamed?")[0],
        "tools": tools(whole),
        "tools_streamed": tools(streamed),
    }


def failing() -> dict:
    try:
        whole("Will this fail?")
    except errors.APIError as error:
        return {"class": type(error).__name__, "status": error.code, "kind": error.status, "message": error.message}
    raise AssertionError("the request did not fail")


def failing_stream() -> dict:
    text = ""
    try:
        for answer in api.models.generate_content_stream(model=MODEL, contents="Will this break off?"):
            text += answer.text or ""
    except errors.APIError as error:
        return {"text": text, "message": error.message}
    except httpx2.RemoteProtocolError as error:  # Of a connection that breaks this SDK hands on what its HTTP client raises.
        return {"text": text, "message": f"{type(error).__name__}: {error}"}
    raise AssertionError("the stream did not fail")


def models() -> dict:
    return {"models": [model.name for model in api.models.list()]}


def count() -> dict:
    return {"tokens": api.models.count_tokens(model=MODEL, contents="How many are these?").total_tokens}


def embeddings() -> dict:
    answer = api.models.embed_content(model=MODEL, contents=["four", "é"])
    return {"vectors": [row.values for row in answer.embeddings]}


if __name__ == "__main__":
    scenarios = {function.__name__: function for function in (chat, failing, failing_stream, models, count, embeddings)}
    print(json.dumps(scenarios[sys.argv[1]](), ensure_ascii=True))
