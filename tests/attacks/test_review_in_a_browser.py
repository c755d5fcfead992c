"""Attacks on the review in a real browser: what students wrote, pages of others, other names for its address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kit.browsing import BROWSER
from kit.reviewing import Running, chromium, hostile_run, page_of, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine"),
    pytest.mark.xdist_group("review in a browser"),
]
OWNED = "document.documentElement.outerHTML.includes('data-owned')"
REBOUND = "marking.evil.example"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a review of a run in which every text is an attack."""
    with running(hostile_run(tmp_path_factory.mktemp("run") / "graded")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a browser for which a name of others leads to this machine, as their name server may say."""
    with chromium(more=[f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"]) as made:
        yield made


@contextmanager
def others(page: str) -> Iterator[tuple[str, list[str]]]:
    """Give the address of somebody else's page, on a site of its own, and the paths that it was asked for."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        # to a browser, localhost and 127.0.0.1 are two sites
        yield f"http://localhost:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def paths(served: Running, page: Any) -> list[str]:
    """Return every page of the review: those that are known, and those that they link to."""
    rows = [each.row for each in served.served.review.book.attempts()]
    found = ["/", "/marking", "/release", "/graders", "/help"]
    found += [f"/submission/{row}" for row in rows]
    found += [f"/page/{row}/{which}" for row in rows for which in ("staff", "student")]
    for start in ("/marking", *(f"/submission/{row}" for row in rows)):
        page.goto(served.url + start)
        links = page.eval_on_selector_all("a[href]", "all => all.map((each) => each.getAttribute('href'))")
        found += [link for link in links if link.startswith(("/marking/", "/page/"))]
    for start in [each for each in found if each.startswith("/marking/")]:
        page.goto(served.url + start)
        links = page.eval_on_selector_all("a[href]", "all => all.map((each) => each.getAttribute('href'))")
        found += [link for link in links if link.startswith("/marking/")]
    return list(dict.fromkeys(each.partition("#")[0] for each in found if not each.endswith(".ipynb")))


def test_no_script_of_others_runs_on_any_page(served: Running, browser: Any) -> None:
    with page_of(browser, served.link) as page:
        asked: list[str] = []
        dialogs: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        every = paths(served, page)
        assert len([each for each in every if each.startswith("/marking/")]) > 2
        assert any("/executed/" in each for each in every)
        for path in every:
            answer = page.goto(served.url + path)
            assert answer.status == 200, path
            page.wait_for_load_state("load")
            for frame in page.frames:
                assert not frame.evaluate(OWNED), path
        assert dialogs == []
        assert [url for url in asked if not url.startswith((served.url, "data:image/"))] == []


def test_what_was_written_is_there_as_words(served: Running, browser: Any) -> None:
    row = next(each.row for each in served.served.review.book.attempts() if each.student == "mallory")
    with page_of(browser, served.link) as page:
        page.goto(f"{served.url}/submission/{row}")
        assert "<script>document.body.dataset.owned=1</script>" in page.inner_text("h1")


def test_a_notebook_opens_within_its_frame_and_runs_nothing(served: Running, browser: Any) -> None:
    row = next(each.row for each in served.served.review.book.attempts() if each.student == "nora")
    with page_of(browser, served.link) as page:
        page.goto(f"{served.url}/submission/{row}")
        page.locator("iframe.report").scroll_into_view_if_needed()
        frame = page.frame_locator("iframe.report")
        link = frame.locator("a[href^='executed/'][href$='.html']").first
        with page.expect_response(lambda answer: "/executed/" in answer.url) as told:
            # it stands in what is folded up
            link.evaluate(
                "(link) => { for (let at = link; at; at = at.parentElement) if (at.open === false) at.open = true; }"
            )
            link.click()
        assert told.value.status == 200
        assert "sandbox" in told.value.headers["content-security-policy"]


def test_the_link_is_gone_from_the_address_and_no_script_reads_the_cookie(served: Running, browser: Any) -> None:
    token = served.served.doors.token
    with page_of(browser, served.link) as page:
        assert token not in page.url
        assert page.evaluate("document.cookie") == ""
        page.go_back()
        assert token not in page.url
        (cookie,) = page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["value"] != token) == (True, "Strict", True)


