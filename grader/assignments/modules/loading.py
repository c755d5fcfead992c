"""Loading the module notebook: which of the files it is, what of its cells is Python, and what came of running them."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.model import ProblemKind
from grader.notebooks.reading import read
from grader.parsing import parses
from grader.plain import plain_problem
from grader.sandbox import Session
from grader.sandbox import operations as ask
from grader.sandbox.operations import Operation, plugged

FILE = "HW3_Modules.ipynb"
# the classes that students write, by the probe that asks for each
CLASS_OF = {
    "sequential": "Sequential",
    "linear": "Linear",
    "softmax": "SoftMax",
    "batch_mean_subtraction": "BatchMeanSubtraction",
    "dropout": "Dropout",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "softplus": "SoftPlus",
    "class_nll_criterion": "ClassNLLCriterion",
}
CLASSES = tuple(CLASS_OF.values())
NAME_OF_PY = ".py"
# what a right file has beside these: given by the course, and used by them
GIVEN = ("Module", "ReLU", "MSECriterion")
# seconds for a statement that belongs to the classes, for one that is an experiment, for all of these, and for a cell; of a
# machine that has much to do, all but the last are longer
DEFINITION, EXPERIMENT, ALL_EXPERIMENTS, CELL = 6.0, 0.5, 2.0, 30.0
CELLS, CELL_CHARACTERS = 500, 60
NAMES, NAME_CHARACTERS = 600, 60
# how much of a name has to be the same for it to be a slip of the pen; "ELU" and "ReLU" are less alike
ALIKE = 0.9
# of a name of so many letters, more may be others
LONG, ALIKE_LONG = 12, 0.85

# what is put before or behind a name, or left out of it, without another meaning
_FILLERS = re.compile(r"^(?:my|own|custom|class|batch)|(?:layer|module|activation|loss|criterion|function|\d)$")
_CLASS = re.compile(r"^[ \t]*class\s+(\w+)", re.MULTILINE)
_MAGIC = re.compile(r"^([ \t]*)(?:%time(?:it)?(?:[ \t]+-\w+(?:[ \t]+\d+)?)*[ \t]+(?=\S)|[%!?].*$|(?=\S+\?+$)\S+$)")
_ASSIGNED = re.compile(r"^([ \t]*[\w, ]+=)[ \t]*[%!].*$")
_RUN = re.compile(r"^[ \t]*%run\s+(?:-\w+\s+)*['\"]?([^'\"\n]+?)['\"]?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """A cell of the module notebook, or a whole ``.py`` file: what messages call it, and its Python."""

    name: str
    text: str


def module_file(files: Mapping[str, bytes], name: str = FILE) -> tuple[str, str]:
    """Return the path of the file with the classes, and what is to be said of the choice; both are empty when there is none.

    The notebook with the `name` that was asked for is taken when it has any of the classes, else the file, notebook or
    ``.py``, that has most of them.
    """
    found = {path: _classes_in(files, path) for path in files if path.endswith((".ipynb", NAME_OF_PY))}
    ranked = sorted(found, key=lambda path: (-found[path], not path.endswith(".ipynb"), path.count("/"), path))
    named = [path for path in ranked if path.rpartition("/")[2].casefold() == name.casefold()]
    best = next((path for path in (*named, *ranked) if found[path]), named[0] if named else "")
    if not best:
        return "", ""
    others = [path for path in ranked if path != best and found[path]]
    note = "" if best == name else f"the classes were looked for in {best}"
    if others and not note:
        # a main notebook that has copies of its own is nothing to speak of
        return best, ""
    return best, note


def called_otherwise(sources: Iterable[Source]) -> dict[str, str]:
    """Return by which other names a file has classes of the course: in other capitals, or a letter or two amiss."""
    written = list(dict.fromkeys(name for source in sources for name in _CLASS.findall(source.text)))
    others = [name for name in written if name not in (*CLASSES, *GIVEN)]
    plain = {_letters(name): name for name in reversed(others)}
    found = {}
    for wanted in CLASSES:
        letters = _letters(wanted)
        cutoff = ALIKE if len(letters) < LONG else ALIKE_LONG
        alike = [] if wanted in written else difflib.get_close_matches(letters, plain, n=1, cutoff=cutoff)
        if not alike and wanted not in written:
            same = [each for each in plain if _FILLERS.sub("", each) == _FILLERS.sub("", letters)]
            alike = same if len(same) == 1 else []
        if alike:
            found[wanted] = plain[alike[0]]
    return found


def _letters(name: str) -> str:
    return name.casefold().replace("_", "")


def _classes_in(files: Mapping[str, bytes], path: str) -> int:
    # what it runs by magic is not its own
    text = "\n".join(source.text for source in _sources(files, path, 1))
    return len(set(_CLASS.findall(text)) & set(CLASSES))


def _sources(files: Mapping[str, bytes], path: str, depth: int = 0) -> list[Source]:
    """Return the cells of a file in order, those of files that it runs by ``%run`` before the cell that does."""
    if path.endswith(NAME_OF_PY):
        return [Source(path, files[path].decode("utf-8-sig", errors="replace"))]
    code = [cell.source for cell in read(files[path]).cells if cell.runs]
    sources = []
    for number, text in enumerate(code, start=1):
        for other in _RUN.findall(text) if depth == 0 else ():
            match = _path_of(files, other, path)
            sources += _sources(files, match, 1) if match else []
        where = "cell" if depth == 0 else f"{path} cell"
        sources.append(Source(f"{where} {number}", text))
    return sources


def _path_of(files: Mapping[str, bytes], name: str, own: str) -> str:
    wanted = (name, f"{name}.py", f"{name}.ipynb")
    return next((path for path in wanted if path in files and path != own), "")


def python_of(source: str) -> str:
    """Return a cell as Python, line for line: what only Jupyter understands does nothing, timed statements are just run."""
    first = re.match(r"\s*%%(\w+)", source)
    if first:
        if first.group(1) not in ("time", "timeit", "capture", "prun"):
            return ""
        source = re.sub(r"%%.*", "pass", source, count=1)
    if parses(source):
        return source
    lines = [_ASSIGNED.sub(r"\1 None", line) for line in source.split("\n")]
    changed = "\n".join(_plain(line) for line in lines)
    return changed if parses(changed) else textwrap.dedent(changed)


def _plain(line: str) -> str:
    match = _MAGIC.match(line)
    if not match:
        return line
    rest = line[match.end() :]
    return f"{match.group(1)}{rest or 'pass'}"


def modules(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Load the module notebook cell by cell, and note how every cell ended and which classes there are."""
    wanted = str(session.setting.parameters["modules_notebook"])
    path, note = module_file(session.files, wanted)
    seen["wanted"] = wanted
    seen |= {"file": path, "note": note, "problem": "", "errors": [], "cells": [], "classes": {}, "done": False}
    if not path:
        return
    if path.endswith(".ipynb"):
        seen["problem"] = read(session.files[path]).problem
    sources = _sources(session.files, path)[:CELLS]
    _, *answers = session.run(*_cells(sources, path, {}, definitions_only=False), plugged("module_classes", "classes"))
    for source, answer in zip(sources, answers, strict=False):
        if answer.problem:
            seen["errors"].append({"cell": source.name, "problem": plain_problem(answer.problem)})
    raw = answers[-1].value if isinstance(answers[-1].value, Mapping) else {}
    seen["classes"] = _classes(raw.get("classes"))
    seen["written"] = written(raw.get("written"))
    seen["cells"] = _ended(raw.get("cells"), {source.name for source in sources})
    seen["called"] = {wanted: name for wanted, name in called_otherwise(sources).items() if wanted in seen["classes"]}
    seen["done"] = not answers[-1].problem
    seen["missing"] = {name: _home(sources, name) for name in CLASSES if name not in seen["classes"]}


