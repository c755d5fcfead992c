"""What can be asked of student code: plain data, made here, carried out by the worker, one `Answer` each.

Every operation has a `label`: what a message calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.model import Array

Operation = dict[str, Any]
KERNEL_SECONDS = 60.0
# beyond the limit of a cell: interrupting it, drawing its figures, gathering what it printed
CELL_GRACE = 15.0


def within(seconds: float, operation: Operation) -> Operation:
    """Return `operation` with a time limit of its own."""
    return {**operation, "seconds": float(seconds)}


def ref(name: str) -> dict[str, str]:
    """Return an argument that stands for the held object `name`: the same object each time, not a copy."""
    return {"@ref": name}


def function(path: str) -> dict[str, str]:
    """Return an argument that stands for a function of a loaded module, as in ``function("layers.relu")``."""
    return {"@function": path}


def load(
    file: str = "mlp.py", module: str = "mlp", *, fits: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Operation:
    """Import `file` of the submission as `module`.

    The answer's value is ``{"classes": {"MLP": {"forward": ["x", "start=", "end="]}}, "functions": {"solve":
    ["x"]}}``: parameters in order without self; ``name=`` has a default, ``*name`` and ``**name`` collect, ``name!``
    is required and keyword-only (``name!=`` is not required). Where the file ends in an error below a class, it is there,
    and ``"stumbled"`` is that problem. `fits` gives the methods of classes that should be there: ``"called"`` says which
    other class goes by such a name as well. ``"jupyter"`` are the numbers of the first lines that only Jupyter understands.
    """
    wanted = {name: list(methods) for name, methods in fits.items()}
    return {"op": "load", "label": f"importing {file}", "file": file, "module": module, "fits": wanted}


def seed(number: int) -> Operation:
    """Seed `random` and `numpy.random` (32 bits)."""
    return {"op": "seed", "label": "seeding", "seed": int(number) % 2**32}


def create(name: str, path: str, /, *args: Any, **kwargs: Any) -> Operation:
    """Make an object and hold it, as in ``create("net", "mlp.MLP", 3, function("losses.squared_loss_deriv"))``."""
    label = f"{path.rpartition('.')[2]}()"
    return {"op": "create", "label": label, "name": name, "path": path, "args": list(args), "kwargs": kwargs}


def hold(name: str, value: Any) -> Operation:
    """Keep a value inside, so that `ref(name)` passes the same object each time."""
    return {"op": "hold", "label": "keeping a value", "name": name, "value": value}


def fetch(name: str) -> Operation:
    """Return the held object `name` as it is by now."""
    return {"op": "fetch", "label": "reading a value back", "name": name}


def forget(*names: str) -> Operation:
    """Let go of held objects; names that are not held are passed over."""
    return {"op": "forget", "label": "letting go", "names": list(names)}


def call(target: str, method: str, /, *args: Any, **kwargs: Any) -> Operation:
    """Call a method of a held object; every array argument arrives as a fresh writable copy."""
    return {
        "op": "call",
        "label": f"{method}()",
        "target": target,
        "method": method,
        "args": list(args),
        "kwargs": kwargs,
    }


def map_rows(
    target: str,
    method: str,
    rows: Array,
    *,
    fixed: Array | None = None,
    identity: bool = False,
    force: int | None = None,
    record: int | None = None,
    **kwargs: Any,
) -> Operation:
    """Call a method once for every row of `rows` (N, n), each time with a fresh copy.

    With `force=k` the method gets `fixed` instead, and the k-th call (from 0) of a tapped function returns the row,
    shaped like its argument. With `identity=True` all other tapped calls return a copy of their argument. With
    `record=k` the result is the argument of the k-th tapped call instead of what the method returned. The answer's
    value is ``{"results": (N, m) float64, "calls": (N,) int64}``: results flattened, and how many tapped calls there
    were for each row.
    """
    asked: Mapping[str, Any] = {"fixed": fixed, "identity": identity, "force": force, "record": record}
    whose = {"target": target, "method": method, "kwargs": kwargs}
    return {"op": "map_rows", "label": f"{method}()", **whose, "rows": rows, **asked}


def train(
    target: str,
    inputs: Array,
    targets: Array,
    order: Iterable[int] | Array,
    alpha: float,
    *,
    batch: int = 1,
    seconds: float = 5.0,
) -> Operation:
    """Run stochastic gradient descent over examples in `order` (K,), which is one crossing instead of thousands.

    For each i ``backward(inputs[i], targets[i])``; ``step(alpha)``, ``zero_grad()`` after every `batch` of them and
    at the end.

    `inputs` is (N, n); `targets` is (N, m), or (N,) for floats. The answer's value is ``{"done": examples}``: fewer
    than K when `seconds` were over. A single call that hangs is a timeout 2 s later.
    """
    order = np.asarray(order if hasattr(order, "__len__") else list(order), dtype=np.int64)
    asked = {"inputs": inputs, "targets": targets, "order": order, "alpha": float(alpha), "batch": int(batch)}
    time = {"budget": float(seconds), "seconds": float(seconds) + 2.0}
    return {"op": "train", "label": "training", "target": target, **asked, **time}


def arrays(target: str) -> Operation:
    """Return the numeric arrays that a held object keeps, wherever they are.

    The answer's value is a list of ``{"path": "layers[0].W", "array": ..., "same": k}``: found by walking attributes,
    slots, dicts, lists, tuples and objects, in that order and bounded; `same` is the index of the first entry that is
    the very same array object (its own index when there is none before it).
    """
    return {"op": "arrays", "label": "looking for arrays", "target": target}


def lay(path: str, content: bytes) -> Operation:
    """Write a file into the session's folder, at the relative `path` with forward slashes."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise ValueError(f"{path!r} is not below the session's folder")
    return {"op": "lay", "label": f"writing {path}", "path": path, "content": np.frombuffer(content, dtype=np.uint8)}


def open_kernel() -> Operation:
    """Start the Jupyter kernel that `cell` needs, in the session's own process; `Inside.kernel` must be set."""
    return {"op": "open_kernel", "label": "starting the notebook", "seconds": KERNEL_SECONDS}


def cell(source: str, number: int, *, seconds: float) -> Operation:
    """Run a cell of a notebook; after `seconds` it is interrupted, and what it did until then stays.

    `number` is what messages call it. The answer's value is ``{"outputs": [{"kind": "text" | "error" | "png", "text":
    str, "png": uint8 array or None, "of": "stdout" | "stderr" | "display" | "result" | "error", "rich": the same in other
    forms, by MIME type}], "error": None or {"name", "message", "line": in the cell from 1, 0 when unknown,
    "where": "mlp.py line 12, in forward" or nothing, "interrupted": bool}, "figures": how many were shown}``. A cell
    that cannot be interrupted is a timeout `CELL_GRACE` s later.
    """
    label, limit = f"cell {number}", float(seconds)
    return {
        "op": "cell",
        "label": label,
        "source": source,
        "number": int(number),
        "limit": limit,
        "seconds": limit + CELL_GRACE,
    }


def plugged(name: str, label: str, /, **asked: Any) -> Operation:
    """Return an operation of a plugin (`Inside.plugins`); its answer is plain data, which the one who asks has to check."""
    return {"op": name, "label": label, "form": "data", **asked}
