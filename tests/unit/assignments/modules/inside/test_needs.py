"""What of a file its classes need, wherever it stands."""

from __future__ import annotations

import ast

import pytest

from grader.assignments.modules.inside.needs import needed_places

SOFTMAX = """
class SoftMax(Module):
    size = default()

    def updateOutput(self, input):
        shifted = st.shift(np.exp(input)) + TABLE[0] + helper(input)
        return [each for each in shifted if each > limit]
"""


def needed(*cells: str) -> list[str]:
    """Return the statements, as they are written, that SoftMax needs."""
    bodies = [(f"cell {number}", ast.parse(cell).body) for number, cell in enumerate(cells, start=1)]
    places = needed_places(bodies, ["SoftMax"])
    return [ast.unparse(each) for name, body in bodies for index, each in enumerate(body) if (name, index) in places]


@pytest.mark.parametrize(
    "statement",
    [
        "import numpy as np",
        "import scipy.stats as st",
        "from somewhere import *",
        "from scipy import stats as st, optimize",
        "try:\n    import scipy.stats as st\nexcept ImportError:\n    st = None",
        "with np.errstate(all='ignore'):\n    import scipy.stats as st",
        "helper = lambda x: x",
        "TABLE = np.load('table.npy')",
        "class Module:\n    pass",
        "limit: float = 3",
        "SoftMax.extra = 1",
        "setattr(SoftMax, 'extra', 1)",
        "SoftMax.register()",
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_what_a_class_looks_up_is_needed_before_and_behind_it(statement: str, *, before: bool) -> None:
    cells = (statement, SOFTMAX) if before else (SOFTMAX, f"print(1)\n{statement}")
    assert ast.unparse(ast.parse(statement)) in needed(*cells)


@pytest.mark.parametrize(
    "statement",
    [
        "import pandas as pd",
        "print(SoftMax())",
        "np.random.seed(1)",
        "net = SoftMax()",
        "input = np.random.rand(3)",
        "check_gradient(SoftMax)",
        "for each in range(3):\n    SoftMax().updateOutput(each)",
        "def train(net):\n    return helper(net)",
    ],
)
def test_experiments_are_not_needed(statement: str) -> None:
    assert ast.unparse(ast.parse(statement)) not in needed("import numpy as np", SOFTMAX, statement)


@pytest.mark.parametrize(
    "statement",
    ["TABLE[0] = 3", "TABLE.append(3)", "fill(TABLE)", "for each in range(3):\n    TABLE[each] = each", "TABLE += [1]"],
)
def test_what_fills_a_table_is_needed(statement: str) -> None:
    assert ast.unparse(ast.parse(statement)) in needed("TABLE = []", SOFTMAX, statement)


def test_what_a_helper_of_a_helper_looks_up_is_needed() -> None:
    cells = ("import slow as sl", "def deep(x):\n    return sl.f(x)", "def helper(x):\n    return deep(x)", SOFTMAX)
    assert "import slow as sl" in needed(*cells)


def test_a_call_of_a_function_that_sets_a_name_is_needed() -> None:
    setting = "def prepare():\n    global limit\n    limit = 3"
    assert needed(setting, "prepare()", SOFTMAX)[:2] == [setting, "prepare()"]
