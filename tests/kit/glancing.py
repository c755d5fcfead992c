"""Made classes to look at: how attempts stand, without anything that was graded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

import numpy as np

from grader.assignments import find
from grader.gradebook.nouns import Found, Mark
from grader.gradebook.standing import Standing
from grader.insight import About
from grader.model import Rubric, Verdict
from grader.pipeline import load_rubric

AT = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
FIRST = (
    "Ada", "Béla", "Chen", "Dilek", "Emeka", "Farah", "Grete", "Hanoi", "Ines", "Joost", "Kofi", "Lea", "Mio", "Nadja", "Oleg",
    "Priya", "Quentin", "Rosa", "Sven", "Tomoko",
)  # fmt: skip
LAST = (
    "Aydın",
    "Berg",
    "Castillo",
    "Dvořák",
    "Eze",
    "Fischer",
    "Gupta",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalska",
    "Lévy",
    "Müller",
)
# what goes wrong: check -> the mistakes that are made there, by diagnosis or else by pattern
WRONG: Mapping[str, Sequence[tuple[str, str]]] = {
    "gradients_match": (
        ("missing_activation_derivative", "W first by row, b first other"),
        ("", "W first and W between transposed"),
        ("gradient_scaled", "all x0.5"),
    ),
    "forward_values": (("bias_missing", "all other"), ("", "output by column")),
    "gradients_accumulate": (("gradient_overwritten", ""),),
    "trajectory_matches": (("", "all off from step 2"),),
}


def found(
    check: str = "holds",
    verdict: Verdict = Verdict.PASSED,
    worth: float = 2.0,
    *,
    item: str = "code",
    place: int = 0,
    message: str = "",
    **more: object,
) -> Found:
    """Return what was found by one check."""
    kinds = {Verdict.PASSED: "earned", Verdict.PENDING: "pending", Verdict.UNDECIDED: "withheld"}
    points = {"earned": Decimal(0), "pending": Decimal(0), "withheld": Decimal(0)}
    if verdict in kinds:
        points[kinds[verdict]] = Decimal(str(worth))
    about = place, item, item.title(), check, f"It {check}", verdict
    told: dict[str, object] = {"message": message, **more}
    return Found(*about, possible=Decimal(str(worth)), **points, **told)  # type: ignore[arg-type]


def standing(
    student: str = "ann", *findings: Found, attempt: int = 1, marks: tuple[Mark, ...] = (), row: int = 1, **more: object
) -> Standing:
    """Return how an attempt stands."""
    about: dict[str, object] = {
        "row": row, "student": student, "name": student.title(), "attempt": attempt, "folder": student, "submission": student,
        "handed_in": AT, "late": None, "state": "graded" if findings else "", "error": "", "digest": f"sha256:{student}",
        "rubric_digest": "sha256:r", "findings": findings, "marks": marks, **more,
    }  # fmt: skip
    return Standing(**about)  # type: ignore[arg-type]


def mark(points: float | None, of: Found, digest: str, *, comment: str = "") -> Mark:
    """Return what a person gave for a finding that they had before them."""
    given = None if points is None else Decimal(str(points))
    return Mark(of.item, of.check, given, comment, "Jane Doe", AT, 1, of.basis(digest))


@cache
def rubric() -> Rubric:
    """Return the rubric of byomlp."""
    return load_rubric(find("byomlp"))


@cache
def titles() -> Mapping[str, str]:
    """Return what its checks are called."""
    return {check.name: check.title for check in find("byomlp").checks}


def class_of(size: int, *, seed: int = 4) -> list[Standing]:
    """Return a class of that size with what happens in one: mistakes, crashes, open points, marks, second attempts."""
    rng = np.random.default_rng(seed)
    made: list[Standing] = []
    for number in range(size):
        name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
        key = f"s{number:05}"
        ability = float(rng.normal(0.0, 1.2))
        for attempt in (1, 2) if number % 9 == 4 else (1,):
            folder = key if attempt == 1 else f"{key}+{attempt}"
            about: dict[str, object] = {
                "name": name,
                "folder": folder,
                "digest": f"sha256:{folder}",
                "row": len(made) + 1,
            }
            if number % 29 == 17:
                made.append(
                    standing(key, attempt=attempt, state="failed", error="no such file", **(about | {"findings": ()}))
                )
                continue
            findings = tuple(_findings(rng, ability + attempt, number))
            made.append(standing(key, *findings, attempt=attempt, **about))
            if number % 7 == 0 and number % 23 != 11:
                pending = next(each for each in findings if each.verdict is Verdict.PENDING)
                given = mark(float(pending.possible), pending, f"sha256:{folder}")
                made[-1] = replace(made[-1], marks=(replace(given, basis="before") if number % 14 == 0 else given,))
    return sorted(made, key=lambda each: (each.student, each.attempt))


def _findings(rng: np.random.Generator, ability: float, number: int) -> list[Found]:
    crashed = number % 23 == 11
    made: list[Found] = []
    place = 0
    for item in rubric().items:
        for check, worth in item.checks.items():
            hard = {"gradients_match": 1.2, "trajectory_matches": 0.8}.get(check, -1.0)
            wrong = rng.random() < 1 / (1 + np.exp(1.6 * (ability - hard) + 1.2))
            verdict, more = Verdict.PASSED, {"margin": float(rng.lognormal(-1.5, 0.9))}
            if crashed:
                verdict, more = Verdict.BLOCKED, {"message": "mlp.py line 12: expected ':'"}
                if not made:
                    verdict = Verdict.FAILED
            elif check.endswith(("_written", "_explained")) or check in ("comparison_written", "derivations_written"):
                verdict, more = Verdict.PENDING, {}
            elif number % 31 == 8 and place % 7 == 0:
                verdict, more = Verdict.UNDECIDED, {}
            elif wrong:
                verdict = Verdict.FAILED
                some = WRONG.get(check, (("", ""),))
                diagnosis, pattern = some[int(rng.integers(len(some)))]
                said = f"network 4 -> 1 logistic: entry [0, 0] is {rng.normal():.4g}, expected {rng.normal():.4g}"
                more = {
                    "message": said,
                    "diagnosis": diagnosis,
                    "pattern": pattern,
                    "margin": float(rng.lognormal(4, 2)) + 1,
                }
            made.append(found(check, verdict, worth, item=item.id, place=place, **more))  # type: ignore[arg-type]
            made[-1] = replace(made[-1], item_title=item.title, title=titles()[check])
            place += 1
    return made


def about(standings: Sequence[Standing], **more: object) -> About:
    """Return what is known of such a class beside its findings."""
    rng = np.random.default_rng(1)
    folders = [each.folder for each in standings]
    known: dict[str, object] = {
        "title": "Bring your own multilayer perceptron",
        "when": "1 December 2026, 07:30 UTC",
        "missing": ("Walter Nobody", "Zoë Nowhere"),
        "unmatched": tuple(each.student for each in standings[3:4]),
        "seconds": {folder: float(rng.lognormal(2, 0.5)) for folder in folders},
        "sizes": {folder: int(rng.lognormal(11, 0.5)) for folder in folders},
        "noticed": frozenset(folders[5:6]),
        **more,
    }
    return About(**known)  # type: ignore[arg-type]
