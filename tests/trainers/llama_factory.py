"""LLaMA-Factory's own way from files to tokens: `llama_factory.py FOLDER sft|dpo|kto TEMPLATE…`.

Says how many rows there were, how many came through in every template, what was complained of, and the text of the
first template with what is learned of it.
"""

import sys
from types import SimpleNamespace

import loading

loading.without("torch", "torchaudio", "torchdata", "transformers", "peft", "av", "trl", "omegaconf")
for package in ["llamafactory", "llamafactory.extras", "llamafactory.data", "llamafactory.data.processor"]:
    loading.bare(package)

from datasets import load_dataset  # noqa: E402
from llamafactory.data.converter import align_dataset  # noqa: E402
from llamafactory.data.parser import get_dataset_list  # noqa: E402
from llamafactory.data.processor.feedback import FeedbackDatasetProcessor  # noqa: E402
from llamafactory.data.processor.pairwise import PairwiseDatasetProcessor  # noqa: E402
from llamafactory.data.processor.supervised import SupervisedDatasetProcessor  # noqa: E402
from llamafactory.data.template import TEMPLATES  # noqa: E402

PROCESSORS = {
    "sft": SupervisedDatasetProcessor,
    "dpo": PairwiseDatasetProcessor,
    "kto": FeedbackDatasetProcessor,
}


class Bytes:
    """A tokenizer of bytes."""

    eos_token, eos_token_id, bos_token, bos_token_id, pad_token_id = "<eos>", 256, "<bos>", 257, 258

    def encode(self, text, add_special_tokens=False):
        return list(text.encode())

    def convert_tokens_to_ids(self, token):
        return 259

    def decode(self, ids):
        return bytes(one for one in ids if 0 <= one < 256).decode(errors="replace")


def main(folder, stage, *templates):
    complaints = loading.listen("llamafactory", "datasets")
    with open(f"{folder}/dataset_info.json", encoding="utf-8") as file:
        name = next(iter(loading.json.load(file)))
    (attr,) = get_dataset_list([name], folder)
    file = f"{folder}/{attr.dataset_name}"
    kind = "parquet" if file.endswith("parquet") else "json"
    data = load_dataset(kind, data_files=[file], split="train", cache_dir=f"{folder}/.cache")
    data_args = SimpleNamespace(
        media_dir=folder, streaming=False, preprocessing_num_workers=None, overwrite_cache=True,
        mask_history=False, train_on_prompt=False, cutoff_len=1 << 20,
    )
    aligned = align_dataset(data, attr, data_args, SimpleNamespace(local_process_index=0))
    through, texts = {}, []
    for template in templates:
        processor = PROCESSORS[stage](TEMPLATES[template], Bytes(), Plain(), data_args)
        batch = {name: aligned[name] for name in aligned.column_names}
        # Whether marks and files agree is looked at by the plugins of models that see; the others look away.
        for prompt, response, images, videos, audios in zip(
            batch["_prompt"], batch["_response"], batch["_images"], batch["_videos"], batch["_audios"]
        ):
            for answer in response:
                TEMPLATES["qwen2_vl"].mm_plugin._validate_messages(
                    [*prompt, answer], images or [], videos or [], audios or []
                )
        without_files = {key: [None] * len(aligned) for key in ["_images", "_videos", "_audios"]}
        inputs = processor.preprocess_dataset({**batch, **without_files})
        columns = {"sft": "input_ids", "dpo": "chosen_input_ids", "kto": "input_ids"}
        through[template] = len(inputs[columns[stage]])
        if not texts:
            texts = [Bytes().decode(ids) for ids in inputs[columns[stage]]]
    loading.tell(rows=len(data), through=through, complaints=complaints.said, texts=texts)


class Plain:
    """No processor of pictures."""


main(*sys.argv[1:])
