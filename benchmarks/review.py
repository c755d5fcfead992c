"""How quick and how safe marking in the browser is: a real Chromium, driven by its keys, and the real server beside it.

    python benchmarks/review.py marking [--students 1000] [--answers 200]    one grader: requests, seconds, the page after a key
    python benchmarks/review.py two [--answers 200]                          two at once, a browser and the server are killed

Three of five answers are like others. Each prints lines of figures, and ends with status 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from playwright.sync_api import sync_playwright  # noqa: E402  ours are found by the line above

from grader.gradebook.book import Gradebook  # noqa: E402
from grader.model import Report  # noqa: E402
from grader.runs.keeping import kept_book  # noqa: E402
from kit import report_samples as samples  # noqa: E402
from kit.browsing import BROWSER  # noqa: E402
from kit.marker import PLACE  # noqa: E402
from kit.reviewing import answering, made_run  # noqa: E402

MILLISECONDS = 100
SHARED = 0.6
ALIKE = 6
SETTLED = "#saves:not([data-state=waiting], [data-state=trouble], [data-state=open])"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
# from a key until the new page is painted
WATCH = """() => {
  window.times = [];
  let begun = 0;
  addEventListener("keydown", () => { begun = performance.now(); }, true);
  new MutationObserver((changes) => {
    if (!changes.some((each) => [...each.addedNodes].some((node) => node.nodeName === "MAIN"))) return;
    const since = begun;
    requestAnimationFrame(() => setTimeout(() => window.times.push(performance.now() - since)));
  }).observe(document.body, { childList: true });
}"""
ARRIVED = """(count) => new Promise((done) => {
  const look = () => window.times.length > count ? done() : setTimeout(look, 2);
  look();
})"""


@dataclass
class Server:
    """A review in a process of its own, which can be killed and started again at the same port."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None
    link: str = ""

    def start(self) -> None:
        """Start it and wait until it says where it is."""
        command = [sys.executable, "-m", "grader", "review", str(self.folder), "--no-browser", "--as", "Jane Doe"]
        command += ["--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"(http://127\.0\.0\.1:(\d+))/enter#\S+", line):
                self.link, self.port = found[0], int(found[2])
                return
        raise SystemExit("the server did not start")

    def kill(self) -> None:
        """Kill it at once."""
        assert self.process
        self.process.kill()
        self.process.communicate()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Give a server of the run in a folder."""
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def reports(students: int, answers: int, *, shared: float = SHARED) -> Iterator[Report]:
    """Yield the reports of a class, of which so many have answered in two lines, a part of them as others did."""
    rng = random.Random(7)
    together = int(answers * shared)
    texts = [f"Network {k // ALIKE} is the better one,\nas its units cannot die." for k in range(together)]
    texts += [
        f"I prefer number {k}: it reaches {k % 19 + 80} percent\nin {k} passes." for k in range(answers - together)
    ]
    rng.shuffle(texts)
    right = samples.right()
    for k in range(students):
        name = f"student{k:05}"
        if k < answers:
            yield answering(name, texts[k])
        else:
            yield replace(right, submission=replace(right.submission, id=name))


def come_in(page: Any, server: Server) -> None:
    """Open the link of a server."""
    page.goto(server.link)
    page.wait_for_url(lambda url: "/enter" not in url)


def marking(students: int, answers: int) -> bool:
    """Let one grader mark all answers, and print what that takes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        run = made_run(Path(folder, "graded"), reports(students, answers))
        with served(run) as server:
            browser = playwright.chromium.launch(executable_path=str(BROWSER), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            asked = Counter[str]()
            page.on("request", lambda request: asked.update([request.method]))
            come_in(page, server)
            page.goto(f"{server.url}/marking/1")
            page.evaluate(WATCH)
            asked.clear()
            begun = time.perf_counter()
            pages = by_keys(page)
            seconds = time.perf_counter() - begun
            page.wait_for_selector("#saves[data-state=saved]")
            times = page.evaluate("window.times")
            browser.close()
        with kept_book(run) as book:
            waiting = len(book.waiting())
    requests = sum(asked.values())
    middle, most = statistics.median(times), sorted(times)[int(0.95 * len(times))]
    print(
        f"{students} students, {answers} answers marked on {pages} pages in {seconds:.1f} s: {seconds / answers:.2f} s and "
        f"{requests / answers:.2f} requests for each; the page after a key {middle:.0f} ms at the median, {most:.0f} ms at "
        f"95 %; {waiting} left"
    )
    return waiting == 0 and middle <= MILLISECONDS


def by_keys(page: Any) -> int:
    """Mark all that waits and return how many pages that took."""
    page.keyboard.press("u")
    page.evaluate(ARRIVED, 0)
    page.keyboard.press("l")
    page.evaluate(ARRIVED, 1)
    count = 2
    while page.query_selector("[data-marking]"):
        page.keyboard.press(str(count % 3 + 1))
        if count % 5 == 0:
            page.keyboard.press("c")
            page.keyboard.type("Say why.")
            page.keyboard.press("Escape")
        page.keyboard.press("u")
        page.evaluate(ARRIVED, count)
        count += 1
    return count - 2


@dataclass
class Person:
    """One who marks in a browser of their own, whose profile outlives it."""

    playwright: Any
    profile: str
    points: str
    context: Any = None
    page: Any = None

    def open(self, server: Server) -> None:
        """Start the browser and come in."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=str(BROWSER), args=FLAGS
        )
        self.page = self.context.new_page()
        come_in(self.page, server)

    def go(self, server: Server, place: int) -> None:
        """Look at an answer."""
        self.page.goto(f"{server.url}/marking/1/{place}")
        self.page.wait_for_selector("#total")

    def give(self, place: int) -> None:
        """Tick the line of this person, and comment."""
        self.page.keyboard.press("1" if self.points == "2" else "2")
        self.page.keyboard.press("c")
        self.page.keyboard.type(f"{place} by {self.points}")
        self.page.keyboard.press("Escape")

    def kill(self) -> None:
        """Kill the browser, all of its processes."""
        for each in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if f"--user-data-dir={self.profile}" in (each / "cmdline").read_text().split("\0"):
                    os.kill(int(each.name), signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.context.close()


def two(answers: int) -> bool:
    """Let two mark the same answers at once, kill a browser and the server midway, and print whether anything was lost."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        run = made_run(Path(folder, "graded"), reports(answers, answers, shared=0))
        people = [Person(playwright, str(Path(folder, points)), points) for points in ("2", "1")]
        with served(run) as server:
            for each in people:
                each.open(server)
            people[0].go(server, 1)
            people[0].page.keyboard.press("l")
            people[0].page.wait_for_selector("[name=entry]")
            wanted, shown = in_turn(server, *people, answers)
            for each in people:
                each.page.wait_for_selector(SETTLED, state="attached")
                each.context.close()
        with kept_book(run) as book:
            lost = not_as(book, wanted)
            written = sum(each.change.what == "mark" for each in book.audit())
    print(
        f"{answers} answers, each marked by two at once, a browser and the server killed once: {shown} conflicts, {shown} "
        f"shown of {answers}; {written} marks in the audit; lost: {len(lost)}"
    )
    return not lost and shown == answers


def in_turn(server: Server, first: Person, second: Person, answers: int) -> tuple[dict[int, str], int]:
    """Let both mark each answer before they know of one another; return what has to stand in the end, and the conflicts."""
    wanted, shown = {}, 0
    for place in range(1, answers + 1):
        for each in (first, second):
            each.go(server, place)
        first.give(place)
        if place == answers // 3:
            server.kill()
            second.give(place)
            first.page.wait_for_selector("#saves[data-state=trouble]")
            second.page.wait_for_selector("#saves[data-state=trouble]")
            server.start()
            for each in (first, second):
                come_in(each.page, server)
                each.page.wait_for_selector("#saves[data-state=saved], li.conflict")
        elif place == answers // 2:
            first.page.wait_for_selector("#saves[data-state=saved]")
            first.kill()
            first.open(server)
            # what had been settled may be found once more: browsers write down a moment later what a page keeps
            while in_doubt(first):
                first.page.get_by_role("button", name="Take theirs").first.click()
            second.give(place)
        else:
            first.page.wait_for_selector("#saves[data-state=saved]")
            second.give(place)
        loser = next((each for each in (second, first) if in_doubt(each)), None)
        wanted[place] = second.points if loser is None else decided(loser, place)
        shown += loser is not None
    return wanted, shown


def in_doubt(person: Person) -> bool:
    """Tell whether a conflict is shown to somebody, once all is settled."""
    person.page.wait_for_selector(
        "#saves[data-state=saved], #saves[data-state='']:has(.state:empty), li.conflict", state="attached"
    )
    return bool(person.page.query_selector("li.conflict"))


def decided(person: Person, place: int) -> str:
    """Let somebody choose, their own mark every second time, and return the points that have to stand."""
    mine = place % 2 == 0
    person.page.get_by_role("button", name="Take yours" if mine else "Take theirs").click()
    person.page.wait_for_selector("li.conflict", state="detached")
    person.page.wait_for_selector("#saves[data-state=saved]")
    return person.points if mine else {"1": "2", "2": "1"}[person.points]


def not_as(book: Gradebook, wanted: dict[int, str]) -> list[int]:
    """Return the places of the answers whose mark is not the one that has to stand, by points and comment."""
    found = {each.mark.comment: each.mark.points for each in book.answers(*PLACE.values()) if each.mark}
    return [place for place, points in wanted.items() if found.get(f"{place} by {points}") != Decimal(points)]


def main() -> int:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("marking", "two"))
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--answers", type=int, default=200)
    given = parser.parse_args()
    good = marking(given.students, given.answers) if given.what == "marking" else two(given.answers)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
