"""Gradebooks in both kinds of database: the same in each, with several writers at once, and after being killed."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, select, text

from grader import gradebook
from grader.gradebook.book import Gradebook
from grader.gradebook.engine import opened as engine_for
from grader.gradebook.engine import reading, url_of
from grader.gradebook.tables import ATTEMPTS, FINDINGS, GRADINGS, METADATA, SUBMITTERS
from grader.model import Person
from kit import ROOT, old_books
from kit.books import folder_of, given, hand_in, joined, noted, result

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
WRITERS, EACH, FEW = 4, 25, 10
PROGRAM = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n"
MARKING = (
    PROGRAM
    + """
from pathlib import Path
from grader import gradebook
from kit.books import given
folder, name, each = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with gradebook.opened(folder) as book:
    for k in range(each):
        book.mark(given(str(k % 3), f"{name} {k}", student=f"{name}-{k}"), given("1", f"{name} {k}", student="all"), author=name)
"""
)
TICKING = (
    PROGRAM
    + """
from decimal import Decimal
from pathlib import Path
from grader import gradebook
from kit.books import given
folder, name, each = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with gradebook.opened(folder) as book:
    (entry,) = book.guide("code", "says")
    for k in range(each):
        ticked = given(None, f"{name} {k}", student=f"{name}-{k}", entries=(entry.id,))
        book.mark(ticked, given(None, f"{name} {k}", student="all", entries=(entry.id,)), author=name)
        while True:
            (entry,) = book.guide("code", "says")
            points = entry.points % -3 - Decimal("0.01")
            if not book.change_entry(entry.id, version=entry.version, points=points, author=name).conflict:
                break
"""
)
NOTING = (
    PROGRAM
    + """
from pathlib import Path
from grader import gradebook
from grader.gradebook.nouns import Noted
from kit.books import noted
folder = Path(sys.argv[1])
with gradebook.opened(folder) as book:
    for k in range(200):
        book.note(noted(f"s{k}") if k % 7 else Noted(f"s{k}", 1, error="is empty", folder=f"s{k}"))
        print(k, flush=True)
"""
)


@pytest.fixture(params=DATABASES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Gradebook]:
    """Return what opens the gradebook of a run of some name, in the database that is asked for."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    return lambda name: gradebook.opened(tmp_path / name, url if not gradebook.is_kept(tmp_path / name) else "")


def rows(book: Gradebook) -> list[tuple[object, ...]]:
    """Return everything that is noted, times and ids apart."""
    around = SUBMITTERS.join(ATTEMPTS).outerjoin(GRADINGS).outerjoin(FINDINGS)
    apart = {"id", "run", "grading", "submitter", "attempt", "noted", "stamp"}
    names = [each for table in (SUBMITTERS, ATTEMPTS, GRADINGS, FINDINGS) for each in table.c if each.name not in apart]
    chosen = select(*names).select_from(around).where(SUBMITTERS.c.run == book._run)
    with reading(book.engine) as connection:
        found = [tuple(map(str, row)) for row in connection.execute(chosen)]
    return sorted(found)


def test_a_whole_story_is_the_same_in_each_database(opened: Callable[[str], Gradebook]) -> None:
    kay, lou, max_ = Person(id="1", name='Kāy, "K"'), Person(id="2", name="=Lou\0"), Person(id="3", name="מקס")
    with opened("run") as book:
        book.take_in(
            joined(hand_in("team", 1, kay, lou), hand_in("solo", 1, max_), hand_in("solo", 2, max_)), folder_of
        )
        book.note(noted("team"), noted("solo"), noted("solo+2", folder="solo+2"))
        book.note(noted("team"))
        book.mark(given("2.5", "gut", student="team", version=0), author="kay")
        (step,) = book.mark(given("1", student="team", version=0), author="lou")
        assert step.conflict
        book.note(noted("team", of=result(rubric="sha256:r2")), noted("solo+2", of=result(digest="x"), folder="solo+2"))
        book.release({"team"}, author="prof")
    with opened("run") as book:
        told = [(final.who.name, final.points, final.released, final.comment) for final in book.finals()]
        what = [(each.author, each.change.what, each.change.student) for each in book.audit()]
        waiting = [(each.student, each.attempt, each.found.possible) for each in book.waiting()]
    team = Decimal("4.50"), True, "It says.: gut"
    assert sorted(told) == sorted([(kay.name, *team), ("=Lou\\x00", *team), (max_.name, None, False, "")])
    assert waiting == [("solo", 2, Decimal(3))]
    assert what[3:] == [
        ("kay", "mark", "team"), ("grader", "grading", "team"), ("grader", "grading", "solo"), ("prof", "release", "team"),
    ]  # fmt: skip


