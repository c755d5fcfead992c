from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.classes.gathering import Gathered
from grader.classes.kept import Kept, keep, raw_digest, seed_of
from grader.classes.model import HandIn
from grader.model import Person

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
JANE = HandIn("jane", "Jane Doe", 1, None, None, (Person(id="jane"),), ())


def put(content: str, folder: Path, *hand_ins: HandIn) -> list[Kept]:
    def gather(hand_in: HandIn, into: Path) -> Gathered:
        path = into / hand_in.student
        path.mkdir(parents=True)
        (path / "mlp.py").write_text(content + hand_in.submission)
        return Gathered(path)

    return list(keep(hand_ins, folder, gather=gather, digest=raw_digest))


def test_the_same_download_again_is_nothing_new(tmp_path: Path) -> None:
    first, again = put("x", tmp_path, JANE), put("x", tmp_path, JANE)
    assert [(each.hand_in.attempt, each.is_new) for each in (*first, *again)] == [(1, True), (1, False)]
    assert first[0].path == again[0].path
    assert (again[0].path / "mlp.py").read_text() == "x"


def test_other_files_are_the_next_attempt_and_the_earlier_one_stays(tmp_path: Path) -> None:
    (first,), (second,) = put("x", tmp_path, JANE), put("y", tmp_path, JANE)
    assert (second.hand_in.attempt, second.is_new) == (2, True)
    assert [(each.path / "mlp.py").read_text() for each in (first, second)] == ["x", "y"]


def test_equal_files_at_another_time_are_another_attempt(tmp_path: Path) -> None:
    one, two = replace(JANE, handed_in=NOON), replace(JANE, handed_in=NOON + timedelta(hours=1), attempt=2)
    assert [each.hand_in.attempt for each in put("x", tmp_path, one, two)] == [1, 2]
    assert [(each.hand_in.attempt, each.is_new) for each in put("x", tmp_path, one, two)] == [(1, False), (2, False)]


def test_a_time_that_was_known_stays_where_a_later_download_has_none(tmp_path: Path) -> None:
    put("x", tmp_path, replace(JANE, handed_in=NOON))
    assert put("x", tmp_path, JANE)[0].hand_in.handed_in == NOON


def test_what_was_torn_is_put_there_again(tmp_path: Path) -> None:
    (first,) = put("x", tmp_path, JANE)
    (first.path.parent / "hand-in.json").write_text("{")
    assert [(each.hand_in.attempt, each.is_new) for each in put("x", tmp_path, JANE)] == [(1, True)]


def test_a_seed_hangs_on_the_run_and_on_what_was_handed_in() -> None:
    assert seed_of(1, "a") == seed_of(1, "a")
    assert len({seed_of(1, "a"), seed_of(2, "a"), seed_of(1, "b")}) == 3
    assert 0 <= seed_of(1, "a") < 2**32
