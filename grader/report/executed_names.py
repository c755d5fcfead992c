"""What the notebooks that were run are called beside the report: harmless names, whatever a student chose."""

from __future__ import annotations

import re

from grader.model import Report, Transcript

NAME_LIMIT = 60
# names that Windows keeps for devices
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def names(report: Report) -> dict[Transcript, str]:
    """Return the notebooks that were run, each with its name in the folder `executed`, without an ending."""
    found: dict[str, Transcript] = {}
    for item in report.score.items:
        for scored in item.findings:
            for each in scored.finding.for_staff:
                if isinstance(each, Transcript) and each.file:
                    found.setdefault(each.file, each)
    named: dict[Transcript, str] = {}
    for path in sorted(found):
        named[found[path]] = _name(path, {name.casefold() for name in named.values()})
    return named


def _name(path: str, taken: set[str]) -> str:
    """Return a file name that is harmless on every system, made of the name that a student chose."""
    stem = path.rpartition("/")[2].removesuffix(".ipynb")
    kept = re.sub(r"[^A-Za-z0-9._-]+", "_", stem)[:NAME_LIMIT].strip("._-") or "notebook"
    kept = f"notebook_{kept}" if RESERVED.match(kept) else kept
    numbered = (kept if number == 1 else f"{kept}_{number}" for number in range(1, len(taken) + 2))
    return next(name for name in numbered if name.casefold() not in taken)
