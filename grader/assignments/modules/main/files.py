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

from grader.datasets.digits import Digits, idx
from grader.model import Array
from grader.notebooks.naming import SUFFIX, notebook_file
from grader.notebooks.reading import Cell, read

MAIN, MODULES, DATA = "HW3_main.ipynb", "HW3_Modules.ipynb", "mnist.npz"
OTHERS = ("modules", "differentiation")
SOLVED = Path(__file__).parent.parent / "solved" / "modules.py"
PIECE = 5000
_RUN = re.compile(r"^[ \t]*%run\s+(?:-\w+\s+)*[\"']?([\w./ ()-]+?)[\"']?\s*$", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*(?:from|import)\s+(\w*modules\w*)\b", re.MULTILINE | re.IGNORECASE)


def main_file(files: Mapping[str, bytes]) -> tuple[str, str]:
    """Return the path of the main notebook, and what is to be said of the choice; both are empty when there is none.

    It is the one of that name, else the one that runs the modules, else the one that is left when the other two are taken.
    """
    path, note = notebook_file(files, MAIN)
    if path:
        return path, note
    notebooks = sorted(name for name in files if name.casefold().endswith(SUFFIX))
    left = [name for name in notebooks if not any(word in name.rpartition("/")[2].casefold() for word in OTHERS)]
    running = [name for name in notebooks if runs_modules(read(files[name]).cells)]
    for found in ([name for name in running if name in left], running, left):
        if found:
            return found[0], f"{found[0]} was taken for {MAIN}"
    return "", ""


def runs_modules(cells: Iterable[Cell]) -> bool:
    """Tell whether a notebook runs or imports a file of modules."""
    return bool(modules_used(cells))


def modules_used(cells: Iterable[Cell]) -> list[str]:
    """Return the names of the files that a notebook runs or imports as its modules."""
    code = [cell.source for cell in cells if cell.kind == "code"]
    run = [name.strip().rpartition("/")[2] for source in code for name in _RUN.findall(source)]
    imported = [f"{name}.py" for source in code for name in _IMPORT.findall(source)]
    return list(dict.fromkeys([*run, *imported]))


def trusted_modules(cells: Sequence[Cell]) -> dict[str, bytes]:
    """Return right modules under every name by which a main notebook asks for modules."""
    source = SOLVED.read_text(encoding="utf-8")
    wanted = modules_used(cells) or [MODULES]
    return {name: as_notebook(source) if name.endswith(SUFFIX) else source.encode() for name in wanted}


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
