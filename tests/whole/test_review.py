"""The review as it is used: the command from its start to Ctrl-C, and releasing by keyboard in a real browser."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from grader.runs import RunFolder
from kit import ROOT, platform_files
from kit import report_samples as samples
from kit.browsing import BROWSER
from kit.reviewing import Running, answering, chromium, made_run, page_of, running

in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine"),
    pytest.mark.xdist_group("review in a browser"),
]


def run_of(folder: Path) -> Path:
    """Write a run of three: one waits for a person, two are ready."""
    right = samples.right()
    eve = replace(right, submission=replace(right.submission, id="eve"))
    return made_run(folder, [answering("ann", "The second."), samples.wrong(), eve])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Running]:
    """Return the review of that run, which is served."""
    with running(run_of(tmp_path / "graded")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a browser."""
    with chromium() as made:
        yield made


def test_the_command_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    run = run_of(tmp_path / "graded")
    words = ["review", str(run), "--port", "0", "--no-browser", "--as", "Jane Doe"]
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", *words], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        lines = [process.stderr.readline(), process.stderr.readline()]
        assert lines[1].startswith("Ctrl-C ends it.")
        link = lines[0].split()[-1]
        address, token = link.split("/enter#")
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with pytest.raises(urllib.error.HTTPError, match="401"):
            opener.open(address, timeout=60)
        enter = urllib.request.Request(f"{address}/enter", data=token.encode(), headers={"Origin": address})
        assert opener.open(enter, timeout=60).status == 200
        assert "Jane Doe" in opener.open(address, timeout=60).read().decode()
        # who listens does not hold it up
        told = opener.open(f"{address}/events", timeout=60)
        assert told.readline() == b"retry: 2000\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("width", [390, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("browser")
class TestInABrowser:
    """Pages of the owner."""

    pytestmark = in_a_browser

    def test_everybody_who_is_ready_is_released_by_keyboard(
        self, served: Running, browser: Any, width: int, scheme: str
    ) -> None:
        with page_of(browser, served.link, width=width, color_scheme=scheme) as page:
            page.goto(f"{served.url}/release")
            page.get_by_role("button", name="Release 2 results").focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert "2 released, 0 ready, 1 not ready." in page.inner_text("main")
            released = {each.student for each in served.served.review.book.ready() if each.released}
            assert released == {"bob", "eve"}
            page.select_option("select[name=format]", "csv")
            page.get_by_role("button", name="Write the file").focus()
            with page.expect_download() as handed:
                page.keyboard.press("Enter")
            text = Path(handed.value.path()).read_text(encoding="utf-8-sig")
            assert [line.split(",")[1] for line in text.splitlines()[1:]] == ["Bob", "Eve"]

    def test_no_page_of_the_owner_is_wider_than_its_window(
        self, served: Running, browser: Any, width: int, scheme: str
    ) -> None:
        rows = [each.row for each in served.served.review.book.attempts()]
        with page_of(browser, served.link, width=width, color_scheme=scheme) as page:
            for path in ("/", "/release", "/graders", "/help", *(f"/submission/{row}" for row in rows)):
                page.goto(served.url + path)
                assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")
@pytest.mark.xdist_group("review in a browser")
def test_what_is_printed_are_results_without_what_can_only_be_pressed(served: Running, browser: Any) -> None:
    row = next(each.row for each in served.served.review.book.attempts() if each.student == "bob")
    with page_of(browser, served.link) as page:
        page.emulate_media(media="print")
        for path in ("/", "/release", f"/submission/{row}"):
            page.goto(served.url + path)
            assert page.locator("table").first.is_visible(), path
            assert not page.locator("nav").first.is_visible(), path
        page.goto(f"{served.url}/release")
        assert not page.get_by_role("button", name="Release 2 results").is_visible()


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")
@pytest.mark.xdist_group("review in a browser")
def test_the_page_of_the_class_follows_a_run_that_goes_on(served: Running, browser: Any) -> None:
    with page_of(browser, served.link) as page:
        page.goto(served.url)
        assert "zoe" not in page.inner_text("main")
        right = samples.right()
        made = replace(right, submission=replace(right.submission, id="zoe"))
        folder = RunFolder(served.served.review.folder)
        with folder.taken():
            folder.of("zoe").deliver(made)
            folder.add("zoe", made.result)
        page.locator("#class tbody").get_by_text("zoe").first.wait_for()
        assert page.goto(f"{served.url}/marking").status == 200


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")
@pytest.mark.xdist_group("review in a browser")
def test_more_time_and_a_note_are_given_on_the_page_of_a_submission(served: Running, browser: Any) -> None:
    review = served.served.review
    (review.folder / "class.toml").write_text('due = "2026-11-30 22:30"\nzone = "UTC"\n')
    row = next(each.row for each in review.book.attempts() if each.student == "bob")
    with page_of(browser, served.link) as page:
        page.goto(f"{served.url}/submission/{row}")
        assert "1 day late" in page.inner_text("main")
        page.fill("input[name=until]", "2026-12-03T23:59")
        page.keyboard.press("Enter")
        page.get_by_text("Bob has until 2026-12-03 23:59.").wait_for()
        page.fill("textarea[name=text]", "came to see me")
        page.get_by_role("button", name="Keep the note").press("Enter")
        page.get_by_text("The note is kept.").wait_for()
        page.reload()
        assert "late" not in page.inner_text(".headline")
        assert page.input_value("textarea[name=text]") == "came to see me"
    assert review.book.note_on("bob", 1) == "came to see me"


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")
@pytest.mark.xdist_group("review in a browser")
def test_what_goes_back_to_a_platform_is_called_as_it_came_from_there(served: Running, browser: Any) -> None:
    served.served.review.book.release(["bob"], author="Jane Doe")
    scores = platform_files.classroom50().replace(b"STUDENT0", b"bob")
    with page_of(browser, served.link) as page:
        page.goto(f"{served.url}/release")
        page.select_option("select[name=format]", "classroom50")
        page.fill("input[name=title]", platform_files.TITLE)
        chosen = {"name": "scores.json", "mimeType": "application/json", "buffer": scores}
        page.set_input_files("input[name=into]", chosen)
        with page.expect_download() as handed:
            page.get_by_role("button", name="Write the file").press("Enter")
        assert handed.value.suggested_filename == "scores.json"
        page.get_by_text("scores.json was written.").wait_for()
        with page.expect_download() as handed:
            page.get_by_role("link", name="the class at a glance as one file").press("Enter")
        assert handed.value.suggested_filename == "class.html"
