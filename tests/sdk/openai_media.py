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

from openai_sdk import MODEL, client, collect

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


def content_of(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


def told(delta, name: str) -> list:
    """What the SDK has no name for and hands over as it came."""
    return (delta.model_extra or {}).get(name) or []


def drawn() -> dict:
    """Pictures in an answer of a chat, whole and in chunks."""
    ask = {"model": PAINTER, "messages": content_of("Draw a blue square"), "modalities": ["text", "image"]}
    message = client().chat.completions.create(**ask).choices[0].message
    deltas = [chunk.choices[0].delta for chunk in client().chat.completions.create(**ask, stream=True)]
    return {
        "content": message.content,
        "urls": [picture["image_url"]["url"] for picture in told(message, "images")],
        "streamed": "".join(delta.content or "" for delta in deltas),
        "streamed_urls": [picture["image_url"]["url"] for delta in deltas for picture in told(delta, "images")],
    }


def spoken() -> dict:
    """Speech in an answer of a chat: a file, and samples in chunks."""
    ask = {"model": SPEAKER, "messages": content_of("Good evening!"), "modalities": ["text", "audio"]}
    message = client().chat.completions.create(**ask, audio={"voice": "Kore", "format": "wav"}).choices[0].message
    with wave.open(io.BytesIO(base64.b64decode(message.audio.data))) as sound:
        samples = sound.readframes(sound.getnframes())
    stream = client().chat.completions.create(**ask, audio={"voice": "Kore", "format": "pcm16"}, stream=True)
    pieces = [chunk.choices[0].delta.audio for chunk in stream]
    bare = b"".join(base64.b64decode(piece.data) for piece in pieces if piece)
    return {"samples": sha256(samples), "bare": sha256(bare), "content": message.content}


def silent() -> dict:
    """Thoughts that the client does not want to see, whole and in chunks."""
    ask = {"model": MODEL, "messages": content_of("How far?")}
    ask["extra_body"] = {"google": {"thinking_config": {"include_thoughts": False}}}
    answer = client().chat.completions.create(**ask)
    streamed = collect(client().chat.completions.create(**ask, stream=True))
    return {
        "content": [answer.choices[0].message.content, streamed["content"]],
        "thoughts": [told(answer.choices[0].message, "reasoning_content"), streamed["reasoning"]],
        "counted": answer.usage.completion_tokens_details.reasoning_tokens,
    }


def computed() -> dict:
    """Code that the provider runs, with what it printed."""
    tools = [{"type": "code_interpreter", "container": {"type": "auto"}}]
    answer = client().chat.completions.create(model=MODEL, messages=content_of("6 times 7?"), tools=tools)
    return {"content": answer.choices[0].message.content}


def cited() -> dict:
    """What an answer rests on, as the provider says it."""
    tools = [{"google_search": {}}]
    answer = client().chat.completions.create(model=MODEL, messages=content_of("Rain?"), tools=tools)
    return {"citations": told(answer.choices[0].message, "citations")}


def unable() -> dict:
    """Speech and pictures of a model that makes neither."""

    def why(ask) -> dict:
        try:
            ask()
        except openai.BadRequestError as error:
            return {"param": error.param, "message": error.message}
        raise AssertionError("the request did not fail")

    api = client()
    return {
        "speech": why(lambda: api.audio.speech.create(model=MODEL, voice="Kore", input="Hello")),
        "images": why(lambda: api.images.generate(model=MODEL, prompt="A blue square")),
        "chat": why(
            lambda: api.chat.completions.create(model=MODEL, messages=content_of("Hi"), modalities=["text", "audio"])
        ),
    }


SCENARIOS = (
    vision, strange_host, strange_kind, speech, images, drawn, spoken, silent, computed, cited, unable,
)

if __name__ == "__main__":
    scenarios = {function.__name__: function for function in SCENARIOS}
    print(json.dumps(scenarios[sys.argv[1]](), ensure_ascii=True))
