"""The pictures of the class page."""

from __future__ import annotations

import re

from grader.insight import About, charts, overview
from grader.model import Verdict
from kit.glancing import class_of, found, standing


def test_bars_are_as_high_as_there_are_people_and_lead_to_them() -> None:
    standings = [standing(f"s{k:02}", found("a", Verdict.PASSED if k < 20 else Verdict.FAILED)) for k in range(30)]
    drawn = charts.distribution(overview(standings, About()).distribution, ())
    heights = [
        float(each) for each in re.findall(r'<rect x="[^"]*" y="[^"]*" width="[^"]*" height="([\d.]+)" rx', drawn)
    ]
    assert len(heights) == 2
    assert round(heights[1] / heights[0], 1) == 2.0
    assert re.findall(r'aria-label="([^"]*)"', drawn)[1:] == ["10 with 0% to 10%", "20 with 90% to 100%"]


def test_a_small_class_has_a_dot_with_a_name_for_each() -> None:
    made = overview([standing("ann", found()), standing("bob", found("a", Verdict.FAILED))], About())
    drawn = charts.distribution(made.distribution, made.rows)
    assert re.findall(r'aria-label="([^"]*)"', drawn)[1:] == ["Bob: 0%", "Ann: 100%"]
    assert (">Ann</text>" in drawn, ">Bob</text>" in drawn) == (True, True)


def test_items_are_dots_with_their_names() -> None:
    made = overview(class_of(60), About())
    drawn = charts.items(made.items)
    assert drawn.count('class="n"') == len(made.items)
    words = {each.strip() for each in re.findall(r">([^<>]*)</text>", drawn)}
    assert {item.title for item in made.items} <= words


def test_there_is_no_picture_without_coefficients() -> None:
    assert charts.items(overview(class_of(7), About()).items) == ""
