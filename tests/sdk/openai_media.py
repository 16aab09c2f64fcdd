"""Pictures and sound through the official OpenAI Python SDK, unmodified, against a running Postern.

Usage: python openai_media.py SCENARIO, with OPENAI_BASE_URL and OPENAI_API_KEY as the SDK reads them, and
POSTERN_PICTURE for the address of a picture. A scenario prints one JSON object about what it saw; the test
that started it compares that with what the site received.
"""

import base64
import hashlib
import io
import json
import os
import sys
import wave

import openai

from openai_sdk import MODEL, client

SPEAKER = "gemini-2.5-flash-preview-tts"
PAINTER = "gemini-2.5-flash-image"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def look(*pictures: str) -> str:
    content = [{"type": "text", "text": "What is on them?"}]
    content += [{"type": "image_url", "image_url": {"url": url}} for url in pictures]
    answer = client().chat.completions.create(model=MODEL, messages=[{"role": "user", "content": content}])
    return answer.choices[0].message.content


def vision() -> dict:
    """One picture in the request itself, and one that is to be fetched."""
    dot = base64.b64encode(b"\x89PNG\r\n\x1a\n a picture of this test").decode()
    return {"content": look(f"data:image/png;base64,{dot}", os.environ["POSTERN_PICTURE"])}


def refused(*pictures: str) -> dict:
    try:
        look(*pictures)
    except openai.BadRequestError as error:
        return {"param": error.param, "message": error.message}
    raise AssertionError("the request did not fail")


def strange_host() -> dict:
    """The same server under a name that the settings do not allow."""
    return refused(os.environ["POSTERN_PICTURE"].replace("127.0.0.1", "localhost"))


def strange_kind() -> dict:
    """Something that says it is a picture and is not."""
    return refused("data:image/png;base64," + base64.b64encode(b"PK\x03\x04\x14\0\0\0").decode())


def speech() -> dict:
    """The whole sound as a file, and its samples as they come."""
    said = {"model": SPEAKER, "voice": "Puck", "input": "Good morning!"}
    whole = client().audio.speech.create(**said, response_format="wav")
    with wave.open(io.BytesIO(whole.content)) as sound:
        shape = [sound.getnchannels(), sound.getsampwidth(), sound.getframerate()]
        samples = sound.readframes(sound.getnframes())
    with client().audio.speech.with_streaming_response.create(**said, response_format="pcm") as answer:
        bare = b"".join(answer.iter_bytes())
    return {"shape": shape, "samples": sha256(samples), "bare": sha256(bare), "type": whole.response.headers["content-type"]}


def images() -> dict:
    drawn = client().images.generate(model=PAINTER, prompt="A blue square", n=2, size="1536x1024")
    linked = client().images.generate(model=PAINTER, prompt="Another one", response_format="url")
    return {
        "pictures": [picture.b64_json for picture in drawn.data],
        "link": linked.data[0].url,
        "usage": drawn.usage.total_tokens,
    }


if __name__ == "__main__":
    scenarios = {function.__name__: function for function in (vision, strange_host, strange_kind, speech, images)}
    print(json.dumps(scenarios[sys.argv[1]](), ensure_ascii=True))