EVIL_PAGE = """<!doctype html><title>others</title>
<iframe id="frame" src="{url}/release"></iframe><img id="img" src="{url}/picture/x"><script src="{url}/static/review.js"></script>
<iframe name="to"></iframe>
<form id="form" target="to" method="post" enctype="text/plain" action="{url}/api/release">
<input name='{{"students": ["nora", "mallory"], "withdraw": false, "x": "' value='"}}'></form>
<script>
const body = '{{"students": ["nora"], "withdraw": false}}';
const tries = [
  fetch("{url}/api/release", {{method: "POST", mode: "no-cors", credentials: "include", body}}),
  fetch("{url}/api/release", {{method: "POST", credentials: "include", body: "{{}}", headers: {{"X-Mlpgrader-Token": "x"}}}}),
  fetch("{url}/api/token", {{credentials: "include"}}).then((answer) => answer.text()),
  fetch("{url}/", {{credentials: "include"}}).then((answer) => answer.text()),
];
navigator.sendBeacon("{url}/api/release", body);
document.querySelector("#form").submit();
const said = (each) => each.status + " " + (each.value?.type ?? each.value ?? "");
Promise.allSettled(tries).then((all) => {{ window.told = all.map(said); }});
</script>"""


def test_a_page_of_another_site_reads_and_writes_nothing(served: Running, browser: Any) -> None:
    book = served.served.review.book
    before = book.audit()
    with others(EVIL_PAGE.format(url=served.url)) as (address, _), page_of(browser, served.link) as page:
        other = page.context.new_page()
        posted: list[int] = []
        other.on("response", lambda answer: posted.append(answer.status) if answer.request.method == "POST" else None)
        other.goto(address)
        other.wait_for_function("window.told")
        told = other.evaluate("window.told")
        assert told[0] in ("fulfilled opaque", "rejected ")
        assert told[1:] == ["rejected "] * 3
        other.wait_for_load_state("load")
        shown = other.frames[1].evaluate("document.body ? document.body.innerText : ''")
        assert "Nothing is meant for students" not in shown
        assert set(posted) <= {403, 401}
        assert page.goto(f"{served.url}/help").status == 200
    assert book.audit() == before


EVIL_FORM = """<!doctype html><form method="post" enctype="text/plain" action="{url}/api/release">
<input name='{{"students": ["bob"], "withdraw": false, "x": "' value='"}}'></form>
<script>document.querySelector("form").submit()</script>"""


def test_a_form_that_leads_from_another_site_to_ours_writes_nothing(served: Running, browser: Any) -> None:
    before = served.served.review.book.audit()
    assert not next(each for each in served.served.review.book.ready() if each.student == "bob").why_not
    with others(EVIL_FORM.format(url=served.url)) as (address, _), page_of(browser, served.link) as page:
        other = page.context.new_page()
        with other.expect_response("**/api/release") as told:
            other.goto(address)
        assert told.value.status in (401, 403)
    assert served.served.review.book.audit() == before


def test_another_name_for_our_address_opens_nothing(served: Running, browser: Any) -> None:
    port = served.served.listener.getsockname()[1]
    before = served.served.review.book.audit()
    with page_of(browser, served.link) as page:
        other = page.context.new_page()
        answer = other.goto(f"http://{REBOUND}:{port}/")
        assert answer.status == 421
        said = other.evaluate(
            """async (token) => {
              const enter = await fetch("/enter", {method: "POST", body: token});
              const write = await fetch("/api/release", {method: "POST", body: "{}", headers: {"X-Mlpgrader-Token": "x"}});
              return [enter.status, write.status, (await fetch("/api/token")).status];
            }""",
            served.served.doors.token,
        )
        assert said == [421, 421, 421]
    assert served.served.review.book.audit() == before


def test_our_page_cannot_be_framed_by_others(served: Running, browser: Any) -> None:
    with others(f"<iframe src='{served.url}/help'></iframe>") as (address, _), page_of(browser, served.link) as page:
        other = page.context.new_page()
        refused: list[str] = []
        other.on("console", lambda said: refused.append(said.text))
        other.goto(address)
        other.wait_for_load_state("load")
        assert "everything that you mark is saved" not in other.frames[1].evaluate("document.body?.innerText ?? ''")
        assert any("frame-ancestors" in each for each in refused)


def test_who_leaves_a_link_open_tells_no_other_site_where_they_come_from(served: Running, browser: Any) -> None:
    with others("others") as (address, seen), page_of(browser, served.link) as page:
        page.goto(f"{served.url}/help")
        page.evaluate("(address) => { location.href = address; }", address)
        page.wait_for_url(f"{address}/**")
        assert page.evaluate("document.referrer") == ""
        assert seen


def test_the_files_of_the_review_are_used_by_nobody_else(served: Running, browser: Any) -> None:
    script = f"<script src='{served.url}/static/review.js' onerror='window.failed = 1'></script>"
    with others(script) as (address, _), page_of(browser, served.link) as page:
        other = page.context.new_page()
        other.goto(address)
        other.wait_for_function("window.failed === 1")


def test_the_run_is_as_it_was(served: Running) -> None:
    assert not any(each.released for each in served.served.review.book.ready())
    assert Path(served.served.review.folder, "mallory", "staff.html").is_file()
