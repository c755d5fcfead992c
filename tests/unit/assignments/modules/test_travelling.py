"""What lies inside where no class is wrong: nothing that computes what the homework asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from grader.assignments import find
from grader.assignments.modules.loading import CLASSES
from grader.assignments.modules.main import probe
from grader.assignments.modules.main.files import SOLVED
from grader.model import Limits
from grader.sandbox.payload import payload

INSIDE = find("modules").inside
# what the activations, the softmax, the criterion and its clamp are written with
TELLING = frozenset({"exp", "expm1", "log", "log1p", "log2", "logaddexp", "clip", "softmax", "tanh", "expit", "xlogy"})
LIBRARIES = frozenset({"np", "numpy", "math", "scipy", "functions"})


def solving(name: str, source: str) -> Iterator[str]:
    """Yield what in a source of ours is a class of the homework, or a function that one is written with."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name in CLASSES:
            yield f"{name}: class {node.name}"
        called = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in LIBRARIES
        words = [node.attr] if isinstance(node, ast.Attribute) and called else []
        words += [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        yield from (f"{name}: {word}" for word in words if word in TELLING)


def sent() -> Mapping[str, str]:
    """Return the sources of ours that every lane gets, by path."""
    return {name: content.decode() for name, content in INSIDE.ours.items()}


def test_no_lane_gets_anything_that_solves_the_homework() -> None:
    assert len(sent()) > 10
    assert [each for name, source in sent().items() for each in solving(name, source)] == []


def test_the_solved_modules_would_be_found() -> None:
    found = list(solving("solved", SOLVED.read_text(encoding="utf-8")))
    assert len([each for each in found if "class" in each]) == len(CLASSES)
    assert {"solved: expm1", "solved: logaddexp", "solved: clip"} <= set(found)


def test_neither_closed_forms_nor_solved_modules_are_in_the_message() -> None:
    message = payload(INSIDE, {}, Limits(), folder="")
    assert [
        name for name in ("grader/functions.py", "solved/modules.py", "closed_forms") if name.encode() in message
    ] == []


class Noting:
    """Notes what is laid and asked when a notebook is opened."""

    def __init__(self) -> None:
        self.said = b""

    def open(self, files: Mapping[str, bytes], watch: Any) -> None:
        texts = [value for value in watch.values() if isinstance(value, str)]
        self.said = b"".join([*files.values(), *map(str.encode, texts)])


@pytest.mark.parametrize(("wrong", "there"), [([], False), (["SoftPlus"], True)])
def test_solved_modules_are_sent_only_where_a_class_is_wrong(wrong: list[str], there: bool) -> None:
    running: Any = Noting()
    probe._open(running, b"digits", {"HW3_Modules.ipynb": b"theirs"}, 100, wrong, {}, seed=1)
    assert (b"class ClassNLLCriterion" in running.said) is there
    assert b"theirs" in running.said
