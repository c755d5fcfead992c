"""Python texts are parsed one at a time, whoever asks."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader import parsing
from grader.parsing import TooMuch, parse, parses, too_much

# carried into the sandbox, where one thread parses at a time
INSIDE = {"inside", "worker"}


def test_texts_are_parsed_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[str] = []
    most: list[int] = []

    def slowly(source: str, _name: str) -> ast.Module:
        inside.append(source)
        time.sleep(0.01)
        most.append(len(inside))
        inside.remove(source)
        return ast.Module([], [])

    monkeypatch.setattr(ast, "parse", slowly)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(parse, "abcdefgh"))
    assert most == [1] * 8


def test_what_is_no_python_is_a_syntax_error_that_names_the_text() -> None:
    with pytest.raises(SyntaxError, match=r"mlp\.py"):
        parse("def", "mlp.py")


def test_nothing_outside_of_the_sandbox_parses_past_it(root: Path) -> None:
    # what repairs Python 2 is a process of its own, with one thread
    child = root / "grader/repairing/child.py"
    files = [path for path in (root / "grader").rglob("*.py") if not INSIDE & set(path.parts) and path != child]
    assert [path.name for path in files if "ast.parse(" in path.read_text(encoding="utf-8")] == ["parsing.py"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('s = f"' + "{x}" * 40_000 + '"', "an f-string with too many fields"),
        ("x = f'''\n" + "{x}\n" * 40_000 + "'''", "an f-string with too many fields"),
        ("f()\n" * 110_000, "characters of code"),
        ("x = [" + "'a'," * 110_000 + "]", "characters of code"),
        ("x = 1\n" + "#" * 1_000_000, "more than 1000000 characters"),
    ],
)
def test_what_would_take_long_is_refused_and_says_why(source: str, words: str) -> None:
    with pytest.raises(TooMuch, match=words):
        parse(source)
    assert not parses(source)


@pytest.mark.parametrize(
    "source",
    [
        "x = '" + "a" * 900_000 + "'",
        'x = """' + "{x}" * 300_000 + '"""',
        "# " + "words " * 100_000 + "\nx = f'{x}'",
        "x = f'{x} {y}'\n" * 10_000,
    ],
)
def test_long_texts_within_a_program_are_no_obstacle(source: str) -> None:
    assert too_much(source) == ""


def test_who_watches_is_told_of_each_text_that_is_not_short_and_what_is_refused_is_not_parsed() -> None:
    told: list[str] = []

    @contextmanager
    def around(digest: str) -> Iterator[None]:
        told.append(digest)
        yield

    long = "x = 1\n" * 1000
    parsing.watch(around)
    try:
        parse("x = 1")
        assert told == []
        parse(long)
        (digest,) = told
        parsing.watch(around, [digest])
        with pytest.raises(TooMuch, match="takes too long"):
            parse(long)
    finally:
        parsing.watch(None)
    assert told == [digest]
