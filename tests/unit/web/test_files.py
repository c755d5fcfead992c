"""Files of ours by a fixed table, those of a run by number: no request names a path."""

from __future__ import annotations

import pytest

from grader.web import files
from kit.visiting import Visit


def test_our_files_come_with_their_kind_and_are_asked_for_once(visit: Visit) -> None:
    first = visit.owner.get("/static/page.css")
    assert (first.status_code, first.headers["content-type"]) == (200, "text/css; charset=utf-8")
    again = visit.owner.get("/static/page.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_of_the_run_comes_by_its_number_and_can_do_nothing(visit: Visit) -> None:
    answer = visit.owner.get(f"/page/{visit.row('bob')}/staff")
    assert "For staff" in answer.text or "bob" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy


def test_earlier_attempts_have_pages_of_their_own(visit: Visit) -> None:
    first, second = (visit.owner.get(f"/page/{visit.row('ann', k)}/staff").text for k in (1, 2))
    assert "The first is better." in first
    assert "The second is better." in second


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/..%2f..%2f..%2fetc%2fpasswd", "/static/app.py", "/static/",
        "/page/1/..%2f..%2fjournal.jsonl", "/page/1/../../gradebook.sqlite", "/page/1/gradebook.sqlite", "/page/1/report.json",
        "/page/1/executed/..%2f..%2fjournal.jsonl", "/page/1/executed/%2fetc%2fpasswd", "/page/1/executed/..",
        "/page/0/staff", "/page/99999/staff", "/page/-1/staff", "/page/1%00/staff", "/page/99999999999999999999999/staff",
        "/page/x/staff",
    ],
)  # fmt: skip
def test_no_request_reaches_another_file(visit: Visit, path: str) -> None:
    assert visit.owner.get(path).status_code == 404


def test_a_link_that_somebody_has_laid_into_the_run_is_not_followed(visit: Visit) -> None:
    page = visit.review.folder / "bob" / "staff.html"
    page.unlink()
    page.symlink_to("/etc/passwd")
    assert visit.owner.get(f"/page/{visit.row('bob')}/staff").status_code == 404


def test_a_notebook_that_was_run_is_shown_or_handed_out(visit: Visit) -> None:
    executed = visit.review.folder / "bob" / "executed"
    executed.mkdir(exist_ok=True)
    for name in ("A.html", "A.ipynb", "keys.txt"):
        (executed / name).write_text(name)
    row = visit.row("bob")
    assert visit.owner.get(f"/page/{row}/executed/A.html").headers["content-security-policy"] == files.POLICY
    handed = visit.owner.get(f"/page/{row}/executed/A.ipynb")
    assert handed.headers["content-disposition"] == 'attachment; filename="A.ipynb"'
    assert visit.owner.get(f"/page/{row}/executed/keys.txt").status_code == 404


def test_a_grader_sees_no_page_with_a_name(visit: Visit) -> None:
    assert visit.grader.get(f"/page/{visit.row('bob')}/staff").status_code == 403
