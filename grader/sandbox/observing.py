"""Observing a submission: every probe in a process of its own, lanes side by side, and whatever was seen is kept."""

from __future__ import annotations

import concurrent.futures
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from grader.model import Evidence, Limits, Observation, Setting, Submission
from grader.sandbox.bounding import Room
from grader.sandbox.lane import Lane, Probe
from grader.sandbox.launching import Launcher
from grader.sandbox.payload import Inside


def observe(
    submission: Submission,
    probes: Iterable[Probe],
    inside: Inside,
    *,
    launcher: Launcher,
    seed: int,
    limits: Limits,
    setting: Setting | None = None,
    on_progress: Callable[[str, str], None] | None = None,
    on_observation: Callable[[Observation], None] | None = None,
    room: Room | None = None,
    in_turn: bool = False,
) -> Evidence:
    """Run all probes and return what they saw; the only place where student code runs.

    Lanes run side by side, each in a sandbox of its own, for one submission to be graded as fast as can be. With `in_turn`,
    for many to be, they run one after another, and in one sandbox where they need the same of it; what they see is the same.

    `on_progress(probe, "start" | "end")` and `on_observation(observation)` are called from the lanes' threads.
    `room` is for what is kept of the answers, 16 MB where nothing else is said.
    """
    started = time.monotonic()
    probes, setting = tuple(probes), setting or Setting()
    lanes: dict[int, list[Probe]] = {}
    for probe in probes:
        lanes.setdefault(probe.lane, []).append(probe)
    stop, room = threading.Event(), room or Room()
    workers = [
        Lane(
            probes=members,
            submission=submission,
            inside=inside,
            launcher=launcher,
            seed=seed,
            limits=limits,
            setting=setting,
            stop=stop,
            on_progress=on_progress,
            on_observation=on_observation,
            room=room,
        )
        for _, members in sorted(lanes.items())
    ]
    rows = [[*workers]] if in_turn else [[worker] for worker in workers]
    for row in rows:
        _chain(row)
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(len(rows), 1)) as pool:
        futures = [pool.submit(_run, row) for row in rows]
        try:
            while (left := concurrent.futures.wait(futures, timeout=0.5, return_when="FIRST_EXCEPTION")).not_done:
                for future in left.done:
                    future.result()
        except BaseException:
            # Ctrl-C, or a lane that cannot go on: nothing that was started outlives this
            stop.set()
            for worker in workers:
                worker.abandon()
            raise
    for future in futures:
        future.result()
    observations = {each.probe: each for worker in workers for each in worker.observations}
    facts = {**launcher.facts, **{key: value for worker in workers for key, value in worker.facts.items()}}
    if measured := [worker.cpu_seconds for worker in workers if worker.cpu_seconds is not None]:
        facts["cpu_seconds"] = f"{sum(measured):.2f}"
    return Evidence(
        observations={probe.name: observations[probe.name] for probe in probes},
        seed=seed,
        sandbox=launcher.name,
        seconds=time.monotonic() - started,
        facts=facts,
        output="".join(worker.output for worker in workers),
    )


def _chain(lanes: Sequence[Lane]) -> None:
    """Let each lane go on in the sandbox of the one before it, if that is such a one as it would start itself."""
    for earlier, later in itertools.pairwise(lanes):
        if earlier.needs_kernel == later.needs_kernel:
            earlier.then = later


def _run(lanes: Sequence[Lane]) -> None:
    for lane in lanes:
        lane.run()
