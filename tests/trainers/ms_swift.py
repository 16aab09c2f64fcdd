"""ms-swift's own preprocessor on rows: `ms_swift.py FOLDER FILE`.

Strict: what it would leave out is an error. Says how many rows came, how many came through, and the messages as its
templates get them.
"""

import contextlib
import logging
import sys
import types

import loading

loading.without("transformers", "torch", "PIL", "modelscope", "peft", "accelerate")
for package in ["swift", "swift.dataset", "swift.dataset.preprocessor", "swift.template"]:
    loading.bare(package)

# What it has of its own that needs a machine to train on.
utils = types.ModuleType("swift.utils")
utils.TOOL_KEYS = ["tools", "rejected_tools", "positive_tools", "negative_tools"]
utils.get_logger = lambda: logging.getLogger("swift")
utils.is_dist = lambda: False
utils.is_master = lambda: True
utils.remove_arrow_padding = lambda value: value
utils.safe_ddp_context = lambda *_: contextlib.nullcontext()
sys.modules["swift.utils"] = utils

from swift.template import template_inputs  # noqa: E402

template = sys.modules["swift.template"]
template.history_to_messages = template.Template = None
template.MaxLengthError = type("MaxLengthError", (Exception,), {})
sys.modules["swift.dataset.utils"] = types.ModuleType("swift.dataset.utils")
sys.modules["swift.dataset.utils"].sample_dataset = None
from datasets import load_dataset  # noqa: E402
from swift.dataset.preprocessor.core import AutoPreprocessor  # noqa: E402


def main(folder, file):
    complaints = loading.listen("swift", "datasets")
    path = f"{folder}/{file}"
    kind = "parquet" if path.endswith("parquet") else "json"
    data = load_dataset(kind, data_files=[path], split="train", cache_dir=f"{folder}/.cache")
    made = AutoPreprocessor()(data, num_proc=None, load_from_cache_file=False, strict=True, enable_auto_mapping=True)
    seen = []
    for row in made:
        row = {key: value for key, value in row.items() if value is not None}
        if "positive_messages" in row:
            seen.append(row)
            continue
        ready = template_inputs.StdTemplateInputs.from_dict({**row, "images": [one["path"] for one in row.get("images", [])]})
        marks = sum(message["content"].count("<image>") for message in ready.messages)
        assert marks == len(ready.images), row
        seen.append({"system": ready.system, "messages": ready.messages, "tools": ready.tools})
    loading.tell(rows=len(data), through=len(seen), complaints=complaints.said, seen=seen)


main(*sys.argv[1:])
