"""A class goes through the command line in two layouts, from a download to the file that goes back up, killed once on the way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kit.evening import Evening, differences, spent, wrong
from kit.made_class import SMALL

# in one there are groups and no times, in the other times, earlier attempts and no groups
LAYOUTS = ("moodle", "blackboard")


@pytest.fixture(scope="module")
def evenings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Evening, ...]:
    return tuple(spent(each, tmp_path_factory.mktemp(each), places=SMALL, sandbox="process") for each in LAYOUTS)


def test_every_number_is_the_same_in_both_layouts(evenings: tuple[Evening, ...]) -> None:
    assert differences(*evenings) == []
    assert len({row[0] for row in evenings[0].rows["released"].values()}) > len(SMALL) / 2


def test_files_say_what_the_gradebook_says_and_what_was_there_at_the_kill_is_skipped(
    evenings: tuple[Evening, ...],
) -> None:
    assert [said for each in evenings for said in wrong(each)] == []
    assert evenings[0].begun >= 2


def test_the_class_at_a_glance_has_everybody_who_handed_in_and_names_who_did_not(evenings: tuple[Evening, ...]) -> None:
    missing = {"moodle": 1, "blackboard": 1}
    for each in evenings:
        people = [row for row in each.rows["graded"].values() if row]
        groups = 1 if each.layout == "moodle" else 0
        assert each.page.count('<th scope="row"><a href="') == len(people) - missing[each.layout] - groups
        assert "handed in nothing" in each.page


def test_a_mark_that_was_made_on_an_earlier_result_waits_until_it_is_given_again(evenings: tuple[Evening, ...]) -> None:
    marked, regraded, again = (evenings[0].rows[stage] for stage in ("marked", "regraded", "marked again"))
    stale = {login for login, row in regraded.items() if not row[0] and marked[login][0]}
    assert "login00" in stale
    assert all("was marked by a person on an earlier result" in regraded[login][-1] for login in stale)
    assert all(again[login][0] for login in stale)


def test_lateness_is_taken_off_and_a_group_gets_one_mark(evenings: tuple[Evening, ...]) -> None:
    graded = evenings[0].rows["graded"]
    points = sum(map(Decimal, graded["login05"][2:4]))
    assert "20 % off" in graded["login05"][-4]
    assert Decimal(graded["login05"][0]) == points * Decimal("0.8")
    assert graded["login40"] == graded["login41"]
