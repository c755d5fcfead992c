"""Imports that the assignment does not allow are found wherever they are written."""

from __future__ import annotations

import pytest

from grader.notebooks.sources import all_sources_of, forbidden_imports

ALLOWED = frozenset({"numpy", "matplotlib", "mlp", "layers", "digits"})


@pytest.mark.parametrize(
    "source",
    [
        "import torch",
        "import torch.nn as nn",
        "from torch import nn",
        "try:\n    import torch\nexcept ImportError:\n    pass",
        "torch = __import__('torch')",
        "import importlib\nimportlib.import_module('torch.nn')",
        "%matplotlib inline\n!pip install torch\nimport torch",
        "def f(:\n    pass\nimport torch",
    ],
)
def test_a_forbidden_library_is_found(source: str) -> None:
    assert forbidden_imports([("code cell 1", source)], [], allowed=ALLOWED) == ["torch (code cell 1)"]


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np, matplotlib.pyplot as plt, time",
        "from mlp import *\nfrom layers import leaky_relu\nfrom digits import get_digits",
        "from IPython.display import HTML",
        "from tqdm.notebook import tqdm\nimport progressbar",
        "from google.colab import drive",
        "from ipywidgets import interact",
        "import imp, cPickle, urllib2",
        "import my_plots",
        "from . import my_plots",
        "from .torch import nn",
        "text = 'import torch'",
        "%%bash\nimport torch",
        "# import torch",
    ],
)
def test_what_is_allowed_is_not_complained_about(source: str) -> None:
    assert forbidden_imports([("code cell 1", source)], ["my_plots.py"], allowed=ALLOWED) == []


def test_each_library_is_named_once() -> None:
    assert forbidden_imports([("a", "import torch"), ("b", "import torch, pandas")], [], allowed=ALLOWED) == [
        "torch (a)",
        "pandas (b)",
    ]


def test_modules_and_code_cells_of_notebooks_are_sources() -> None:
    cells = b'[{"cell_type": "markdown", "source": "# A"}, {"cell_type": "code", "source": "import torch"}]'
    files = {"mlp.py": b"import numpy", "b.ipynb": b'{"nbformat": 4, "cells": ' + cells + b"}"}
    assert all_sources_of(files) == [("mlp.py", "import numpy"), ("code cell 1 of b.ipynb", "import torch")]
