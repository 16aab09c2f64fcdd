"""What the loaders of all trainers have in common: their packages without what they train with."""

import importlib.machinery
import importlib.util
import json
import logging
import os
import pathlib
import sys
import types

# Nothing is fetched and nothing is left behind.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["TQDM_DISABLE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"


class Anything(type):
    """A class of which every attribute is another one."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (), {})


class Absent(types.ModuleType):
    """A module that is not installed; whatever is imported from it is a class that does nothing."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (), {})


class Finder:
    """Finds modules of these packages, which are not there."""

    def __init__(self, packages):
        self.packages = packages

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return Absent(spec.name)

    def exec_module(self, module):
        pass


def without(*packages):
    """These packages are not there, and nobody notices."""
    sys.meta_path.insert(0, Finder(packages))


def bare(name):
    """A package whose own beginning is not run: it would load all of the trainer."""
    spec = importlib.util.find_spec(name) if "." not in name else None
    if spec is None:
        parent, _, last = name.rpartition(".")
        places = [str(pathlib.Path(place) / last) for place in sys.modules[parent].__path__]
    else:
        places = list(spec.submodule_search_locations)
    module = types.ModuleType(name)
    module.__path__ = places
    sys.modules[name] = module
    return module


class Complaints(logging.Handler):
    """Everything that was worth a warning."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.said = []

    def emit(self, record):
        self.said.append(record.getMessage())


def listen(*names):
    complaints = Complaints()
    for name in names:
        logging.getLogger(name).addHandler(complaints)
    return complaints


def rows(folder, file):
    with open(pathlib.Path(folder) / file, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tell(**what):
    """The answer to whoever asked."""
    print(json.dumps(what, ensure_ascii=False))
