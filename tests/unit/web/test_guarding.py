"""What stands before every request of the review: addresses, pages of others, cookies, tokens, sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import Response

from grader.gradebook.book import Gradebook
from grader.runs import Children, Today
from grader.runs.kept_answers import Answers
from grader.web import pages
from grader.web.app import application
from grader.web.doors import Address, Doors, write_token
from grader.web.guarding import HEADER, LARGEST
from grader.web.marking.naming import run_name
from grader.web.reviewing import Review, Who
from grader.web.watching import Watch
from kit import books
from kit.visiting import Client

HERE = "http://127.0.0.1:8765"
GRADER = "a token of a grader"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    """Return an empty gradebook."""
    with books.book_in(tmp_path) as made:
        yield made


@pytest.fixture
def doors() -> Doors:
    """Return doors at one address, with a grader who is known by a token."""
    known = {GRADER: Who("Ann", owner=False)}
    return Doors((Address.of(HERE),), Who("Jane"), known.get)


@pytest.fixture
def client(book: Gradebook, doors: Doors, tmp_path: Path) -> Client:
    """Return a browser that has not come in yet."""
    today = Today()
    review = Review(
        tmp_path, book, today, Children(today, Today), doors.owner, Watch(tmp_path, book), Answers(tmp_path)
    )
    return Client(application(review, doors), HERE)


def test_who_is_not_known_learns_nothing_but_how_to_come_in(client: Client) -> None:
    for path in ("/", "/marking", "/submission/1", "/nothing", "/events"):
        answer = client.get(path)
        assert (answer.status_code, "mlpgrader review" in answer.text) == (401, True), path
        assert "Class" not in answer.text
    assert client.get("/api/token").json() == {
        "error": "you are not known here; open the address that `mlpgrader review` prints"
    }


def test_the_link_of_the_owner_opens_as_often_as_it_is_used(client: Client, doors: Doors) -> None:
    assert doors.link(doors.token) == f"{HERE}/enter#{doors.token}"
    for _ in range(2):
        client.cookies.clear()
        client.come_in(doors.token)
        assert client.get("/").status_code == 200


def test_what_a_browser_is_started_with_opens_once(client: Client, doors: Doors) -> None:
    ticket = doors.ticket()
    client.come_in(ticket)
    assert client.post("/enter", content=ticket).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\udc80".encode("utf-8", "surrogatepass")])
def test_a_wrong_token_opens_nothing(client: Client, token: str) -> None:
    assert client.post("/enter", content=token).status_code == 403
    assert client.get("/").status_code == 401


def test_the_cookie_is_for_no_script_and_no_other_site(client: Client, doors: Doors) -> None:
    said = client.post("/enter", content=doors.token).headers["set-cookie"]
    assert said.startswith("mlpgrader-8765=")
    assert "HttpOnly" in said
    assert "SameSite=strict" in said
    assert doors.token not in said


def test_behind_tls_the_cookie_stays_with_its_host(doors: Doors) -> None:
    secure = Doors((Address.of("https://marking.example.edu"),), Who("Jane"))
    assert (secure.cookie, secure.is_secure) == ("__Host-mlpgrader-443", True)
    assert secure.link("t") == "https://marking.example.edu/enter#t"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8765.evil.example", "127.0.0.1:8765@evil.example", ""],
)
def test_another_name_for_our_address_is_refused(client: Client, doors: Doors, host: str) -> None:
    client.come_in(doors.token)
    for path in ("/", "/enter", "/static/enter.js"):
        assert client.get(path, headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "https://127.0.0.1:8765", "http://127.0.0.1:8766", ""]
)
def test_what_a_page_of_others_posts_is_refused(client: Client, doors: Doors, origin: str) -> None:
    token = client.come_in(doors.token)
    answer = client.post("/api/anything", headers=token | {"origin": origin}, json={})
    assert (answer.status_code, answer.json()["error"]) == (
        403,
        "this was sent by a page that is not of the review; nothing was written",
    )


def test_what_says_that_it_comes_from_elsewhere_is_refused(client: Client, doors: Doors) -> None:
    token = client.come_in(doors.token)
    for site in ("cross-site", "same-site", "none"):
        assert client.post("/api/anything", headers=token | {"sec-fetch-site": site}, json={}).status_code == 403


def test_a_write_needs_more_than_the_cookie(client: Client, doors: Doors) -> None:
    token = client.come_in(doors.token)
    assert client.post("/api/anything", json={}).status_code == 403
    assert client.post("/api/anything", json={}, headers={HEADER: "x"}).status_code == 403
    assert client.post("/api/anything", json={}, headers={HEADER: write_token("x")}).status_code == 403
    # it is let through, and there is nothing
    assert client.post("/api/anything", json={}, headers=token).status_code == 404


def test_a_new_token_comes_with_whose_it_is_and_of_which_run(client: Client, doors: Doors, book: Gradebook) -> None:
    told = []
    for token in (doors.token, GRADER):
        written = client.come_in(token)[HEADER]
        told.append(client.get("/api/token").json())
        assert told[-1]["token"] == written
    assert [each["who"] for each in told] == ["Jane", "Ann"]
    assert {each["run"] for each in told} == {run_name(book.secret)}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(client: Client, doors: Doors, method: str) -> None:
    token = client.come_in(doors.token)
    assert client.request(method, "/", headers=token).status_code == 405


def test_what_is_too_large_is_refused_before_it_is_read(client: Client, doors: Doors) -> None:
    token = client.come_in(doors.token)
    large = {"content-length": str(LARGEST + 1)}
    assert client.post("/api/anything", headers=token | large, content=b"x").status_code == 413
    assert client.post("/api/anything", headers=token | {"content-length": "-1"}, content=b"x").status_code == 413


def test_what_says_less_than_it_sends_is_refused(client: Client) -> None:
    pieces = [b"x" * 2**16] * (LARGEST // 2**16 + 1)
    assert client.post("/enter", content=pieces).status_code == 413


def test_every_answer_has_a_policy_without_inline_script(client: Client, doors: Doors) -> None:
    client.come_in(doors.token)
    for path in ("/", "/nothing", "/static/enter.js", "/api/token"):
        headers = client.get(path).headers
        policy = dict(each.split(" ", 1) for each in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/help", "/api/token"])
def test_a_fault_keeps_the_policy_and_tells_its_details_to_the_owner_alone(
    client: Client,
    doors: Doors,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    path: str,
) -> None:
    def fails(*_: object, **__: object) -> Response:
        raise RuntimeError("no answer of <ann>")

    monkeypatch.setattr(pages, "page", fails)
    monkeypatch.setattr(pages, "fine", fails)
    for token, is_told in ((GRADER, False), (doors.token, True)):
        client.cookies.set(doors.cookie, token if token == GRADER else doors.enter(token))
        answer = client.get(path)
        assert (answer.status_code, "script-src 'self'" in answer.headers["content-security-policy"]) == (500, True)
        assert ("ann" in answer.text, "<ann>" in answer.text) == (is_told, is_told and path.startswith("/api/"))
        assert "no answer of <ann>" in capsys.readouterr().err


def test_a_grader_marks_and_sees_nothing_else(client: Client) -> None:
    client.come_in(GRADER)
    assert client.get("/help").status_code == 200
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/marking")


@pytest.mark.parametrize(
    ("url", "authority"),
    [("http://a.example", "a.example"), ("https://a.example:8443/", "a.example:8443"), ("http://[::1]:80", "[::1]")],
)
def test_an_address_is_read(url: str, authority: str) -> None:
    assert Address.of(url).authority == authority


@pytest.mark.parametrize(
    "url", ["a.example", "ftp://a.example", "http://a.example/path", "http://u:p@a.example", "http://a:x"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the words are those of whoever asks
        Address.of(url)
