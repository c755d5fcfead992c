"""Several people who mark: who they are, links of their own, and what only the owner may do."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.gradebook.marking import Given
from grader.web import app, graders
from grader.web.doors import Address, Doors
from grader.web.listening import is_loopback
from grader.web.reviewing import Who
from grader.web.serving import Wanted, ensure_alone
from kit.visiting import Visit


def test_names_stand_one_on_a_line(tmp_path: Path) -> None:
    file = tmp_path / "graders.txt"
    file.write_text("\ufeffJane Doe\n\n  Łukasz Żółć  # on Mondays\n# nobody\n", encoding="utf-8")
    assert graders.read(file) == ("Jane Doe", "Łukasz Żółć")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "names nobody"),
        (b"# x\n", "names nobody"),
        (b"\xff", "is not UTF-8"),
        (b"x" * 101, "at most 200 names of at most 100"),
        (b"a\n" * 201, "at most 200 names"),
    ],
)
def test_what_is_no_list_of_names_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "graders.txt"
    file.write_bytes(content)
    with pytest.raises(AuthorError, match=words):
        graders.read(file)
    with pytest.raises(AuthorError, match="cannot be read"):
        graders.read(tmp_path / "nowhere")


def test_links_are_told_once_and_hold(visit: Visit) -> None:
    book, doors = visit.review.book, Doors((Address.of("http://127.0.0.1:8765"),), Who("Jane"))
    tokens = book.set_graders(["Ann", "Bob"], author="Jane")
    assert [line for line in graders.links(doors, tokens, ["Ann", "Bob"]) if f"#{tokens['Ann']}" in line]
    again = book.set_graders(["Ann", "Bob"], author="Jane")
    assert again == {}
    assert graders.links(doors, again, ["Ann", "Bob"]) == [
        "With the links that they have: Ann, Bob. The page Graders gives another one."
    ]
    assert graders.known(book)(tokens["Ann"]) == Who("Ann", owner=False)
    assert graders.known(book)("x") is None


def test_who_comes_by_their_link_marks_under_their_name(visit: Visit) -> None:
    tokens = visit.review.book.set_graders(["Ann"], author="Jane")
    doors = Doors((Address.of("http://127.0.0.1:8765"),), Who("Jane"), graders.known(visit.review.book))
    assert doors.who(doors.enter(tokens["Ann"])) == Who("Ann", owner=False)
    visit.review.book.set_graders(["Bob"], author="Jane")
    assert doors.who(tokens["Ann"]) is None


def test_answers_are_spread_and_the_page_says_who_does_what(visit: Visit) -> None:
    visit.review.book.set_graders(["Gil <b>", "Hal"], author="Jane")
    said = visit.owner.post("/api/spread", headers=visit.writes, json={"double": 0}).json()
    assert said == {"ok": True, "said": "1 answer spread.", "count": 1}
    text = visit.owner.get("/graders").text
    assert "Gil &lt;b&gt;" in text
    assert [each.assigned for each in visit.review.book.progress()] in ([0, 1], [1, 0])


@pytest.mark.parametrize("double", [-1, 101, "5", None, 1.5])
def test_a_share_that_is_none_is_refused(visit: Visit, double: object) -> None:
    assert visit.owner.post("/api/spread", headers=visit.writes, json={"double": double}).status_code == 400


def test_a_new_link_ends_the_one_before(visit: Visit) -> None:
    before = visit.review.book.set_graders(["Gil"], author="Jane")["Gil"]
    said = visit.owner.post("/api/renew", headers=visit.writes, json={"name": "Gil"}).json()["said"]
    after = said.rpartition("#")[2]
    assert visit.review.book.grader_of(before) is None
    assert visit.review.book.grader_of(after) is not None
    assert visit.owner.post("/api/renew", headers=visit.writes, json={"name": "Eve"}).status_code == 400


def test_a_grader_reaches_nothing_that_is_the_owners(visit: Visit) -> None:
    for route in app.owned():
        path = route.path.replace("{k:int}", "1").replace("{which}", "staff").replace("{name}", "a")
        method = sorted((route.methods or set()) - {"HEAD"})[0]
        answer = visit.grader.request(method, path, headers=visit.grader_writes, json={} if method == "POST" else None)
        assert answer.status_code in (403, 303), path


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_on_this_machine_nobody_has_to_be_named(tmp_path: Path, host: str) -> None:
    assert is_loopback(host)
    ensure_alone(Wanted(tmp_path, "Jane", host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "marking.example.edu", ""])
def test_beyond_this_machine_somebody_has_to_be_named(tmp_path: Path, host: str) -> None:
    with pytest.raises(AuthorError, match="say who may with --graders FILE"):
        ensure_alone(Wanted(tmp_path, "Jane", host=host))
    ensure_alone(Wanted(tmp_path, "Jane", host=host, graders=tmp_path / "graders.txt"))


def test_behind_a_web_server_somebody_has_to_be_named(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"--url https://a\.example: others could reach"):
        ensure_alone(Wanted(tmp_path, "Jane", url="https://a.example"))


def test_of_two_who_differ_the_owner_takes_one(visit: Visit) -> None:
    book, place = visit.review.book, ("classification", "comparison_written")
    book.set_graders(["Gil", "Hal"], author="Jane")
    book.spread(double=100, seed=1, author="Jane")
    for name, points in (("Gil", "2"), ("Hal", "0.5")):
        book.mark(Given("ann", 2, *place, Decimal(points), f"{name} says"), author=name)
    text = visit.owner.get("/graders").text
    assert "0.5 by Hal: Hal says" in text
    asked = {"row": visit.row("ann", 2), "item": place[0], "check": place[1], "name": "Hal"}
    said = visit.owner.post("/api/choose", headers=visit.writes, json=asked).json()
    assert said == {"ok": True, "said": "What Hal gave counts for Ann."}
    mark = book.answered("ann", 2, *place).mark
    assert mark is not None
    assert (mark.points, mark.comment, mark.author) == (Decimal("0.5"), "Hal says", "Jane")
    for wrong in ({"name": "Eve"}, {"row": 9999}, {"check": "x"}):
        assert visit.owner.post("/api/choose", headers=visit.writes, json=asked | wrong).status_code == 400


def test_why_one_of_two_cannot_be_taken_is_told(visit: Visit) -> None:
    book, place = visit.review.book, ("classification", "comparison_written")
    book.set_graders(["Gil", "Hal"], author="Jane")
    book.spread(double=100, seed=1, author="Jane")
    entry = book.add_entry(*place, "Half of it", Decimal(1), author="Jane")
    book.mark(Given("ann", 2, *place, Decimal(2)), author=book.answered("ann", 2, *place).assigned)
    second = book.answered("ann", 2, *place).second
    book.mark(Given("ann", 2, *place, entries=(entry.id,)), author=second)
    book.change_entry(entry.id, version=entry.version, retired=True, author="Jane")
    asked = {"row": visit.row("ann", 2), "item": place[0], "check": place[1], "name": second}
    answer = visit.owner.post("/api/choose", headers=visit.writes, json=asked)
    assert (answer.status_code, "'Half of it' was taken out of the guide" in answer.json()["error"]) == (400, True)
