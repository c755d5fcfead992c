"""Reports on hostile work, opened in a real browser: no script runs, nothing is fetched, nothing breaks the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import pytest

from attacks import notebooks, table
from attacks.notebooks import NOTEBOOKS
from grader.exports import Row, summary
from grader.model import Report
from grader.report import as_json, executed, html
from grader.sandbox import open_launcher
from kit import report_samples as samples
from kit.browsing import BROWSER, Seen, browser, look

pytestmark = [
    pytest.mark.browser,
    # one browser serves them all
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine"),
]
PAGES = ("report.html", "staff.html")
WIDTHS = (1280, 400)
# runs if anything does: the browser can tell that it is looked for in the right place
RUNS = "<!DOCTYPE html><body>points<script>document.title='owned'; document.body.dataset.owned=1</script>"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with browser() as port:
        yield port


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a server that must not be asked, and what it was asked for."""
    paths: list[str] = []

    class Listens(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listens)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def notebook(asked: tuple[str, list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reports on a notebook that shows HTML, SVG, JavaScript and Markdown, and on files with evil names."""
    (attack,) = (each for each in NOTEBOOKS if each.name == "everything")
    folder = tmp_path_factory.mktemp("notebook")
    with open_launcher("process") as launcher:
        notebooks.graded(attack, launcher, folder, URL=asked[0])
    return folder / "out"


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reports on code whose exceptions and prints are scripts."""
    (attack,) = (each for each in table.ATTACKS if each.name == "scripts_in_messages")
    folder = tmp_path_factory.mktemp("messages")
    with open_launcher("process") as launcher:
        table.graded(attack, launcher, folder)
    return folder / "out"


def assert_inert(seen: Seen) -> None:
    """Assert that a page is what it should be, and nothing more."""
    assert seen.words > 100
    assert seen.title != "owned"
    assert (seen.owned, seen.requests, seen.dialogs) == (False, (), ())
    assert seen.wide <= 0


def test_a_script_that_runs_would_be_seen(port: int, tmp_path: Path) -> None:
    (tmp_path / "runs.html").write_text(RUNS, encoding="utf-8")
    seen = look(port, tmp_path / "runs.html")
    assert (seen.title, seen.owned) == ("owned", True)


def test_a_request_that_leaves_would_be_seen(port: int, asked: tuple[str, list[str]], tmp_path: Path) -> None:
    (tmp_path / "asks.html").write_text(f"<body>x<img src='{asked[0]}/seen'>", encoding="utf-8")
    assert look(port, tmp_path / "asks.html").requests == (f"{asked[0]}/seen",)
    assert asked[1] == ["/seen"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", [*PAGES, "executed/Classification.html"])
def test_nothing_that_a_notebook_shows_runs(
    port: int, notebook: Path, asked: tuple[str, list[str]], page: str, width: int
) -> None:
    asked[1].clear()
    assert_inert(look(port, notebook / page, width=width))
    assert asked[1] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", PAGES)
def test_nothing_that_code_prints_or_raises_runs(port: int, messages: Path, page: str, width: int) -> None:
    assert_inert(look(port, messages / page, width=width))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("audience", ["student", "staff"])
def test_nothing_hostile_in_any_place_of_a_report_runs(
    port: int, audience: Literal["student", "staff"], width: int, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(html(samples.hostile(), audience=audience), encoding="utf-8")
    assert_inert(look(port, tmp_path / "page.html", width=width))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("made", [samples.hostile, samples.notebooks])
def test_nothing_runs_on_the_page_of_a_notebook(
    port: int, made: Callable[[], Report], width: int, tmp_path: Path
) -> None:
    (page,) = (content for name, content in executed(made()).items() if name.endswith(".html"))
    (tmp_path / "page.html").write_bytes(page)
    assert_inert(look(port, tmp_path / "page.html", width=width))


@pytest.mark.parametrize(("form", "text"), samples.RICH, ids=[form for form, _ in samples.RICH])
def test_an_output_that_is_shown_as_it_is_would_be_seen(port: int, form: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "bare.html").write_text(f"<!DOCTYPE html><body>points {text}</body>", encoding="utf-8")
    seen = look(port, tmp_path / "bare.html")
    assert (seen.owned, bool(seen.requests)) != (False, False)


def test_the_other_forms_of_a_hostile_report_can_be_read(notebook: Path) -> None:
    report = json.loads((notebook / "report.json").read_bytes())
    results = json.loads((notebook / "results.json").read_bytes())
    assert report["score"]["earned"] == results["score"]
    texts = json.dumps([each["output"] for each in results["tests"]])
    assert "<script>" in texts
    assert {each["output_format"] for each in results["tests"]} == {"text"}


def test_a_hostile_report_is_plain_data_in_every_form() -> None:
    made = samples.hostile()
    assert "\\u001b" not in json.dumps(as_json(made.result)["score"])
    assert "\x1b" not in summary.as_csv([Row.of(made.result), Row.failed(samples.HOSTILE, samples.HOSTILE)])
