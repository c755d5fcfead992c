"""A student's attempts beside each other: what changed, what people gave, more time, a note."""

from __future__ import annotations

from decimal import Decimal

import pytest

from grader.gradebook.marking import Given
from grader.gradebook.nouns import Found
from grader.model import Verdict
from grader.web.differences import compared
from grader.web.submission import turns
from kit.visiting import Visit

RULES = 'due = "2026-11-30 23:59"\nzone = "Europe/Berlin"\n'


def found(check: str, verdict: Verdict, earned: str) -> Found:
    return Found(0, "code", "Code", check, f"It {check}.", verdict, Decimal(earned), Decimal(2), Decimal(0), Decimal(0))


def test_what_came_out_otherwise_is_told_with_what_it_gives() -> None:
    before = [found("runs", Verdict.PASSED, "2"), found("says", Verdict.FAILED, "0"), found("old", Verdict.PASSED, "1")]
    after = [found("runs", Verdict.PASSED, "2"), found("says", Verdict.PASSED, "2"), found("new", Verdict.FAILED, "0")]
    told = [(turn.check, turn.points, turn.before is None, turn.after is None) for turn in turns(before, after)]
    assert told == [("says", 2, False, False), ("new", 0, True, False), ("old", -1, False, True)]


def test_lines_that_changed_stand_with_those_around_them() -> None:
    (only,) = compared({"a.py": b"one\ntwo\nthree\n", "b.py": b"same"}, {"a.py": b"one\n2\nthree\n", "b.py": b"same"})
    assert only.file == "a.py"
    assert only.lines[1:] == ((" ", "one"), ("-", "two"), ("+", "2"), (" ", "three"))


def test_cells_of_a_notebook_are_compared_by_their_text() -> None:
    book = b'{"cells": [{"cell_type": "code", "source": ["x = %d"], "outputs": []}], "nbformat": 4}'
    (only,) = compared({"a.ipynb": book % 1}, {"a.ipynb": book % 2})
    assert ("-", "x = 1") in only.lines
    assert ("+", "x = 2") in only.lines
    (other,) = compared({"a.ipynb": book % 1}, {"a.ipynb": (book % 1).replace(b'"outputs": []', b'"outputs": [{}]')})
    assert other.note.startswith("differs in what is not shown")


def test_what_is_no_text_is_only_named() -> None:
    told = {each.file: each.note for each in compared({"a.png": b"1", "b.npz": b"1"}, {"a.png": b"2", "c.npz": b"1"})}
    assert told == {"a.png": "is another one", "b.npz": "is gone", "c.npz": "is new"}


def test_a_long_difference_is_cut_and_says_so() -> None:
    many = "\n".join(str(k) for k in range(3_000)).encode()
    first, second = compared({}, {"a.py": many, "b.py": many})
    assert (len(first.lines), first.note) == (1_500, "The rest is left out.")
    assert (second.lines, second.note) == ((), "The rest is left out.")


def test_the_page_shows_attempts_marks_and_who_did_what(visit: Visit) -> None:
    visit.review.book.mark(
        Given("ann", 2, "classification", "comparison_written", Decimal("1.5"), "Say <b>why</b>."), author="Gil"
    )
    text = visit.owner.get(f"/submission/{visit.row('ann', 2)}").text
    assert "From attempt 1 to attempt 2" in text
    assert "The code is the same." in text
    assert "Say &lt;b&gt;why&lt;/b&gt;." in text
    assert "<td>Gil</td><td>mark" in text
    assert f'src="/page/{visit.row("ann", 2)}/staff" sandbox="allow-same-origin allow-downloads"' in text


def test_of_what_nobody_knows_there_is_no_page(visit: Visit) -> None:
    assert visit.owner.get("/submission/99999").status_code == 404
    assert visit.grader.get(f"/submission/{visit.row('ann')}").status_code == 403


def test_more_time_is_written_into_the_rules_and_the_audit(visit: Visit) -> None:
    rules = visit.review.folder / "class.toml"
    rules.write_text(RULES)
    row = visit.row("bob")
    assert "1 day late" in visit.owner.get(f"/submission/{row}").text
    asked = {"row": row, "until": "2026-12-03T23:59"}
    said = visit.owner.post("/api/extension", headers=visit.writes, json=asked).json()
    assert said == {"ok": True, "said": "Bob has until 2026-12-03 23:59."}
    assert rules.read_text() == f'{RULES}\n[extensions]\n"bob" = "2026-12-03 23:59"\n'
    text = visit.owner.get(f"/submission/{row}").text
    assert "late" not in text.partition("<h2")[0]
    assert "<td>Jane</td><td>extension</td><td></td><td>2026-12-03 23:59</td>" in text


@pytest.mark.parametrize("until", ["soon", "", "2026-12-03T23:59\n[penalty]"])
def test_more_time_until_no_time_is_refused(visit: Visit, until: str) -> None:
    rules = visit.review.folder / "class.toml"
    rules.write_text(RULES)
    answer = visit.owner.post("/api/extension", headers=visit.writes, json={"row": visit.row("ann"), "until": until})
    assert (answer.status_code, rules.read_text()) == (400, RULES)
    assert "is no time" in answer.json()["error"]


def test_a_note_is_kept_and_shown_to_the_owner(visit: Visit) -> None:
    row = visit.row("bob")
    visit.owner.post("/api/attempt-note", headers=visit.writes, json={"row": row, "text": "came to see me </textarea>"})
    assert ">came to see me &lt;/textarea&gt;</textarea>" in visit.owner.get(f"/submission/{row}").text


@pytest.mark.parametrize(
    "asked",
    [[], {"row": "1"}, {"row": True, "text": ""}, {"row": 1, "text": 7}, {"row": 1, "text": "x" * 4_001}, {"row": 0}],
)
def test_what_has_another_shape_is_refused(visit: Visit, asked: object) -> None:
    for path in ("/api/attempt-note", "/api/extension"):
        answer = visit.owner.post(path, headers=visit.writes, json=asked)
        assert (answer.status_code, "error" in answer.json()) == (400, True)