def load_again(session: Session) -> None:
    """Load the classes for a probe of one of them: without the cells' experiments that took long the first time.

    When nothing is known of the first time, because it ended the process, all experiments are left out.
    """
    earlier = session.earlier.get("modules", {})
    path = earlier.get("file") or module_file(session.files)[0]
    if not path:
        return
    sources = _sources(session.files, path)[:CELLS]
    skipped = {entry["name"]: entry["skip"] for entry in earlier.get("cells", ())}
    session.run(*_cells(sources, path, skipped, definitions_only=not earlier.get("done", False)))


def _cells(
    sources: Sequence[Source], path: str, skip: Mapping[str, Sequence[int]], *, definitions_only: bool
) -> list[Operation]:
    python = {source.name: python_of(source.text) for source in sources}
    texts = [{"name": name, "text": text} for name, text in python.items()]
    called = called_otherwise(sources)
    planned = plugged(
        "module_plan",
        "reading all cells",
        sources=texts,
        classes=[*CLASSES, *GIVEN, *called.values()],
        called=called,
    )
    asked = [
        plugged(
            "module_cell",
            f"loading {source.name}",
            name=source.name,
            source=python[source.name],
            skip=list(skip.get(source.name, ())),
            definitions_only=definitions_only,
            go_on=path.endswith(NAME_OF_PY),
            definition=DEFINITION,
            experiment=EXPERIMENT,
            all_experiments=ALL_EXPERIMENTS,
        )
        for source in sources
    ]
    return [planned, *(ask.within(CELL, each) for each in asked)]


