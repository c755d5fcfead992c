"""The class page: a file that needs nothing, every number with those behind it, and nothing of a student's that acts."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from grader.insight import About, Who, overview, page
from grader.model import Verdict
from kit.glancing import about, class_of, found, standing

EVIL = '"><img src=x onerror=alert(1)></script><script>alert(2)</script>\u202e'


def html(size: int = 30, **more: object) -> str:
    standings = class_of(size)
    return page.html(overview(standings, about(standings, **more)), links=link)


def link(who: Who) -> str:
    return quote(f"{who.folder}/staff.html", safe="/+")


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_only_script_is_ours_and_the_policy_names_it() -> None:
    made = html()
    (script,) = re.findall(r"<script>(.*?)</script>", made, re.DOTALL)
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', made.replace("&#39;", "'"))
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")


def test_nothing_is_fetched() -> None:
    tags = Tags(html()).found
    assert [tag for tag, _ in tags if tag in ("link", "img", "iframe", "object")] == []
    assert [has for _, has in tags if any(name.startswith("on") or name == "src" for name in has)] == []


def test_the_parts_come_in_their_order() -> None:
    ids = re.findall(r'<h2 id="(\w+)"', html(60))
    assert ids == ["needs", "spread", "items", "mistakes", "groups", "doubts", "extremes", "repaired", "everybody"]


def test_every_number_leads_to_those_behind_it() -> None:
    numbers = [has for tag, has in Tags(html()).found if tag == "a" and has.get("class") == "n"]
    assert len(numbers) > 60
    assert {has["href"] for has in numbers} == {"#everybody"}
    assert all(re.fullmatch(r"l[0-9a-z.]*|b[A-Za-z0-9+/=]+", has["data-who"] or "") for has in numbers)


def test_everybody_is_in_the_table_with_the_report_behind_the_name() -> None:
    standings = [standing("ann", found(), name="Ann", folder="ann+2"), standing("bob", state="failed")]
    made = page.html(overview(standings, About()), links=link)
    assert '<a href="ann+2/staff.html">Ann</a> <small>ann</small>' in made
    assert "<td>not graded</td>" in made


@pytest.mark.parametrize("size", [7, 60], ids=["small", "large"])
def test_names_are_shown_instead_of_coefficients_where_they_would_say_nothing(size: int) -> None:
    made = html(size)
    assert ("With the rest" in made, "Best 27" in made) == (size == 60, size == 60)
    assert ("Points of everybody" in made) == (size == 7)


def test_what_students_call_themselves_and_write_stays_text() -> None:
    wrong = found("a", Verdict.FAILED, message=EVIL, pattern=EVIL, diagnosis="")
    named = found("b", Verdict.FAILED, message=EVIL, diagnosis=EVIL, place=1)
    standings = [standing(f"{EVIL}{k}", wrong, named, name=EVIL, folder=EVIL) for k in range(4)]
    known = About(title=EVIL, missing=(EVIL,), unmatched=(f"{EVIL}1",), seconds={EVIL: 1.0})
    for live in (False, True):
        made = str(page.main(overview(standings, known), links=link, live=live, remarks={("b", EVIL, ""): EVIL}))
        tags = Tags(made).found
        assert [tag for tag, _ in tags if tag in ("img", "script")] == []
        assert [has for _, has in tags if any(name.startswith("on") for name in has)] == []
        assert "\u202e" not in made


def test_comments_on_a_mistake_are_written_where_it_is_live_alone() -> None:
    wrong = found("a", Verdict.FAILED, diagnosis="bias_missing")
    made = overview([standing("ann", wrong)], About())
    assert "<form" not in page.main(made, links=link)
    live = page.main(made, links=link, live=True, remarks={("a", "bias_missing", ""): "Add b."})
    assert 'data-check="a" data-diagnosis="bias_missing" data-pattern=""' in live
    assert ">Add b.</textarea>" in live


def test_a_stub_stands_on_the_page() -> None:
    standings = [standing(name, found("a", Verdict.FAILED, pattern="W x2")) for name in ("ann", "bob", "cem")]
    made = page.main(overview(standings, About()), links=link)
    assert '<pre class="stub" data-stub="a.toml">[a_w_x2]' in made.replace("# seen in several submissions\n", "")


def test_a_thousand_fit_in_two_megabytes() -> None:
    assert len(html(1000).encode()) <= 2_000_000


def test_nothing_at_all_makes_a_page() -> None:
    assert "Nothing is graded yet." in page.html(overview([], About()), links=link)


def test_it_is_said_of_how_many_everything_is_decided() -> None:
    essay = found("essay", Verdict.PENDING, place=1)
    standings = [standing(name, found(), essay) for name in ("ann", "bob")]
    assert "<strong>2</strong> graded; everything is decided for 0 of 2<" in page.main(
        overview(standings, About()), links=link
    )
    nobody = page.main(overview([standing("ann", essay)], About()), links=link)
    assert "Nothing is decided yet." in nobody
    assert "Nothing is graded yet." not in nobody
