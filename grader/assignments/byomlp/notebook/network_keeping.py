"""What is kept of the networks of a notebook: as much of what they tell as evidence has room for."""

from __future__ import annotations

from typing import Any, cast

from grader.assignments.byomlp.notebook.watch_operations import Network, NetworkRecord
from grader.datasets.digits import paper
from grader.datasets.digits.scaling import Sharpness, scaling_of
from grader.model import Array

NETWORKS = 24
ROWS = 8
# inputs are kept in double precision, and of a training set that was laid exactly so
SHARPNESS = Sharpness(alike=1e-4, rounding=1e-9)
# of the bytes that a session may answer, what looking at the networks now and then may take
LOOKS_LIMIT = 12_000_000


class Keeper:
    """Fills ``networks`` of an observation, within bounds."""

    def __init__(self, seen: dict[str, Any], train_images: Array) -> None:
        self._seen, self._train_images = seen, train_images
        self._looks = self._last_look = 0
        # the first inputs of a network stay, while it is looked at again and again
        self._rescalings: dict[bytes, tuple[float, float]] = {}
        seen |= {"networks": [], "networks_found": 0}

    def may_look(self) -> bool:
        """Whether there is room for another look at the networks before the last one."""
        return self._looks + self._last_look <= LOOKS_LIMIT

    def keep(self, networks: list[NetworkRecord]) -> None:
        """Note the networks that there are, those that were trained most when there are very many."""
        self._last_look = sum(int(network["log"]["inputs"].nbytes) for network in networks)
        self._looks += self._last_look
        self._seen["networks_found"] = len(networks)
        busiest = sorted(range(len(networks)), key=lambda k: -int(networks[k]["log"]["examples"]))[:NETWORKS]
        self._seen["networks"] = [self._kept(networks[k]) for k in sorted(busiest)]

    def _kept(self, network: NetworkRecord) -> Network:
        log = {name: value for name, value in network["log"].items() if name != "inputs"}
        kept = {**network, "log": log, "rescaling": list(self._rescaling(network["log"]["inputs"][:ROWS]))}
        return cast("Network", kept)

    def _rescaling(self, inputs: Array) -> tuple[float, float]:
        key = inputs.tobytes()
        if key not in self._rescalings:
            found = scaling_of(inputs, [self._train_images], paper, SHARPNESS)
            self._rescalings[key] = (found.a, found.c)
        return self._rescalings[key]
