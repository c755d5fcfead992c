"""What lies beside a main notebook when it is run: the digits, and the modules that it runs first."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from grader.assignments.modules.loading import module_file
from grader.datasets.digits import Digits, idx
from grader.model import Array
from grader.notebooks.naming import SUFFIX, notebook_file
from grader.notebooks.reading import SCRIPT, Cell, read_file

MAIN, MODULES, DATA = "HW3_main.ipynb", "HW3_Modules.ipynb", "mnist.npz"
OTHERS = ("modules", "differentiation")
SOLVED = Path(__file__).parent.parent / "solved" / "modules.py"
# what is in the code of each part: it makes a network of such widths or layers, and trains it
TRAINS = r"\.backward\(|\btrain\w*\("
PARTS = {
    "toy": (r"\bLinear\(\s*(?:\w+\s*=\s*)?2\s*,", TRAINS),
    "comparison": (r"\b(?:ELU|SoftPlus|LeakyReLU)\b(?!\(Module)", r"\b(?:784|10|shape)\b", TRAINS),
    "digits": (r"\bSoftMax\(|\bClassNLLCriterion\(", r"\b(?:784|10|mnist)\b", TRAINS),
    "final": (r"\bDropout\((?!Module)", TRAINS),
}
PIECE = 5000
_RUN = re.compile(r"^[ \t]*%run\s+(?:-\w+\s+)*[\"']?([\w./ ()-]+?)[\"']?\s*$", re.MULTILINE)
_RUN_LINE = re.compile(r"run_line_magic\(\s*['\"]run['\"]\s*,\s*['\"](?:-\w+\s+)*([^'\"]+)['\"]")
_IMPORT = re.compile(r"^[ \t]*(?:from|import)\s+(\w*modules\w*)\b", re.MULTILINE | re.IGNORECASE)


def main_files(files: Mapping[str, bytes], wanted: str = MAIN) -> tuple[list[str], str]:
    """Return the paths of the notebooks that are the main part, the first one foremost, and what is to be said of the choice.

    The foremost is called `wanted`, else it is the one in whose code most parts of the main notebook are; among equals one that
    has "main" in its name, and one that runs the modules. What it has no part of is looked for in the others. A ``.py`` file is
    looked at where no notebook has any part. There is none when nothing is left besides the other two notebooks.
    """
    path, note = notebook_file(files, wanted)
    notebooks = [name for name in sorted(files) if name.casefold().endswith(SUFFIX)]
    parts = {name: _parts(files, name) for name in notebooks}
    if not any(parts.values()):
        parts |= {name: _parts(files, name) for name in sorted(files) if name.endswith(SCRIPT)}
    if path and parts[path]:
        order = [path, *_ranked(files, parts, but=path)]
    else:
        order = [*_ranked(files, parts, but=path), *([path] if path else [])]
        note = "" if order else note
    # the notebook of the classes may have tried them out, too
    own, _ = module_file(files)
    order.sort(key=lambda name: name == own)
    chosen: list[str] = []
    for name in order:
        if not chosen or (name != own and parts[name] - set().union(*(parts[each] for each in chosen))):
            chosen.append(name)
    return chosen, _note(chosen, note if chosen[:1] == [path] else "", wanted)


def _note(chosen: Sequence[str], note: str, wanted: str) -> str:
    if not chosen or chosen == [wanted]:
        return ""
    first, *more = chosen
    if more:
        return f"the parts of {wanted} were looked for in {first} and, run after it, in {', '.join(more)}"
    return note or f"{first} was taken for {wanted}"


def _ranked(files: Mapping[str, bytes], parts: Mapping[str, set[str]], *, but: str) -> list[str]:
    """Return the notebooks that can be a main one, the likeliest first."""
    runs = {name: runs_modules(read_file(name, files[name]).cells) for name in parts}
    others = {name for name in parts if any(word in name.rpartition("/")[2].casefold() for word in OTHERS)}
    able = [name for name in parts if name != but and (parts[name] or runs[name] or name not in others)]
    # the classes themselves are no main notebook, unless it is all in one
    able = [name for name in able if name not in others or runs[name]]
    able = [name for name in able if name.casefold().endswith(SUFFIX) or parts[name]]
    return sorted(
        able, key=lambda name: (-len(parts[name]), "main" not in name.casefold(), not runs[name], name in others, name)
    )


def _parts(files: Mapping[str, bytes], name: str) -> set[str]:
    """Return which parts of a main notebook are in the code of a file."""
    code = "\n".join(cell.source for cell in read_file(name, files[name]).cells if cell.runs)
    return {part for part, patterns in PARTS.items() if all(re.search(pattern, code) for pattern in patterns)}


def runs_modules(cells: Iterable[Cell]) -> bool:
    """Tell whether a notebook runs or imports a file of modules."""
    return bool(modules_used(cells))


def modules_used(cells: Iterable[Cell]) -> list[str]:
    """Return the names of the files that a notebook runs or imports as its modules."""
    code = [cell.source for cell in cells if cell.kind == "code"]
    run = [
        name.strip().rpartition("/")[2]
        for source in code
        for name in (*_RUN.findall(source), *_RUN_LINE.findall(source))
    ]
    imported = [f"{name}.py" for source in code for name in _IMPORT.findall(source)]
    return list(dict.fromkeys([*run, *imported]))


def own_modules(files: Mapping[str, bytes], cells: Sequence[Cell], own: str, content: bytes) -> dict[str, bytes]:
    """Return the student's modules, the file `own` with that content, under the names by which a main notebook asks for them.

    A file that was handed in under such a name, and is another one, stays.
    """
    wanted = modules_used(cells) or [MODULES]
    taken = [name for name in wanted if name not in files or name == own]
    return {name: content for name in taken if own and Path(own).suffix == Path(name).suffix}


def as_notebook(*sources: str) -> bytes:
    """Return a notebook of code cells."""
    about: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [{**about, "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def part_of(digits: Digits, train: int, test: int, rng: np.random.Generator) -> Digits:
    """Return `train` and `test` of the digits, or all where there are not as many."""
    first = idx.balanced(digits.train_labels, train, rng)
    second = idx.balanced(digits.test_labels, test, rng)
    return Digits(
        digits.name,
        digits.train_images[first],
        digits.train_labels[first],
        digits.test_images[second],
        digits.test_labels[second],
    )


def as_npz(digits: Digits, keys: Sequence[str] = ("X", "y")) -> bytes:
    """Return the digits as a file with an array for each of the `keys`, training images first where it holds both sets.

    A key that begins with x holds images, float32 (N, 784) with ink 1; any other one labels, int64 (N,), or (N, 1) where it
    has a capital letter first. One with "train" or "test" in it holds that set only.
    """
    content = io.BytesIO()
    # little work for most of the gain: images are mostly paper
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for key in keys:
            images, labels = _sets(digits, key.casefold())
            with archive.open(f"{key}.npy", "w", force_zip64=True) as member:
                if key[0] in "xX":
                    _write_images(member, images)
                else:
                    flat = np.concatenate(labels).astype(np.int64)
                    shaped = flat[:, None] if key[0].isupper() else flat
                    np.lib.format.write_array(  # type: ignore[no-untyped-call, unused-ignore]
                        member, shaped, allow_pickle=False
                    )
    return content.getvalue()


def _sets(digits: Digits, key: str) -> tuple[list[Array], list[Array]]:
    """Return the images and the labels of the sets that a key is of."""
    train, test = [digits.train_images, digits.train_labels], [digits.test_images, digits.test_labels]
    chosen = [train] if "train" in key else [test] if "test" in key else [train, test]
    return [images for images, _ in chosen], [labels for _, labels in chosen]


def _write_images(member: IO[bytes], sets: Sequence[Array]) -> None:
    shape = (sum(len(images) for images in sets), sets[0].shape[1])
    np.lib.format.write_array_header_1_0(  # type: ignore[no-untyped-call, unused-ignore]
        member, {"descr": "<f4", "fortran_order": False, "shape": shape}
    )
    for images in sets:
        for start in range(0, len(images), PIECE):
            member.write(as_ink(images[start : start + PIECE]).tobytes())


def as_ink(images: Array) -> Array:
    """Return images uint8 as the file has them: float32, ink is 1."""
    return images.astype(np.float32) / np.float32(255)


def labels_of(digits: Digits) -> Array:
    """Return all labels in the order of the file."""
    return np.concatenate([digits.train_labels, digits.test_labels]).astype(np.int64)
