"""What marking writes: marks with versions, lines that reach back, groups, notes; conflicts are shown and nothing is lost."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from grader.gradebook.columns import LONGEST
from grader.gradebook.marking import Given
from grader.gradebook.nouns import Noted
from grader.web.marking.opening import GONE
from kit.marker import NOTHING, PLACE, Marker
from kit.visiting import Visit


def test_a_mark_is_written_and_sent_again_it_is_the_same(marker: Marker) -> None:
    right = marker.line()
    first = marker.mark("fay", entries=[right], comment="Good")
    assert first.json() == {"ok": True, "version": 1}
    assert marker.mark("fay", entries=[right], comment="Good").json() == {"ok": True, "version": 1}
    mark = marker.now("fay").mark
    assert mark is not None
    assert (mark.points, mark.entries, mark.comment, mark.author) == (Decimal(2), (right,), "Good", "Jane")


def test_on_an_older_version_both_are_shown_and_nothing_is_written(marker: Marker) -> None:
    right = marker.line("Right", "2")
    marker.mark("fay", entries=[right], comment="Well seen")
    answer = marker.mark("fay", points="0.5")
    assert answer.status_code == 409
    theirs = answer.json()["theirs"]
    assert theirs["mark"] == NOTHING | {"entries": [right], "comment": "Well seen"}
    assert (theirs["version"], theirs["author"], theirs["said"]) == (1, "Jane", "2 points; Right; “Well seen”")
    assert marker.now("fay").version == 1
    assert marker.mark("fay", version=1, points="0.5").json()["version"] == 2


def test_points_out_of_range_are_refused_in_words(marker: Marker) -> None:
    answer = marker.mark("fay", points="5")
    assert (answer.status_code, answer.json()) == (400, {"error": "5 points; it is worth 2, so give 0 to 2"})
    right = marker.line()
    assert "give -2 to 2" in marker.mark("fay", entries=[right], adjustment="-3").json()["error"]
    assert marker.now("fay").mark is None


def test_half_of_a_character_is_refused_in_words(marker: Marker) -> None:
    body = PLACE | {"answer": marker.name("fay"), "version": 0, "mark": NOTHING | {"points": "\ud800"}}
    answer = marker.client.post("/api/mark", content=json.dumps(body).encode(), headers=marker.writes)
    assert (answer.status_code, "is no number of points" in answer.json()["error"]) == (400, True)


def test_a_comment_is_kept_whole_or_refused(marker: Marker) -> None:
    long = "w" * LONGEST
    assert marker.mark("fay", points="1", comment=long).json()["version"] == 1
    mark = marker.now("fay").mark
    assert mark is not None
    assert mark.comment == long
    answer = marker.mark("fay", version=1, points="1", comment=f"{long}!")
    assert (answer.status_code, answer.json()) == (400, {"error": "'comment' has 4,001 characters; 4,000 is the most"})
    assert f'maxlength="{LONGEST}"' in marker.client.get("/marking/1/6").text


def test_what_is_cleared_keeps_its_comment(marker: Marker) -> None:
    marker.mark("fay", points="1", comment="Why?")
    assert marker.mark("fay", version=1, comment="Why?").json()["version"] == 2
    mark = marker.now("fay").mark
    assert mark is not None
    assert (mark.points, mark.comment, marker.now("fay").why) == (None, "Why?", "pending")


def test_a_line_that_changes_takes_the_marks_with_it(marker: Marker) -> None:
    half = marker.line("In part", "1")
    marker.mark("fay", entries=[half])
    marker.mark("gus", entries=[half], adjustment="0.5")
    assert marker.post("entry", entry=half, version=1, points="0.5").json() == {"ok": True, "marks": 2}
    given = [each.mark.points for each in map(marker.now, ("fay", "gus")) if each.mark]
    assert given == [Decimal("0.5"), Decimal(1)]


def test_a_line_that_somebody_has_changed_is_shown_before_it_is_changed_again(marker: Marker) -> None:
    line = marker.line("In part", "1")
    marker.post("entry", entry=line, version=1, text="Half of it")
    answer = marker.post("entry", entry=line, version=1, text="A bit")
    assert answer.status_code == 409
    assert answer.json()["version"] == 2
    assert "“Half of it” (+1)" in answer.json()["error"]


def test_a_line_without_points_or_too_many_is_refused(marker: Marker) -> None:
    assert marker.post("entry", text="Only words").status_code == 400
    assert "give -2 to 2" in marker.post("entry", text="Too much", points="3").json()["error"]


def test_a_guide_begins_with_three_lines_once(marker: Marker) -> None:
    assert marker.post("entry", begin=True).status_code == 200
    assert marker.post("entry", begin=True).status_code == 400
    guide = marker.review.book.guide(PLACE["item"], PLACE["check"])
    assert [each.points for each in guide] == [2, 1, 0]


def test_a_group_gets_one_mark_and_one_of_it_can_be_taken_back(marker: Marker) -> None:
    right = marker.line()
    group = marker.page("/marking/1/group/2")
    assert len(group["members"]) == 3
    body = {"group": group["group"], "answers": group["members"], "mark": NOTHING | {"entries": [right]}}
    answer = marker.post("mark", version=group["version"], **body).json()
    assert (answer["conflicts"], set(answer["version"].values())) == ([], {1})
    undone = marker.post("undo", answer=marker.name("bob"), version=1)
    assert undone.json() == {"ok": True}
    points = [each.mark and each.mark.points for each in map(marker.now, ("ann", "bob", "cyd"))]
    assert points == [Decimal(2), None, Decimal(2)]
    assert set(marker.page("/marking/1/group/2")["members"]) == {marker.name("ann"), marker.name("cyd")}


def test_what_was_taken_back_is_left_alone_by_the_group_from_then_on(marker: Marker) -> None:
    group = marker.page("/marking/1/group/2")
    body = {"group": group["group"], "mark": NOTHING | {"points": "1"}}
    marker.post("mark", answers=group["members"], version=group["version"], **body)
    marker.post("undo", answer=marker.name("bob"), version=1)
    after = marker.page("/marking/1/group/2")
    assert set(after["members"]) == {marker.name("ann"), marker.name("cyd")}
    assert "Left as they are" in marker.client.get("/marking/1/group/2").text


def test_what_somebody_has_changed_meanwhile_is_not_taken_back(marker: Marker) -> None:
    marker.mark("bob", points="1")
    marker.mark("bob", version=1, points="2")
    assert "meanwhile" in marker.post("undo", answer=marker.name("bob"), version=1).json()["error"]
    assert marker.now("bob").version == 2


def test_where_one_of_a_group_was_marked_meanwhile_that_one_is_shown(marker: Marker) -> None:
    group = marker.page("/marking/1/group/2")
    marker.mark("bob", points="0.5")
    body = {"group": group["group"], "answers": group["members"], "mark": NOTHING | {"points": "2"}}
    answer = marker.post("mark", version=group["version"], **body).json()
    (conflict,) = answer["conflicts"]
    assert (conflict["answer"], conflict["theirs"]["said"]) == (marker.name("bob"), "0.5 points")
    assert set(answer["version"]) == {marker.name("ann"), marker.name("cyd")}
    points = [each.mark and each.mark.points for each in map(marker.now, ("ann", "bob", "cyd"))]
    assert points == [Decimal(2), Decimal("0.5"), Decimal(2)]


def test_what_was_kept_over_another_start_leads_to_where_two_differ(marker: Marker) -> None:
    marker.review.book.mark(Given("bob", 1, *PLACE.values(), Decimal("0.5")), author="Gil")
    names = [marker.name(each) for each in ("ann", "bob", "cyd")]
    body = {"group": "the same words", "answers": names, "version": {}, "mark": NOTHING | {"points": "2"}}
    # nobody has opened a page of this start yet
    (conflict,) = marker.post("mark", **body).json()["conflicts"]
    assert marker.page(conflict["href"])["answer"] == marker.name("bob")


def graded_again_without_a_result(marker: Marker, student: str) -> None:
    marker.review.book.note(Noted(student, 1, error="is empty", folder=student, key="new"))


def test_where_one_of_a_group_is_gone_the_others_get_their_mark(marker: Marker) -> None:
    group = marker.page("/marking/1/group/2")
    graded_again_without_a_result(marker, "bob")
    body = {"group": group["group"], "mark": NOTHING | {"points": "2"}}
    names = [*group["members"], "somebody else"]
    answer = marker.post("mark", answers=names, version=group["version"], **body)
    assert answer.json() == {
        "ok": True,
        "version": {marker.name("ann"): 1, marker.name("cyd"): 1},
        "conflicts": [],
    }
    gone = marker.post("mark", answers=[marker.name("bob")], version={}, **body)
    assert (gone.status_code, gone.json()) == (400, {"error": GONE})


def test_of_an_answer_that_is_gone_nobody_learns_whose_it_was(marker: Marker) -> None:
    place = next(k for k in (6, 7, 8) if marker.page(f"/marking/1/{k}")["answer"] == marker.name("fay"))
    answer = {"answer": marker.name("fay")}
    graded_again_without_a_result(marker, "fay")
    told = [
        marker.client.get(f"/marking/1/{place}"),
        marker.mark("fay", points="1"),
        marker.post("undo", version=1, **answer),
        marker.post("name", **answer),
    ]
    assert [each.status_code for each in told] == [404, 400, 400, 404]
    assert [each.text for each in told if GONE not in each.text or "fay" in each.text] == []


def test_notes_and_flags_are_kept_and_a_name_that_is_shown_is_recorded(marker: Marker) -> None:
    answer = {"answer": marker.name("fay")}
    marker.post("note", text="ask her", **answer)
    marker.post("flag", on=True, **answer)
    assert marker.post("name", **answer).json()["name"] == "Fay (fay)"
    now = marker.now("fay")
    assert (now.note, now.flagged) == ("ask her", True)
    assert [each.change.what for each in marker.review.book.history("fay", 1)][-3:] == ["note", "flag", "name"]


def test_a_comment_is_kept_for_others(marker: Marker) -> None:
    marker.post("comment", text="Say why.")
    assert marker.review.book.bank(PLACE["item"], PLACE["check"]) == (("Say why.", 0),)


def test_a_grader_writes_under_their_own_name(visit: Visit) -> None:
    grader = Marker(visit.grader, visit.grader_writes, visit.review)
    grader.mark("fay", points="1")
    mark = grader.now("fay").mark
    assert mark is not None
    assert mark.author == "Gil"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"answer": "0" * 24, "version": 0, "mark": NOTHING},
        {"answer": "../../etc/passwd", "version": 0, "mark": NOTHING},
        {"answer": "x", "version": 0},
        {"group": "", "answers": [], "version": {}, "mark": NOTHING},
    ],
)
def test_what_names_no_answer_is_refused(marker: Marker, body: dict[str, object]) -> None:
    assert marker.post("mark", **body).status_code == 400


def test_what_names_no_check_is_refused(marker: Marker) -> None:
    body = {"item": "no", "check": "such", "answer": marker.name("fay"), "version": 0, "mark": NOTHING}
    assert marker.post("mark", **body).status_code in (400, 404)
