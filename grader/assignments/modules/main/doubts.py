"""What is said of networks that do not count: to students in a phrase, to staff for every network in a paragraph."""

from __future__ import annotations

from collections.abc import Iterator

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.probe import MainSeen
from grader.model import Quote

TITLE = "What is believed of the networks, and why"
# beside a solution nothing is told that the notebook has chosen
PLAINLY = "a network does not count"
SAID = 3


def doubts(seen: MainSeen, widths: tuple[int, int] | None = None) -> str:
    """Return which networks (inputs, outputs) do not count and why, as a phrase; "" where all count."""
    doubted = seen.get("doubted", [])
    found = [each for each in doubted if widths in (None, (each["inputs"], each["outputs"]))]
    if not found:
        return ""
    if seen["trusted"]:
        return PLAINLY
    why = {each["index"]: each["doubt"] for each in seen["beliefs"]}
    told = [f"{nets.described(each)} does not count: {why.get(each['index'], '')}" for each in found[:SAID]]
    return "; ".join(told)


def doubt_note(seen: MainSeen, widths: tuple[int, int]) -> str:
    """Return the same as what is added to a message, or nothing."""
    told = doubts(seen, widths)
    return f" ({told})" if told else ""


def beliefs(seen: MainSeen) -> list[Quote]:
    """Return what was found out about each network, for staff."""
    lines = "\n\n".join(_lines(seen))
    return [Quote(TITLE, lines)] if lines else []


def _lines(seen: MainSeen) -> Iterator[str]:
    every = {each["index"]: each for each in [*seen["networks"], *seen.get("doubted", [])]}
    for belief in seen.get("beliefs", []):
        network = every.get(belief["index"])
        if network is not None:
            doubt = f" It does not count: {belief['doubt']}." if belief["doubt"] else ""
            yield f"{nets.described(network)} (code cell {network['cell']}): {belief['told']}{doubt}"
