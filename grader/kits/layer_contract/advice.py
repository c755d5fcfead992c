"""What to do about an error in a class: by what it says, and by the names that the file really has."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.model import Finding, Verdict
from grader.suggestions import did_you_mean

# what is known of the names in a file: "names", "libraries" (name -> library), "attributes" (class -> names on self), and
# "imports" (name -> the module that it was to come from and that is not there, "*" for whatever name)
Written = Mapping[str, Any]

_UNREADABLE = "The class is written down, but Python cannot read its cell: "


def told(finding: Finding, seen: Mapping[str, Any]) -> Finding:
    """Return a finding with a hint about the error that its message tells of, where there is something to say of that."""
    if finding.verdict is not Verdict.FAILED:
        return finding
    hint = advice(finding.message, seen.get("written", {}))
    return replace(finding, hint=hint) if hint else finding


def advice(message: str, written: Written) -> str:
    """Return what to do about the error in a message, or nothing when there is none that says what is missing.

    >>> advice("forward ends in an error: NameError: name 'maks' is not defined", {"names": ["mask", "np"]})
    "Nothing is called maks where this runs; did you mean 'mask'?"
    """
    for pattern, say in _BY_TEXT:
        if found := re.search(pattern, message):
            return say(written, *found.groups())
    return ""


def _undefined(written: Written, name: str) -> str:
    if module := written.get("imports", {}).get(name):
        return _not_handed_in(name, module)
    for alias, library in written.get("libraries", {}).items():
        if library == name and alias != name:
            return f"{name} is imported under another name: write {alias} where it says {name}."
    if any(name in names for names in written.get("attributes", {}).values()):
        return f"Nothing is called {name} where this runs. What a method keeps for another one is an attribute: self.{name}."
    if name in written.get("names", ()):
        return (
            f"{name} is made further down, or in a cell that was not run before: make it above the line that needs it."
        )
    if module := written.get("imports", {}).get("*"):
        return _not_handed_in(name, module)
    # of what Python itself has, any word is half like something
    guess = did_you_mean(name, written.get("names", ())) or did_you_mean(name, dir(builtins), cutoff=0.75)
    return f"Nothing is called {name} where this runs{guess or ': define or import it in this file.'}"


def _not_handed_in(name: str, module: str) -> str:
    return (
        f"{name} was to come from {module}, which is not there: hand in that file as well, or write {name} in this one."
    )


def _no_attribute(written: Written, kind: str, name: str) -> str:
    attributes = written.get("attributes", {})
    if kind not in attributes:
        return ""
    known = {each for names in attributes.values() for each in names}
    if name in attributes[kind]:
        return f"self.{name} is used before the method that sets it has run: give it a value in __init__."
    guess = did_you_mean(name, known)
    return f"No method of {kind} sets self.{name}{guess or ': give it a value in __init__, or where it is computed.'}"


def _no_member(_written: Written, library: str, name: str) -> str:
    guess = did_you_mean(name, dir(np)) if library == "numpy" else ""
    return f"{library} has nothing that is called {name}{guess or '.'}"


def _missing_arguments(_written: Written, method: str, names: str) -> str:
    which, own = names.replace("'", ""), method.rpartition(".")[2]
    if own == "__init__":
        return f"The class is made with the arguments that the assignment names, and no others: give {which} a default value."
    return f"{own} is called with the arguments that the assignment names, and no others: leave {which} out."


def _too_many_arguments(_written: Written, method: str) -> str:
    return f"{method.rpartition('.')[2]} gets self first, then the arguments that the assignment names: compare its `def` line."


def _no_library(_written: Written, name: str) -> str:
    return f"{name} is not there when this is graded: do without it, or hand in the file that it is in."


def _indentation(_written: Written) -> str:
    return f"{_UNREADABLE}compare the spaces at the beginning of this line with those of the lines around it."


def _old_print(_written: Written) -> str:
    return f"{_UNREADABLE}`print x` is Python 2, write `print(x)`."


def _syntax(_written: Written) -> str:
    return f"{_UNREADABLE}look at this line and at the end of the one before, for a bracket, a colon or a comma."


_Say = Callable[..., str]
_BY_TEXT: Iterable[tuple[str, _Say]] = (
    (r"NameError: name '(\w+)' is not defined", _undefined),
    (r"AttributeError: '(\w+)' object has no attribute '(\w+)'", _no_attribute),
    (r"AttributeError: module '([\w.]+)' has no attribute '(\w+)'", _no_member),
    (r"TypeError: ([\w.]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: ('\w+'(?:,? and '\w+'|, '\w+')*)",
     _missing_arguments),
    (r"TypeError: ([\w.]+)\(\) takes .+ positional arguments? but \d+ (?:was|were) given", _too_many_arguments),
    (r"ModuleNotFoundError: No module named '([\w.]+)'", _no_library),
    (r"Missing parentheses in call to 'print'", _old_print),
    (r"(?:IndentationError|TabError)", _indentation),
    (r"SyntaxError", _syntax),
)  # fmt: skip
