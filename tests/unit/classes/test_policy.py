from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.classes import policy as rules
from grader.classes.model import Lateness
from grader.classes.policy import Counted, Policy, final
from grader.errors import AuthorError

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def of(text: str, folder: Path) -> Policy:
    (folder / "class.toml").write_text(text)
    return rules.load(folder / "class.toml")


def policy(due: str = "2026-11-30 23:59", **more: object) -> Policy:
    return Policy(due=at(due), zone=BERLIN, share=Decimal("0.1"), most=Decimal("0.5"), **more)  # type: ignore[arg-type]


def test_the_file_that_is_written_first_is_valid_and_says_nobody_is_late(tmp_path: Path) -> None:
    assert rules.ensure(tmp_path / "class.toml") == Policy()
    assert (tmp_path / "class.toml").read_text() == rules.text_of_new()


def test_all_that_the_first_file_mentions_can_be_written(tmp_path: Path) -> None:
    lines = rules.text_of_new().splitlines()
    written = [line.removeprefix("# ") for line in lines if " = " in line or line.startswith(("# [", "attempts"))]
    found = of("\n".join(written), tmp_path)
    assert (found.due, found.grace, found.share, found.rule) == (
        at("2026-11-30 23:59"), timedelta(minutes=10), Decimal("0.1"), "latest",
    )  # fmt: skip
    assert found.extensions == {"jane@example.edu": at("2026-12-03 23:59")}


def test_an_existing_file_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "class.toml").write_text('attempts = "best"\n')
    assert rules.ensure(tmp_path / "class.toml").rule == "best"


def test_a_due_date_without_a_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="no 'zone': nobody would know when midnight is"):
        of('due = "2026-11-30 23:59"', tmp_path)


def test_a_due_date_is_said_in_words() -> None:
    assert policy().words[0] == "due on Monday, 30 November 2026 at 23:59 in Europe/Berlin (2026-11-30 22:59 UTC)"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = """
    due = "tomorrow"
    zone = "CET"
    grace = -1
    attemps = "latest"
    attempts = "first"
    [penalty]
    per = "week"
    at_most = 101
    [extensions]
    jane = 2026-12-01
    """
    with pytest.raises(AuthorError) as told:
        of(text, tmp_path)
    lines = str(told.value).splitlines()
    assert len(lines) == 9
    assert all(line.startswith(f"{tmp_path / 'class.toml'}: ") for line in lines)
    assert "did you mean 'attempts'" in str(told.value)


def test_a_date_of_toml_is_read_as_well(tmp_path: Path) -> None:
    text = 'zone = "Europe/Berlin"\ndue = {}\n'
    local, offset = (of(text.format(due), tmp_path).due for due in ("2026-11-30T23:59:00", "2026-11-30T22:59:00Z"))
    assert local == offset == at("2026-11-30 23:59")


@pytest.mark.parametrize(
    ("handed_in", "days"),
    [
        ("2026-11-30 23:59:00", 0),
        ("2026-11-30 23:59:01", 1),
        ("2026-12-01 23:59:00", 1),
        ("2026-12-01 23:59:01", 2),
        ("2026-12-30 12:00:00", 30),
    ],
)
def test_a_day_late_ends_at_the_hour_at_which_it_was_due(handed_in: str, days: int) -> None:
    assert policy().lateness("jane", at(handed_in)).days == days


@pytest.mark.parametrize(
    ("due", "handed_in", "days"),
    [
        # 25 hours lie between these two, for clocks go back; then 23
        ("2026-10-24 23:59", "2026-10-25 23:59", 1),
        ("2026-10-24 23:59", "2026-10-26 00:00", 2),
        ("2026-03-28 23:59", "2026-03-29 23:59", 1),
        ("2026-03-28 23:59", "2026-03-30 00:00", 2),
        # half past two is there twice, and not at all
        ("2026-10-24 02:30", "2026-10-25 02:30", 1),
        ("2026-03-28 02:30", "2026-03-29 03:30", 1),
    ],
)
def test_days_are_those_of_the_calendar_when_clocks_change(due: str, handed_in: str, days: int) -> None:
    assert policy(due).lateness("jane", at(handed_in)).days == days