def test_marks_of_several_writers_at_once_are_all_kept(opened: Callable[[str], Gradebook], tmp_path: Path) -> None:
    names = [f"w{n}" for n in range(WRITERS)]
    with opened("run") as book:
        book.note(noted("all"), *(noted(f"{name}-{k}") for name in names for k in range(EACH)))
        words = [sys.executable, "-c", MARKING, str(tmp_path / "run")]
        writers = [subprocess.Popen([*words, name, f"{EACH}"], stderr=subprocess.PIPE, text=True) for name in names]
        assert [writer.communicate(timeout=300)[1] for writer in writers] == [""] * WRITERS
        marks = [each.change for each in book.audit() if each.change.what == "mark"]
        of_all = [each for each in marks if each.student == "all"]
        assert len(marks) == 2 * WRITERS * EACH
        # each has seen what the one before it left
        assert [each.before for each in of_all] == ["", *(each.after for each in of_all[:-1])]
        assert book.waiting() == ()


def test_of_entries_and_marks_changed_by_several_at_once_nothing_is_lost(
    opened: Callable[[str], Gradebook], tmp_path: Path
) -> None:
    names = [f"w{n}" for n in range(WRITERS)]
    with opened("run") as book:
        book.note(noted("all"), *(noted(f"{name}-{k}") for name in names for k in range(FEW)))
        book.add_entry("code", "says", "Nothing compared", Decimal(-1), author="prof")
        words = [sys.executable, "-c", TICKING, str(tmp_path / "run")]
        writers = [subprocess.Popen([*words, name, f"{FEW}"], stderr=subprocess.PIPE, text=True) for name in names]
        assert [writer.communicate(timeout=300)[1] for writer in writers] == [""] * WRITERS
        (entry,) = book.guide("code", "says")
        marks = [each.mark for each in book.answers("code", "says") if each.mark]
        audited = [each.change for each in book.audit() if each.change.what == "mark"]
        assert (entry.version, entry.uses, len(marks)) == (1 + WRITERS * FEW, len(marks), 1 + WRITERS * FEW)
        assert {mark.points for mark in marks} == {3 + entry.points}
        assert sum(mark.version for mark in marks) == len(audited)
        of_all = [each for each in audited if each.student == "all"]
        assert [each.before for each in of_all] == ["", *(each.after for each in of_all[:-1])]


