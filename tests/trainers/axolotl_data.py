"""axolotl's own strategy for chat templates on rows: `axolotl_data.py FOLDER FILE`.

The rows are read by `datasets`, as axolotl does, and go through its template of Qwen 3 with `message_field_training: train`.
Says how many rows came, how many came through with all that is to be learned of them and nothing else, and what is learned.
"""

import re
import sys
import types

import loading

loading.without("transformers", "torch", "pydantic", "addict")
for package in ["axolotl", "axolotl.utils", "axolotl.utils.schemas", "axolotl.prompt_strategies"]:
    loading.bare(package)

# What it has of its own that needs a machine to train on.
sys.modules["axolotl.utils.distributed"] = types.ModuleType("axolotl.utils.distributed")
sys.modules["axolotl.utils.distributed"].is_main_process = lambda: True
sys.modules["axolotl.utils.schemas.datasets"] = types.ModuleType("axolotl.utils.schemas.datasets")
sys.modules["axolotl.utils.schemas.datasets"].DatasetConfig = dict
# Colours of its console.
sys.modules["colorama"] = types.ModuleType("colorama")
sys.modules["colorama"].Fore = types.SimpleNamespace(CYAN="", RESET="")

from axolotl.prompt_strategies.chat_template import StrategyLoader  # noqa: E402
from datasets import load_dataset  # noqa: E402
from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: E402

EOS = "<|im_end|>"


class Letters:
    """A tokenizer of letters, which writes conversations down as those of transformers do."""

    eos_token, eos_token_id, name_or_path, is_fast, chat_template = EOS, 0x110000, "letters", True, None

    def __init__(self):
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.filters["tojson"] = lambda value, **_: loading.json.dumps(value, ensure_ascii=False)
        self.environment = environment

    def __call__(self, text, add_special_tokens=False, return_offsets_mapping=False):
        found = list(re.finditer(f"{re.escape(EOS)}|.", text, re.DOTALL))
        return {"input_ids": [self.number(one[0]) for one in found], "offset_mapping": [one.span() for one in found]}

    def number(self, token):
        return self.eos_token_id if token == EOS else ord(token)

    def encode(self, text, add_special_tokens=False):
        return self(text)["input_ids"]

    def decode(self, ids):
        return "".join(EOS if one == self.eos_token_id else chr(one) for one in ids)

    def apply_chat_template(self, conversation, chat_template, tokenize=True, return_dict=False, **more):
        text = self.environment.from_string(chat_template).render(messages=conversation, **more)
        return self.encode(text) if tokenize else text


class Settings(dict):
    """Its configuration: what is not set is nothing."""

    def __getattr__(self, name):
        return self.get(name)


def words(message):
    content = message.get("content") or ""
    if isinstance(content, str):
        assert not content.startswith("[{"), f"a list of parts came as a text: {content}"
        return content
    return "".join(part.get("text") or "" for part in content)


def main(folder, file):
    complaints = loading.listen("axolotl", "datasets")
    path = f"{folder}/{file}"
    kind = "parquet" if path.endswith("parquet") else "json"
    data = load_dataset(kind, data_files=[path], split="train", cache_dir=f"{folder}/.cache")
    tokenizer = Letters()
    strategy = StrategyLoader()(
        tokenizer,
        Settings(chat_template="qwen3", sequence_len=1 << 20, train_on_inputs=False),
        {"message_field_training": "train"},
    )
    learned = []
    for row in data:
        # In Parquet the messages of a row are one text.
        messages = loading.json.loads(row["messages"]) if isinstance(row["messages"], str) else row["messages"]
        answers = [message for message in messages if message["role"] == "assistant"]
        made = strategy.tokenize_prompt(row)
        said = tokenizer.decode([one for one in made["labels"] if one != -100])
        for message in answers:
            wanted = message.get("train") is not False
            assert not words(message) or (words(message) in said) == wanted, (row, said)
            # Templates forget thoughts of answers before the last question.
            for call in (message.get("tool_calls") or []) if wanted else []:
                assert f'"name": "{call["function"]["name"]}"' in said, (row, said)
        assert said.count(EOS) == sum(message.get("train") is not False for message in answers), (row, said)
        learned.append(said)
    loading.tell(rows=len(data), through=len(learned), complaints=complaints.said, learned=learned)


main(*sys.argv[1:])
