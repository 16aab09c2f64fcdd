"""TRL's own way from rows to text: `trl_data.py FOLDER FILE`.

The rows are read by `datasets`, as its trainers do, and go through the chat template that TRL has for Qwen 3. Says how
many rows came, how many came through, what was complained of, and the texts.
"""

import sys

import loading

loading.without("transformers", "torch", "accelerate", "peft")
loading.bare("trl")

import pathlib  # noqa: E402

from datasets import load_dataset  # noqa: E402
from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: E402
from trl.data_utils import apply_chat_template, is_conversational, prepare_multimodal_messages  # noqa: E402


class Templated:
    """A tokenizer that does nothing but write the conversation down, as those of transformers do."""

    def __init__(self):
        place = pathlib.Path(sys.modules["trl"].__path__[0]) / "chat_templates" / "qwen3.jinja"
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.filters["tojson"] = lambda value, **_: loading.json.dumps(value, ensure_ascii=False)
        environment.globals["raise_exception"] = complain
        self.template = environment.from_string(place.read_text(encoding="utf-8"))

    def apply_chat_template(
        self, conversation, tools=None, tokenize=False, add_generation_prompt=False, continue_final_message=False, **more
    ):
        return self.template.render(
            messages=conversation, tools=tools, add_generation_prompt=add_generation_prompt, **more
        )


def complain(text):
    raise ValueError(text)


def main(folder, file):
    complaints = loading.listen("datasets", "trl")
    path = f"{folder}/{file}"
    kind = "parquet" if path.endswith("parquet") else "json"
    data = load_dataset(kind, data_files=[path], split="train", cache_dir=f"{folder}/.cache")
    tokenizer, texts = Templated(), []
    for row in data:
        assert is_conversational(row), row
        row = {key: value for key, value in row.items() if value is not None and key not in ["id", "meta"]}
        images = row.pop("images", None) or []
        # As `SFTTrainer` and `DPOTrainer` read a column of text.
        tools = loading.json.loads(row.pop("tools", "[]"))
        turns = row.get("messages") or row["prompt"]
        prepare_multimodal_messages([dict(turn) for turn in turns], images)
        texts.append(apply_chat_template(row, tokenizer, tools))
    loading.tell(rows=len(data), through=len(texts), complaints=complaints.said, texts=texts)


main(*sys.argv[1:])