def test_the_second_half_past_two_is_still_the_same_day() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1).astimezone(UTC)
    assert policy("2026-10-24 02:30").lateness("jane", second).days == 1


def test_a_due_date_in_an_hour_that_there_is_twice_is_the_later_one(tmp_path: Path) -> None:
    found = of('zone = "Europe/Berlin"\ndue = "2026-10-25 02:30"', tmp_path)
    assert found.due == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_hours_are_as_long_as_they_are() -> None:
    found = policy("2026-10-24 23:59", per="hour").lateness("jane", at("2026-10-25 23:59"))
    assert (found.days, found.share, found.seconds) == (25, Decimal("0.5"), 25 * 3600)


@pytest.mark.parametrize(("minutes", "late"), [(10, False), (11, True)])
def test_grace_is_for_those_within_it_and_for_nobody_else(minutes: int, late: bool) -> None:
    found = policy(grace=timedelta(minutes=10)).lateness("jane", at("2026-11-30 23:59") + timedelta(minutes=minutes))
    assert (found.is_late, found.seconds) == (late, 60 * minutes if late else 0)


def test_a_cap_is_the_most() -> None:
    assert policy().lateness("jane", at("2027-11-30 23:59")).share == Decimal("0.5")


def test_an_extension_is_for_whom_it_names_and_can_only_help() -> None:
    found = policy(extensions={"jane@x.edu": at("2026-12-03 23:59"), "al": at("2026-11-01 12:00")})
    late = at("2026-12-02 12:00")
    assert [found.lateness(names, late).days for names in (["7", "Jane@x.edu"], ["8"], ["al"])] == [0, 2, 2]


def test_what_is_late_by_the_platforms_word_alone_costs_nothing_and_is_said() -> None:
    found = policy().lateness("jane", None, late=True)
    assert (found.share, found.is_late) == (0, False)
    assert "late by the platform's word" in found.words


def test_what_is_taken_off_is_said_in_words() -> None:
    assert policy().lateness("jane", at("2026-12-02 12:00")).words == "2 days late, 20 % off"


@pytest.mark.parametrize(
    ("points", "share", "left"),
    [
        ("45", "0.1", "40.50"),
        ("0.25", "0.1", "0.23"),
        ("0.05", "0.1", "0.05"),
        ("-1", "0.5", "-1.00"),
        ("10", "1", "0.00"),
    ],
)
def test_points_are_rounded_half_up_in_one_place(points: str, share: str, left: str) -> None:
    assert str(final(Decimal(points), Lateness(share=Decimal(share)))) == left


ON_TIME, LATE = Lateness(), Lateness(9, 1, Decimal("0.5"))


@pytest.mark.parametrize(
    ("rule", "attempts", "counts"),
    [
        ("latest", [(ON_TIME, "9"), (LATE, "4")], 1),
        ("latest on time", [(ON_TIME, "9"), (ON_TIME, "3"), (LATE, "9")], 1),
        ("latest on time", [(LATE, "9"), (LATE, "3")], 1),
        ("best", [(ON_TIME, "5"), (LATE, "9"), (LATE, None)], 0),
        ("best", [(ON_TIME, "5"), (ON_TIME, "5")], 1),
        ("best", [(ON_TIME, None), (LATE, None)], 1),
    ],
)
def test_one_attempt_counts(rule: str, attempts: list[tuple[Lateness, str | None]], counts: int) -> None:
    weighed = [Counted(lateness, None if points is None else Decimal(points)) for lateness, points in attempts]
    assert Policy(rule=rule).counting(weighed) == counts


def test_extensions_that_are_nobodys_are_told() -> None:
    assert rules.unknown_extensions(policy(extensions={"jane": at("2026-12-03 23:59")}), ["al"]) == ["jane"]
