from __future__ import annotations

from calibration_samples import tried

from grader.calibration.diagnoses import diagnosed
from grader.calibration.trial import Tried

ALL = (
    tried("right", "++-+", fails="gradient", diagnosis="sign", named={"gradient": "sign"}),
    tried("further", "++--", fails="gradient", diagnosis="sign", named={"gradient": "sign", "learns": "rate"}),
    tried("none", "++-+", fails="gradient", diagnosis="sign"),
    tried("wrong", "++-+", fails="gradient", diagnosis="sign", named={"gradient": "factor"}),
    tried("unnamed", "++-+", fails="gradient"),
    tried("named", "++-+", fails="gradient", named={"gradient": "factor"}),
    tried("unsaid", "++-+", named={"gradient": "factor"}),
)


def names(gradings: tuple[Tried, ...]) -> list[str]:
    return [each.trial.name for each in gradings]


def test_bugs_are_sorted_by_what_their_hints_name() -> None:
    found = diagnosed(ALL)
    assert names(found.right) == ["right", "further"]
    assert names(found.further) == ["further"]
    assert names(found.none) == ["none"]
    assert names(found.wrong) == ["wrong"]


def test_bugs_whose_mistake_is_in_no_catalogue_are_kept_apart() -> None:
    found = diagnosed(ALL)
    assert (names(found.unnamed), names(found.named)) == (["unnamed"], ["named"])


def test_the_share_is_of_those_whose_mistake_is_in_the_catalogue() -> None:
    assert diagnosed(ALL).share == 0.5
    assert diagnosed(ALL[4:]).share == 1.0
