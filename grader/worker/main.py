"""The worker: takes in what it was sent, then starts a process for every session and lets the grader talk to it.

It imports numpy and our modules before anything of the student's can be imported, and never runs student code itself.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.random  # else numpy imports it when it is first used, in every session again

from grader import wire
from grader.worker import absent, channel, folders, limits, loading, offspring, sessions, standing_in
from grader.worker.alarm import Alarm
from grader.worker.operations import Bench
from grader.worker.problems import Places
from grader.worker.taps import Taps


def main(
    settings: Mapping[str, Any],
    inside: Mapping[str, bytes],
    files: Mapping[str, bytes],
    plugins: Iterable[ModuleType] = (),
) -> None:
    """Serve sessions until the grader closes the pipe; `plugins` carry out operations besides our own."""
    inward, outward = channel.claim()
    root = Path(settings["root"])
    if not root.samefile(Path.cwd()):
        raise SystemExit(f"the worker may only be started in the folder that it may empty, {root}")
    limits.lay_on(settings)
    offspring.adopt()
    _import_slow_ones(files, settings["import_on_demand"])
    bench = _bench(settings, inside, files, root / "submission")
    _plug_in(bench, plugins)
    forks = bool(settings["fork"]) and hasattr(os, "fork")
    facts = {"python": platform.python_version(), "numpy": np.__version__, "forks": forks}
    facts["absent"] = [
        name for name in absent.JUPYTER if name not in sys.modules and not importlib.util.find_spec(name)
    ]
    gc.freeze()
    try:
        wire.write_all(outward, wire.chunks(wire.HELLO, wire.encode(facts)))
        while True:
            _next_session(inward, outward, bench, files, root, forks=forks)
    except (EOFError, BrokenPipeError):  # the grader has closed the pipes, or is no more
        offspring.end_all()
        folders.empty(root)
        # nobody is left to do it; where the folder is not ours alone the system refuses
        with contextlib.suppress(OSError):
            root.rmdir()


def _next_session(
    inward: int, outward: int, bench: Bench, files: Mapping[str, bytes], root: Path, *, forks: bool
) -> None:
    kind, data = wire.read_chunk(inward)
    if kind != wire.BEGIN:
        return
    folders.lay(files, root / "submission")
    standing = limits.standing()
    if not forks:
        pipes = bench.session["calls"] = channel.Unforked(inward, outward)
        sessions.serve_here(pipes.read, pipes.write_data, bench, int(data))
    code = sessions.run(inward, outward, bench, int(data))
    # before the last word: what cannot be cleared away ends the worker, and the next session gets another one
    alone = offspring.end_all()
    folders.empty(root)
    wire.write_all(outward, wire.chunks(wire.FATE, str(code).encode()))
    if not alone:
        raise SystemExit("processes come faster than they can be ended")
    if limits.standing() != standing:  # a process may lower those of any other of its user
        raise SystemExit("somebody has changed the limits of the worker")


def _bench(settings: Mapping[str, Any], inside: Mapping[str, bytes], files: Mapping[str, bytes], folder: Path) -> Bench:
    """Import what is ours and only that, then open the way for the student's modules."""
    taps = Taps()
    provided = {f"{name}.py" for name in settings["preload"]}
    finder = loading.SubmissionFinder({**inside, **{name: files[name] for name in provided}}, str(folder))
    sys.meta_path.insert(0, finder)
    standing_in.stand_in(folder)
    loading.preload([*settings["preload"], *(name.removesuffix(".py") for name in inside)], settings["tapped"], taps)
    finder.files = files
    places = Places(
        own=files.keys() - provided,
        known=files.keys(),
        hidden=(str(folder), str(folder.parent), sys.prefix, sys.base_prefix),
    )
    return Bench(finder, taps, places, Alarm(places), room=settings["answer_mb"] * 2**20)


def _plug_in(bench: Bench, plugins: Iterable[ModuleType]) -> None:
    for plugin in plugins:
        bench.operations = {**bench.operations, **plugin.OPERATIONS}
        if hasattr(plugin, "prepare"):
            plugin.prepare(bench)


def _import_slow_ones(files: Mapping[str, bytes], import_on_demand: Iterable[str]) -> None:
    """Import matplotlib once, for all sessions, when the submission speaks of it and it is there."""
    passed_over = {f"{name}.py" for name in import_on_demand}
    speaks = (b"matplotlib" in data for name, data in files.items() if name.endswith(".py") and name not in passed_over)
    if "ipykernel" in sys.modules or any(speaks):
        try:
            importlib.import_module("matplotlib.pyplot")
            if "ipykernel" in sys.modules:
                importlib.import_module("matplotlib.animation")
                importlib.import_module("matplotlib_inline.backend_inline")
        except ImportError:  # the student's own import says so where it belongs
            return