def test_marking_by_several_is_the_same_in_each_database(opened: Callable[[str], Gradebook]) -> None:
    with opened("run") as book:
        students = [f"s{k}" for k in range(8)]
        book.note(*map(noted, students))
        entry = book.add_entry("code", "says", 'Nothing "compared"', Decimal("-0.5"), author="kay")
        book.mark(
            *(given(None, student=each, entries=(entry.id,)) for each in students[:3]), author="kay", group="equal"
        )
        assert book.change_entry(entry.id, version=1, points=Decimal(-1), author="kay").marks == 3
        assert book.undo("s0", 1, "code", "says", version=2, author="kay")
        tokens = book.set_graders(["kay", "lou", "prof"], author="prof")
        found = book.grader_of(tokens["lou"])
        assert (found and found.name, book.grader_of("other")) == ("lou", None)
        assert book.spread(double=50, seed=2, author="prof") == 6
        for each in book.answers("code", "says"):
            for name in filter(None, (each.assigned, each.second)):
                book.mark(given("1" if name == "kay" else "2", student=each.student), author=name)
        book.set_note("s1", 1, "code", "says", "look", author="kay")
        book.flag("s1", 1, "code", "says", True, author="kay")
        book.save_comment("code", "says", "see page 3", author="kay")
        book.remark("holds", "sign", "", "of nobody", author="prof")
    with opened("run") as book:
        (says,) = book.to_mark()
        (both,) = book.agreement()
        progress = [(each.name, each.assigned, each.marked) for each in book.progress()]
        marks = [each.mark.points for each in book.answers("code", "says") if each.mark]
        assert (says.answers, says.unmarked, says.stale, says.flagged) == (8, 0, 0, 1)
        assert (both.answers, both.same, both.difference, len(both.pairs)) == (3, 0.0, 1.0, 3)
        assert progress == [("kay", 4, 4), ("lou", 5, 5), ("prof", 0, 0)]
        assert (marks[1:3], book.bank("code", "says")) == ([2, 2], (("see page 3", 0),))
        assert [len(book.history(each, 1)) for each in ("s1", "s2")] == [5, 3]
        assert {score.comment for score in book.marked().values()} == {"", 'It says.: Nothing "compared" (-1)'}


def test_a_run_that_is_killed_and_goes_on_notes_what_an_undisturbed_one_does(
    opened: Callable[[str], Gradebook], tmp_path: Path
) -> None:
    def run(name: str, *, kills: int) -> list[tuple[object, ...]]:
        opened(name).close()
        for _ in range(kills):
            writer = subprocess.Popen([sys.executable, "-c", NOTING, str(tmp_path / name)], stdout=subprocess.PIPE)
            assert writer.stdout
            for _ in range(secrets.randbelow(60)):
                writer.stdout.readline()
            time.sleep(secrets.randbelow(10) / 1000)
            os.kill(writer.pid, signal.SIGKILL)
            writer.communicate()
        subprocess.run([sys.executable, "-c", NOTING, str(tmp_path / name)], check=True, stdout=subprocess.DEVNULL)
        with opened(name) as book:
            assert len(book.audit()) == 200
            return rows(book)

    assert run("killed", kills=3) == run("undisturbed", kills=0)


@pytest.mark.postgres
def test_the_tables_are_those_of_today_in_postgresql(postgres_url: str, tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with gradebook.opened(tmp_path, postgres_url) as book, book.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def database(postgres_url: str, name: str) -> URL:
    """Return the URL of a database that is empty."""
    url = url_of(postgres_url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"create database {name}"))
    engine.dispose()
    return url.set(database=name)


@pytest.mark.postgres
def test_a_gradebook_of_the_first_tables_goes_on_in_postgresql(postgres_url: str) -> None:
    url = database(postgres_url, "first_tables")
    first = create_engine(url)
    old_books.fill(first)
    first.dispose()
    engine = engine_for(url)
    old_books.judge(engine)
    engine.dispose()


@pytest.mark.postgres
def test_two_who_open_a_new_database_at_once_make_it_once(postgres_url: str, tmp_path: Path) -> None:
    url = database(postgres_url, "fresh")
    program = (
        PROGRAM
        + "from pathlib import Path\nfrom grader import gradebook\ngradebook.opened(Path(sys.argv[1]), sys.argv[2])"
    )
    fresh = url.set(drivername="postgresql").render_as_string()
    words = [sys.executable, "-c", program]
    both = [subprocess.Popen([*words, str(tmp_path / name), fresh], stderr=subprocess.PIPE, text=True) for name in "ab"]
    assert [each.communicate(timeout=120)[1] for each in both] == ["", ""]


@pytest.mark.postgres
def test_a_database_that_is_not_there_is_said(postgres_url: str, tmp_path: Path) -> None:
    from grader.errors import AuthorError

    with pytest.raises(AuthorError, match="does not exist"):
        gradebook.opened(tmp_path, postgres_url.replace("/postgres?", "/nowhere?"))
    assert not gradebook.is_kept(tmp_path)
