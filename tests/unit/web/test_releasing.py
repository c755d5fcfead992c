"""Releasing and exporting from the page: who is ready, one button, files by the functions of the command line."""

from __future__ import annotations

import io
import zipfile

from kit import platform_files
from kit.visiting import Visit


def test_the_page_says_who_is_ready_and_what_the_others_wait_for(visit: Visit) -> None:
    text = visit.owner.get("/release").text
    assert "0 released, 2 ready, 1 not ready." in text
    assert "comparison_written: waits for a person" in text
    assert text.count("data-student=") == 2


def test_only_who_is_ready_and_named_is_released(visit: Visit) -> None:
    said = visit.owner.post(
        "/api/release", headers=visit.writes, json={"students": ["bob", "ann", "nobody"], "withdraw": False}
    ).json()
    assert said == {"ok": True, "done": 1, "said": "1 student or group released."}
    assert {each.student: each.released for each in visit.review.book.ready()} == {"ann": "", "bob": "Jane", "eve": ""}


def test_a_release_is_withdrawn_for_those_who_are_named(visit: Visit) -> None:
    visit.owner.post("/api/release", headers=visit.writes, json={"students": ["bob", "eve"], "withdraw": False})
    visit.owner.post("/api/release", headers=visit.writes, json={"students": ["bob"], "withdraw": True})
    assert {each.student for each in visit.review.book.ready() if each.released} == {"eve"}


def test_the_preview_is_the_page_that_is_handed_out(visit: Visit) -> None:
    bob, ann = visit.row("bob"), visit.row("ann", 2)
    answer = visit.owner.get(f"/preview/{bob}")
    assert answer.content == (visit.review.folder / "bob" / "report.html").read_bytes()
    assert "sandbox" in answer.headers["content-security-policy"]
    assert visit.owner.get(f"/preview/{ann}").status_code == 404


def test_a_file_tells_of_those_who_are_released(visit: Visit) -> None:
    visit.owner.post("/api/release", headers=visit.writes, json={"students": ["bob"], "withdraw": False})
    answer = visit.owner.post("/api/export?format=csv", headers=visit.writes)
    assert answer.headers["content-disposition"] == 'attachment; filename="csv.csv"'
    assert [line.split(",")[1] for line in answer.text.splitlines()[1:]] == ["Bob"]


def test_what_goes_back_to_a_platform_has_the_ending_of_its_kind(visit: Visit) -> None:
    visit.owner.post("/api/release", headers=visit.writes, json={"students": ["bob"], "withdraw": False})
    scores = platform_files.classroom50().replace(b"STUDENT0", b"bob")
    asked = f"/api/export?format=classroom50&title={platform_files.TITLE}"
    answer = visit.owner.post(asked, headers=visit.writes, content=scores)
    assert answer.headers["content-disposition"] == 'attachment; filename="classroom50.json"'
    assert "mlpgrader" in answer.text


def test_an_archive_holds_what_the_command_line_packs(visit: Visit) -> None:
    visit.owner.post("/api/release", headers=visit.writes, json={"students": ["bob"], "withdraw": False})
    answer = visit.owner.post("/api/export?format=feedback", headers=visit.writes)
    assert answer.headers["content-disposition"] == 'attachment; filename="feedback.zip"'
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert any(name.endswith("/report.html") for name in names)
    assert not any("staff" in name for name in names)


def test_a_preview_says_what_would_be_written_and_who_is_left_out(visit: Visit) -> None:
    visit.owner.post("/api/release", headers=visit.writes, json={"students": ["bob"], "withdraw": False})
    said = visit.owner.post("/api/export?format=csv&preview=yes", headers=visit.writes).json()
    assert said["students"] == 1
    assert "left out, not released: Eve" in said["lines"]


def test_of_nobody_no_file_is_written(visit: Visit) -> None:
    said = visit.owner.post("/api/export?format=csv", headers=visit.writes).json()
    assert (said["students"], "left out, not released: Bob, Eve" in said["lines"]) == (0, True)
    everybody = visit.owner.post("/api/export?format=csv&unreleased=yes", headers=visit.writes)
    assert len(everybody.text.splitlines()) == 4


def test_what_does_not_fit_is_said(visit: Visit) -> None:
    for query, words in (
        ("format=../../etc/passwd", "there is no such format"),
        ("format=canvas", "choose that file as well"),
        ("format=feedback&unreleased=yes", "is for students"),
    ):
        answer = visit.owner.post(f"/api/export?{query}", headers=visit.writes)
        assert (answer.status_code, words in answer.json()["error"]) == (400, True)
    answer = visit.owner.post("/api/export?format=csv", headers=visit.writes, content=b"a,b")
    assert (answer.status_code, "choose no file for it" in answer.json()["error"]) == (400, True)
    answer = visit.owner.post("/api/export?format=canvas&title=x", headers=visit.writes, content=b"\x00\xffno table")
    assert answer.status_code == 400


def test_only_the_owner_releases_and_exports(visit: Visit) -> None:
    for path in ("/api/release", "/api/export?format=csv&unreleased=yes"):
        assert visit.grader.post(path, headers=visit.grader_writes, json={"students": ["bob"]}).status_code == 403
    assert not any(each.released for each in visit.review.book.ready())
