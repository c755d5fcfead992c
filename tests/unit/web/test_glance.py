"""The class page in the review: as it stands, with links to submissions, and comments on a whole mistake."""

from __future__ import annotations

from decimal import Decimal

import pytest

from grader.classes.model import Joined
from grader.filenames import CLASS
from grader.gradebook.marking import Given
from kit.books import folder_of, hand_in
from kit.visiting import Visit


def test_the_page_leads_to_submissions_by_number(visit: Visit) -> None:
    text = visit.owner.get("/").text
    assert f'href="/submission/{visit.row("bob")}"' in text
    assert "<script>" not in text


def test_what_has_changed_is_on_the_page_the_next_time(visit: Visit) -> None:
    before = visit.owner.get("/").text.partition('id="class"')[2]
    assert visit.owner.get("/").text.partition('id="class"')[2] == before
    given = Given("ann", 2, "classification", "comparison_written", Decimal("1.5"))
    visit.review.book.mark(given, author="Gil")
    assert visit.owner.get("/").text.partition('id="class"')[2] != before


def test_rules_that_were_changed_since_say_which_attempt_is_on_the_page(visit: Visit) -> None:
    visit.review.book.mark(Given("ann", 1, "classification", "comparison_written", Decimal(2)), author="Gil")
    attempts = [each.row for each in visit.review.book.attempts() if each.student == "ann"]
    for rule, there in (("latest", 1), ("best", 0), ("latest", 1)):
        (visit.review.folder / CLASS).write_text(f'attempts = "{rule}"\n')
        text = visit.owner.get("/").text
        assert [f'href="/submission/{row}"' in text for row in attempts] == [k == there for k in (0, 1)]


def test_whom_the_roster_does_not_know_needs_the_owner(visit: Visit) -> None:
    assert "not in the roster" not in visit.owner.get("/").text
    visit.review.book.take_in(Joined((hand_in("bob"),), unmatched=("bob",), has_roster=True), folder_of)
    assert "not in the roster" in visit.owner.get("/").text


def test_a_comment_on_a_mistake_reaches_all_who_made_it(visit: Visit) -> None:
    (failed,) = [each for each in next(visit.review.book.standings(["bob"])).findings if each.diagnosis]
    asked = {"check": failed.check, "diagnosis": failed.diagnosis, "pattern": "", "text": "See <b>the</b> lecture."}
    assert visit.owner.post("/api/remark", headers=visit.writes, json=asked).json() == {"ok": True}
    bob = next(visit.review.book.standings(["bob"]))
    assert "See <b>the</b> lecture." in bob.score.comment
    assert "See &lt;b&gt;the&lt;/b&gt; lecture." in visit.owner.get("/").text
    assert visit.owner.post("/api/remark", headers=visit.writes, json=asked | {"text": ""}).json() == {"ok": True}
    assert "lecture" not in next(visit.review.book.standings(["bob"])).score.comment


def test_the_class_is_handed_out_as_the_file_that_lies_in_the_folder_of_a_run(visit: Visit) -> None:
    answer = visit.owner.get("/class.html")
    assert answer.headers["content-disposition"] == 'attachment; filename="class.html"'
    assert 'href="bob/staff.html"' in answer.text
    assert 'href="ann%2B2/staff.html"' in answer.text
    assert (visit.review.folder / "ann+2" / "staff.html").is_file()
    assert "/submission/" not in answer.text
    assert "data-remark" not in answer.text.partition("<script>")[0]
    assert 'href="/class.html"' in visit.owner.get("/release").text


@pytest.mark.parametrize("asked", [{}, {"check": "x"}, {"check": 1, "diagnosis": "x", "pattern": "", "text": ""}])
def test_a_comment_on_nothing_is_refused(visit: Visit, asked: dict[str, object]) -> None:
    answer = visit.owner.post("/api/remark", headers=visit.writes, json=asked)
    assert (answer.status_code, "error" in answer.json()) == (400, True)


def test_a_grader_comments_on_no_mistake(visit: Visit) -> None:
    asked = {"check": "gradients_match", "diagnosis": "x", "pattern": "", "text": "x"}
    assert visit.grader.post("/api/remark", headers=visit.grader_writes, json=asked).status_code == 403
    assert visit.review.book.remarks() == ()