def _home(sources: Iterable[Source], name: str) -> str:
    """Return the cell in which a class is written down, whether or not it could be run."""
    return next((source.name for source in sources if name in _CLASS.findall(source.text)), "")


def _classes(raw: Any) -> dict[str, dict[str, Any]]:
    """Return the course's classes among those that a session claims to have, with suspicion."""
    found = {}
    for name in CLASSES:
        about = raw.get(name) if isinstance(raw, Mapping) else None
        if isinstance(about, Mapping):
            found[name] = {"cell": str(about.get("cell", ""))[:CELL_CHARACTERS], "own": _names(about.get("own"))}
    return found


def _names(raw: Any) -> list[str]:
    return [each for each in raw if isinstance(each, str)] if isinstance(raw, list) else []


def written(raw: Any) -> dict[str, Any]:
    """Return the names of a file as a session tells them, with suspicion: its own, those of libraries, those of attributes.

    ``names`` lists them, ``libraries`` maps a name to the library that it stands for, ``attributes`` a class to those that
    its methods set, ``imports`` a name to the module that it was to come from and that is not there.
    """
    found = raw if isinstance(raw, Mapping) else {}
    libraries, attributes, imports = (found.get(key) for key in ("libraries", "attributes", "imports"))
    return {
        "names": _identifiers(found.get("names")),
        "libraries": {
            name: real
            for name, real in list(libraries.items() if isinstance(libraries, Mapping) else ())[:NAMES]
            if _identifiers([name]) and isinstance(real, str) and _identifiers(real.split("."))
        },
        "attributes": {
            kind: _identifiers(names)
            for kind, names in list(attributes.items() if isinstance(attributes, Mapping) else ())[:NAMES]
            if _identifiers([kind])
        },
        "imports": {
            name: module
            for name, module in list(imports.items() if isinstance(imports, Mapping) else ())[:NAMES]
            if (name == "*" or _identifiers([name])) and isinstance(module, str) and _identifiers(module.split("."))
        },
    }


def _identifiers(raw: Any) -> list[str]:
    return [each for each in _names(raw)[:NAMES] if each.isidentifier() and len(each) <= NAME_CHARACTERS]


def _ended(raw: Any, names: Collection[str]) -> list[dict[str, Any]]:
    ended = []
    for each in raw if isinstance(raw, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get("skip"), list) and str(each.get("name")) in names:
            skip = [index for index in each["skip"] if type(index) is int]
            ended.append({"name": str(each["name"]), "skip": skip, "interrupted": bool(each.get("interrupted"))})
    return ended


def python_2(problem: Mapping[str, str]) -> bool:
    """Tell whether a cell could not be compiled because it is written in Python 2."""
    return problem["kind"] == ProblemKind.RAISED and "Missing parentheses in call to 'print'" in problem["message"]
