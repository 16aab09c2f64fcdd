"""A data set as `datasets` finds it by its card: `card.py FOLDER`. Says how many rows the card's files have."""

import sys

import loading

from datasets import load_dataset


def main(folder):
    complaints = loading.listen("datasets")
    data = load_dataset(folder, cache_dir=f"{folder}/.cache")
    count = sum(len(part) for part in data.values())
    loading.tell(rows=count, through=count, complaints=complaints.said)


main(*sys.argv[1:])
