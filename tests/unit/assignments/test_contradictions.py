"""An assignment that contradicts itself is refused as it is loaded, with the name of the culprit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.assignments import Assignment
from grader.assignments.contradictions import contradictions
from grader.checks import Check, passed
from grader.errors import AuthorError
from grader.model import Finding, Observation
from grader.sandbox import Inside, Probe


def judge(_observed: Observation) -> Finding:
    return passed()


def fact(name: str, **relations: tuple[str, ...]) -> Check:
    return Check(name, name, judge, **{"reads": ("forward",), **relations})


def probe(name: str, *after: str, lane: int = 0) -> Probe:
    return Probe(name, name, lambda *_: None, lane=lane, after=after)


FORWARD, LOADS = probe("forward"), fact("loads")


def bounded(_observed: Observation, *, most: float) -> Finding:
    return passed(str(most))


def sloped(_observed: Observation, *, slope: float) -> Finding:
    return passed(str(slope))


def several(*_observed: Observation) -> Finding:
    return passed()


STRICT = replace(fact("strict", thresholds=("most",)), judge=bounded)


def refused(probes: tuple[Probe, ...], checks: tuple[Check, ...]) -> str:
    with pytest.raises(AuthorError) as error:
        Assignment("hw", "Homework", Path("hw.toml"), (), {}, Inside(), probes, checks)
    return str(error.value)


def test_what_fits_together_is_taken() -> None:
    later = replace(probe("later", "forward"), verdicts=(STRICT,), coarse={"strict": {"most": 1.0}})
    checks = (fact("shapes", after=("loads",)), LOADS, fact("steps", excused_by=("loads",)), STRICT)
    assert Assignment("hw", "Homework", Path("hw.toml"), (), {}, Inside(), (FORWARD, later), checks).checks == checks


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ((LOADS, LOADS), "2 checks are named 'loads'; give each its own name, and list it once"),
        (
            (fact("loads", reads=("forwards",)),),
            "check 'loads' reads 'forwards', which is no probe; did you mean 'forward'?",
        ),
        (
            (LOADS, fact("steps", after=("load",))),
            "check 'steps' comes after 'load', which is not among the checks; did you mean 'loads'?",
        ),
        (
            (LOADS, fact("steps", excused_by=("load",))),
            "check 'steps' is excused by 'load', which is not among the checks; did you mean 'loads'?",
        ),
        (
            (fact("loads", after=("steps",)), fact("steps", excused_by=("loads",))),
            "checks wait for one another: 'loads' needs 'steps' needs 'loads'; take one of these relations out",
        ),
        ((fact("loads", after=("loads",)),), "checks wait for one another: 'loads' needs 'loads'; take one of"),
        (
            (fact("loads", reads=("forward",) * 2),),
            "check 'loads' reads forward, forward, but its function takes _observed",
        ),
        ((replace(LOADS, judge=several),), "check 'loads' reads forward, but its function takes _observed"),
        (
            (replace(LOADS, through=several, judge=bounded),),
            "check 'loads' makes one thing of what it reads, but its function takes _observed, most",
        ),
        (
            (fact("loads", thresholds=("most",)),),
            "check 'loads' has the threshold 'most', which its function does not take",
        ),
        (
            (LOADS, fact("steps", after=("loads",), excused_by=("loads",))),
            "check 'steps' comes after 'loads' and is excused by it as well; after one that failed it is never judged",
        ),
    ],
)
def test_checks_that_contradict_themselves_are_refused(checks: tuple[Check, ...], said: str) -> None:
    assert refused((FORWARD,), checks).startswith(f"assignment 'hw': {said}")


@pytest.mark.parametrize(
    ("probes", "said"),
    [
        ((FORWARD, FORWARD), "2 probes are named 'forward'; give each its own name, and list it once"),
        (
            (FORWARD, probe("main", "forwards")),
            "probe 'main' comes after 'forwards', which is no probe; did you mean 'forward'?",
        ),
        (
            (FORWARD, probe("main", "forward", lane=2)),
            "probe 'main' comes after 'forward', which is on another lane (0, not 2); put both on one",
        ),
        (
            (probe("main", "forward"), FORWARD),
            "probe 'main' comes after 'forward', which is listed behind it; list it before",
        ),
        (
            (probe("forward", "main"), probe("main", "forward")),
            "probes wait for one another: 'forward' needs 'main' needs 'forward'; take one of these relations out",
        ),
    ],
)
def test_probes_that_contradict_themselves_are_refused(probes: tuple[Probe, ...], said: str) -> None:
    assert refused(probes, (LOADS,)).startswith(f"assignment 'hw': {said}")


SLOPED = replace(fact("sloped", parameters=("slope",)), judge=sloped)
GIVEN = {"slope": 0.03, "keys": ("X", "y"), "file": "main.ipynb"}


def test_parameters_that_are_declared_can_be_taken() -> None:
    later = replace(probe("later", "forward"), verdicts=(SLOPED,), parameters=("slope", "file"))
    assert list(contradictions((FORWARD, later), (LOADS, SLOPED), parameters=GIVEN)) == []


@pytest.mark.parametrize(
    ("probes", "checks", "parameters", "said"),
    [
        (
            (FORWARD,),
            (SLOPED,),
            {"slop": 0.03},
            "check 'sloped' takes the parameter 'slope', which is not declared; did you mean 'slop'?; "
            "add it to 'parameters' of the assignment",
        ),
        (
            (replace(FORWARD, parameters=("slope",)),),
            (LOADS,),
            {},
            "probe 'forward' takes the parameter 'slope', which is not declared; add it to 'parameters' of the assignment",
        ),
        (
            (FORWARD,),
            (fact("loads", parameters=("slope",)),),
            GIVEN,
            "check 'loads' has the parameter 'slope', which its function does not take",
        ),
        (
            (FORWARD,),
            (replace(SLOPED, thresholds=("slope",)),),
            GIVEN,
            "check 'sloped' has 'slope' as threshold and as parameter; rename one of them",
        ),
        (
            (FORWARD, replace(probe("main", "forward"), verdicts=(SLOPED,))),
            (SLOPED,),
            GIVEN,
            "probe 'main' asks for the verdict of 'sloped', which needs the parameter 'slope'; "
            "add it to 'parameters' of the probe",
        ),
        *(
            (
                (FORWARD,),
                (LOADS,),
                {"slope": wrong},
                f"parameter 'slope' is {wrong!r}; give it a number, a text, or a tuple of texts",
            )
            for wrong in (True, None, ["X"], ("X", 3))
        ),
    ],
)
def test_parameters_that_contradict_what_takes_them_are_refused(
    probes: tuple[Probe, ...], checks: tuple[Check, ...], parameters: Any, said: str
) -> None:
    with pytest.raises(AuthorError) as error:
        Assignment("hw", "Homework", Path("hw.toml"), (), {}, Inside(), probes, checks, parameters=parameters)
    assert str(error.value) == f"assignment 'hw': {said}"


ASKED = "assignment 'hw': probe 'main' asks for the verdict of"


@pytest.mark.parametrize(
    ("main", "said"),
    [
        (
            replace(probe("main", "forward"), verdicts=(fact("loaded"),)),
            f"{ASKED} 'loaded', which is not among the checks",
        ),
        (
            replace(probe("main"), verdicts=(LOADS,)),
            f"{ASKED} 'loads', which reads 'forward', and does not come after that; add it to 'after'",
        ),
        (
            replace(probe("main", "forward"), verdicts=(fact("steps", after=("loads",)),)),
            f"{ASKED} 'steps', and not for that of 'loads', on which it builds; add it to 'verdicts'",
        ),
        (
            replace(probe("main", "forward"), verdicts=(STRICT,)),
            f"{ASKED} 'strict', which needs the number 'most'; give it in 'coarse'",
        ),
        (
            replace(probe("main", "forward"), coarse={"loads": {"most": 1.0}}),
            "assignment 'hw': probe 'main' has numbers for 'loads', whose verdict it does not ask for; remove them",
        ),
    ],
)
def test_a_probe_asks_only_for_verdicts_that_it_can_have(main: Probe, said: str) -> None:
    checks = (LOADS, fact("steps", after=("loads",)), STRICT)
    assert refused((FORWARD, main), checks) == said
