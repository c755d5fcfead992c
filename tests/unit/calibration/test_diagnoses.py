from __future__ import annotations

from grader.calibration.diagnoses import diagnosed, untrue
from grader.calibration.trial import Tried
from kit.calibration_samples import tried

BOTH = {"gradient": "sign", "learns": "rate"}
ALL = (
    tried("right", "++-+", fails="gradient", diagnosis="sign", named={"gradient": "sign"}),
    tried("right_and_more", "++--", fails="gradient", diagnosis="sign", may_name="rate", named=BOTH),
    tried("right_and_wrong", "++--", fails="gradient", diagnosis="sign", named=BOTH),
    tried("none", "++-+", fails="gradient", diagnosis="sign"),
    tried("wrong", "++-+", fails="gradient", diagnosis="sign", named={"gradient": "factor"}),
    tried("unnamed", "++-+", fails="gradient"),
    tried("named", "++-+", fails="gradient", may_name="factor", named={"gradient": "factor"}),
    tried("misnamed", "++-+", fails="gradient", named={"gradient": "factor"}),
    tried("unsaid", "++-+", named={"gradient": "factor"}),
)


def names(gradings: tuple[Tried, ...]) -> list[str]:
    return [each.trial.name for each in gradings]


def test_bugs_whose_mistake_is_in_the_catalogue_are_named_or_not() -> None:
    found = diagnosed(ALL)
    assert (names(found.right), names(found.none)) == (["right", "right_and_more"], ["none"])


def test_others_are_told_by_a_true_name_or_by_none() -> None:
    found = diagnosed(ALL)
    assert (names(found.unnamed), names(found.named)) == (["unnamed"], ["named"])


def test_a_name_that_is_not_true_is_wrong_also_beside_a_right_one() -> None:
    assert names(diagnosed(ALL).wrong) == ["right_and_wrong", "wrong", "misnamed"]
    assert untrue(ALL[2]) == {"rate"}


def test_the_share_is_of_those_whose_mistake_is_in_the_catalogue() -> None:
    assert (diagnosed(ALL).catalogued, diagnosed(ALL).share) == (5, 0.4)
    assert diagnosed(ALL[5:]).share == 1.0
