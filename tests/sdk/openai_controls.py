"""Controls of a model through the official OpenAI Python SDK, unmodified, against a running Postern.

Usage: python openai_controls.py each, with OPENAI_BASE_URL and OPENAI_API_KEY as the SDK reads them, and in
POSTERN_ASKS a JSON list of what `chat.completions.create` is called with, call by call. It prints one JSON list
about what was answered; the test that started it compares what the site received. A request that fails ends in
a traceback and exit code 1.
"""

import json
import os
import sys

from openai_sdk import MODEL, client

QUESTION = [{"role": "user", "content": "Hi"}]


def each() -> list[dict]:
    """Every request in turn, and what its answer says about it beside the answer."""
    create = client().chat.completions.with_raw_response.create
    seen = []
    for ask in json.loads(os.environ["POSTERN_ASKS"]):
        answer = create(**{"model": MODEL, "messages": QUESTION, **ask})
        read = answer.parse()
        if ask.get("stream"):
            assert list(read), "an empty stream"
        header = {name: answer.headers.get(f"x-postern-{name}") for name in ("warnings", "ignored", "tools")}
        seen.append({"status": answer.status_code, **header})
    return seen


if __name__ == "__main__":
    print(json.dumps({"each": each}[sys.argv[1]](), ensure_ascii=True))
