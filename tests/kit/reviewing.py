"""A review to be tried: a run that nobody graded, served by the real server, and a page in a real Chromium that has come in."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.classes.model import HandIn, Joined
from grader.classes.names import folder_of
from grader.gradebook.marking import Given
from grader.model import Person, Quote, Report, Verdict
from grader.runs import RunFolder, kept_answers
from grader.runs.keeping import kept_book
from grader.web.serving import Served, Wanted, reviewed, server_of
from kit import report_samples as samples
from kit.books import BEGIN
from kit.browsing import BROWSER

AUTHOR = "Jane Doe"


def answering(name: str, text: str, *, attempt: int = 1) -> Report:
    """Return the report on a student whose comparison in words waits for a person."""
    waits = samples.finding("comparison_written", Verdict.PENDING, "Your comparison waits for a person.")
    waits = replace(waits, for_staff=(Quote("What was written", text),))
    made = samples.report(name=name)
    submission = replace(made.submission, digest=f"sha256:{name} {attempt} {text}")
    scores = samples.score({"comparison_written": waits}, samples.NOTEBOOK_POINTS)
    return replace(made, submission=submission, score=scores)


def made_run(
    folder: Path,
    reports: Iterable[Report],
    *,
    people: Mapping[str, Person] | None = None,
    missing: Iterable[Person] = (),
) -> Path:
    """Write the folder of a run with these reports, and its gradebook; several of one id are its attempts, in this order.

    `people` says by id who it is; others are called as their id. `missing` have handed in nothing.
    """
    given = [(each, _hand_in(each.submission.id, number, people or {})) for each, number in _numbered(reports)]
    run = RunFolder(folder, gradebook="")
    with run.taken():
        assert run.book is not None
        run.book.take_in(Joined(tuple(hand_in for _, hand_in in given), tuple(missing)), folder_of)
        for report, hand_in in given:
            name = folder_of(hand_in.student, hand_in.attempt)
            run.of(name).deliver(report)
            kept_answers.keep(run.of(name), report, None)
            run.add(name, report.result, key=f"key of {name}")
        run.summarise()
    return folder


def _numbered(reports: Iterable[Report]) -> Iterator[tuple[Report, int]]:
    seen = Counter[str]()
    for each in reports:
        seen[each.submission.id] += 1
        yield each, seen[each.submission.id]


def _hand_in(name: str, attempt: int, people: Mapping[str, Person]) -> HandIn:
    who = people.get(name) or Person(id=name, name=name.title(), login=name)
    at = BEGIN + timedelta(hours=attempt)
    return HandIn(name, who.name, attempt, members=(who,), handed_in=at, late=None, files=())


@dataclass(frozen=True)
class Running:
    """A review that is served: its parts, the address, and a link that lets the owner in."""

    served: Served
    url: str

    @property
    def link(self) -> str:
        """What is opened to come in."""
        doors = self.served.doors
        return doors.link(doors.token)


@contextmanager
def running(folder: Path, *, port: int = 0, **more: Any) -> Iterator[Running]:
    """Serve the review of a run, by the server that the command uses, until the end of the block."""
    with reviewed(Wanted(folder, AUTHOR, port=port, **more)) as served:
        server = server_of(served.app)
        thread = threading.Thread(target=server.run, args=([served.listener],))
        thread.start()
        try:
            # it listens already: who connects is answered once it has started
            yield Running(served, served.doors.addresses[0].origin)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def chromium(*, more: Sequence[str] = ()) -> Iterator[Any]:
    """Give a real browser, as Playwright drives it, with `more` arguments; each `new_context` of it is another person."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=str(BROWSER), args=[*arguments, *more])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page_of(browser: Any, link: str, *, width: int = 1280, height: int = 900, **options: Any) -> Iterator[Any]:
    """Give a page of somebody who has come in by a link; afterwards, it has to have kept its policy."""
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    page = context.new_page()
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(link)
    page.wait_for_url(lambda url: "/enter" not in url)
    try:
        yield page
    finally:
        context.close()
    assert broken == []


# what a student, a platform or a grader may write anywhere; a script of it would leave its mark
EVIL = samples.HOSTILE.replace("\udc80", "")


def hostile_run(folder: Path) -> Path:
    """Write a run in which every text is an attack: of the student, of the platform, and of people who mark."""
    made = samples.hostile()
    quote = Quote(EVIL, f"{EVIL}\n\n$\\text{{<script>{samples.OWNED}</script>}}$ [a](javascript:{samples.OWNED})")
    waits = samples.finding("comparison_written", Verdict.PENDING, EVIL, EVIL)
    waits = replace(waits, diagnosis=EVIL, title=EVIL, for_staff=(quote,))
    scored = samples.score({"comparison_written": waits}, samples.NOTEBOOK_POINTS)
    sums = samples.total([made.score.marks, scored.marks])
    about = replace(
        made.submission, id="mallory", files={"mlp.py": EVIL.encode(), f"{EVIL[:40]}.py": EVIL.encode()}, notes=(EVIL,)
    )
    evidence = replace(made.evidence, observations={}, facts={EVIL: EVIL})
    score = replace(made.score, marks=sums, items=(*made.score.items, *scored.items))
    first = replace(
        made, submission=replace(about, files={"mlp.py": b"x"}, digest="sha256:0"), evidence=evidence, score=score
    )
    who = Person(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL)
    run = made_run(
        folder,
        [first, replace(first, submission=about), answering("ann", EVIL), samples.notebooks(), samples.wrong()],
        people={"mallory": who},
        missing=[replace(who, id="another")],
    )
    with kept_book(run) as book:
        of_check = {"item": "classification", "check": "comparison_written"}
        entry = book.add_entry(**of_check, text=EVIL, points=Decimal("-0.5"), author=EVIL)
        for student, attempt in (("mallory", 2), ("ann", 1)):
            book.mark(Given(student, attempt, **of_check, comment=EVIL, entries=(entry.id,)), author=EVIL)
            book.set_note(student, attempt, **of_check, text=EVIL, author=EVIL)
            book.set_note(student, attempt, "", "", EVIL, author=EVIL)
        book.save_comment(**of_check, text=f"{EVIL} 2", author=EVIL)
    return run
