"""Which of the files that were handed in is the notebook on classification, and which the one on the autoencoder."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from grader.model import Parameter
from grader.notebooks.naming import SUFFIX, notebook_file
from grader.notebooks.reading import SCRIPT, read_file
from grader.notebooks.sources import imported
from grader.text import listed

# files of the course, which may be imported beside what the rubric allows
COURSE = ("mlp", "layers", "losses", "digits", "drawn_digits")
# what is in the code of each part, imports aside
MAKES = r"\.add_layer\("
SIGNS = {
    "classification": (
        r"\bsoftmax\b",
        r"\bsoftmax_est_crossentropy_(?:deriv|loss)\b",
        r"add_layer\(\s*(?:\w+\s*=\s*)?10\b",
    ),
    "autoencoder": (
        r"[\"'](?:latent|up128)[\"']",
        r"\bsquared_loss(?:_deriv)?\b",
        r"\b512\b",
        r"add_layer\(\s*(?:\w+\s*=\s*)?784\b",
        r"\bplot_digits_dimreduced_examples\(",
    ),
}
# the course's own notebook that tries the network out has neither part
DISC = "disctest"
NAMED = 3
_IMPORTS = re.compile(r"^[ \t]*(?:from|import)\b(?:[^\n(]*\([^)]*\)|[^\n]*)", re.MULTILINE)


def part_file(files: Mapping[str, bytes], wanted: str, part: str) -> tuple[str, str]:
    """Return the path of the file that is this part of the homework, and what is to be said of the choice.

    A notebook called `wanted` is taken, and one whose name holds that word, as long as its code, or a module that it imports, has
    anything of the part. Else it is the one that has most of it: one notebook may have both parts. A ``.py`` file is looked at
    where no notebook has any. Where no code tells, the name alone does. Both are empty when there is none.
    """
    named, note = notebook_file(files, wanted)
    found = {path: _signs(files, path, part) for path in files if path.casefold().endswith(SUFFIX)}
    if not any(found.values()):
        # what others import is no part by itself: it counts as theirs
        scripts = [path for path in files if path.casefold().endswith(SCRIPT) and _stem(path) not in COURSE]
        used = {name for path in scripts for name in _imported(files, path)}
        found = {path: _signs(files, path, part) for path in scripts if _stem(path) not in used}
    able = sorted(
        (path for path, signs in found.items() if signs),
        key=lambda path: (path != wanted, _base(path) != wanted, -found[path], path != named, path.count("/"), path),
    )
    if not able:
        return named, note
    first, *others = able
    if first == wanted:
        return first, ""
    if others:
        return first, f"of {len(able)} files that could be {wanted}, {first} was run, not {listed(others, NAMED)}"
    instead = f", since {named} makes no such network" if named not in ("", first) else ""
    return first, f"{first} was taken for {wanted}{instead}"


def cells_besides(
    files: Mapping[str, bytes], parameters: Mapping[str, Parameter], path: str, part: str
) -> frozenset[int]:
    """Return which cells of the file at `path`, counted from 0, are of the other part; none where that has a file of its own."""
    (other,) = SIGNS.keys() - {part}
    if not path or part_file(files, str(parameters[f"{other}_notebook"]), other)[0] != path:
        return frozenset()
    found, within = set(), part
    for position, cell in enumerate(read_file(path, files[path]).cells):
        of = [name for name in SIGNS if cell.runs and _has_any(_IMPORTS.sub("", cell.source), SIGNS[name])]
        # what has no sign goes with what stands before it
        within = part if part in of else of[0] if of else within
        if within == other:
            found.add(position)
    return frozenset(found)


def _has_any(code: str, signs: Iterable[str]) -> bool:
    return any(re.search(sign, code) for sign in signs)


def _signs(files: Mapping[str, bytes], path: str, part: str) -> int:
    """Return how many signs of a part are in the code of a file and of what it imports; none where no network is made."""
    if DISC in re.sub(r"[^a-z]", "", _base(path).casefold()):
        return 0
    code = _code(files, path)
    modules = [name for name in files if name.endswith(SCRIPT) and _stem(name) in _imported(files, path)]
    code += "".join(f"\n{_code(files, name)}" for name in modules if _stem(name) not in COURSE)
    if not re.search(MAKES, code):
        return 0
    return sum(re.search(sign, code) is not None for sign in SIGNS[part])


def _code(files: Mapping[str, bytes], path: str) -> str:
    """Return the code of a file without what it imports: templates import for both parts what only one uses."""
    cells = read_file(path, files[path]).cells
    return _IMPORTS.sub("", "\n".join(cell.source for cell in cells if cell.runs))


def _imported(files: Mapping[str, bytes], path: str) -> Collection[str]:
    cells = read_file(path, files[path]).cells
    return {name for cell in cells if cell.runs for name in imported(cell.source)} - {_stem(path)}


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(path: str) -> str:
    return _base(path).removesuffix(SCRIPT)
