"""Judging while student code is still running: each check as soon as everything that it reads has been observed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from grader import evidence as kept
from grader.checks import Around, Check, in_order, run_checks
from grader.errors import HarnessError
from grader.model import Evidence, Finding, Observation, Parameter
from grader.sandbox.bounding import without
from grader.wire import TooLarge


class Stream:
    """Takes observations as they come, in any order and from any thread, and holds the findings that they allow."""

    def __init__(
        self,
        checks: Sequence[Check],
        thresholds: Mapping[str, Mapping[str, float]],
        *,
        seed: int,
        on_finding: Callable[[Finding], None] | None = None,
        parameters: Mapping[str, Parameter] | None = None,
        known: Mapping[str, Finding] | None = None,
        around: Around | None = None,
    ) -> None:
        self.findings: dict[str, Finding] = {}
        self._known, self._around = known or {}, around
        self._checks = in_order(checks)
        self._thresholds, self._parameters = thresholds, parameters
        self._on_finding = on_finding
        self._evidence = Evidence({}, seed=seed, sandbox="", seconds=0.0)
        self._turn = threading.Lock()

    def observed(self, observation: Observation) -> None:
        """Take one observation, and judge every check that has waited only for it."""
        with self._turn:
            observations = {**self._evidence.observations, observation.probe: _as_kept(observation)}
            self._evidence = replace(self._evidence, observations=observations)
            for finding in run_checks(
                self._ready(),
                self._evidence,
                self._thresholds,
                {**self._known, **self.findings},
                parameters=self._parameters,
                around=self._around,
            ):
                if finding.check not in self.findings:
                    self.findings[finding.check] = finding
                    if self._on_finding:
                        self._on_finding(finding)

    def observations(self, probes: Iterable[str]) -> dict[str, Observation]:
        """Return the observations of these probes as they were judged, which is as they will come back from disk."""
        return {probe: self._evidence.observations[probe] for probe in probes}

    def _ready(self) -> list[Check]:
        judged: set[str] = set()
        ready = []
        for check in self._checks:
            if self._evidence.observations.keys() >= set(check.reads) and judged >= set(check.builds_on):
                judged.add(check.name)
                ready.append(check)
        return ready


def _as_kept(observation: Observation) -> Observation:
    try:
        return replace(observation, data=kept.normalise(observation.data))
    except HarnessError as error:
        if isinstance(error.__cause__, TooLarge):
            return without(observation)
        # what cannot be kept cannot be judged again, and must not be judged once either
        return replace(observation, data={}, fault=observation.fault or str(error))
