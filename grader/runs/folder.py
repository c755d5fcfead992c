"""The folder of a run: what is written there when, withdrawn when, and who may write."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader import atomic, exports
from grader.errors import AuthorError
from grader.exports import Row
from grader.exports.summary import SCHEMA
from grader.filenames import JOURNAL, LOCK, OF_A_RUN, OUT, SPREADSHEET, SUMMARY
from grader.model import Result
from grader.runs import bookkeeping, lock
from grader.runs.job import ALL, Job
from grader.runs.journal import Entry, Journal
from grader.runs.submission import SubmissionFolder
from grader.text import listed, printable

if TYPE_CHECKING:
    from grader.gradebook.book import Gradebook

# how often the summary is written while a run goes on, and which share of its time that may take
SUMMARY_SECONDS = 5.0
SHARE = 0.05
# of submissions that are in the way, so many are named
NAMED = 3
GIVE = "give the --out folder of an earlier `mlpgrader grade`, or one submission's folder in it"


class RunFolder:
    """The folder of a run, with a folder for each submission, a journal, and a summary of all that is in it.

    Reading needs nothing; whoever writes does so inside `taken`. `clock` tells the seconds. Where the run has a gradebook, it is
    told of everything as well; with `gradebook`, the URL of a database or an empty one for a file in the folder, it gets one.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.monotonic, gradebook: str | None = None
    ) -> None:
        self.path = path
        self.book: Gradebook | None = None
        self._gradebook = gradebook
        self.entries: dict[str, Entry] = {}
        self._journal = Journal(path / JOURNAL)
        self._clock = clock
        self._due = 0.0

    def of(self, name: str) -> SubmissionFolder:
        """Return the folder of the submission with that id."""
        return SubmissionFolder(self.path / name)

    @property
    def spreadsheet(self) -> Path:
        """The summary for people."""
        return self.path / SPREADSHEET

    @property
    def is_one(self) -> bool:
        """Whether a run has left something here."""
        return any((self.path / name).is_file() for name in OF_A_RUN)

    def ensure_apart(self, submissions: Iterable[tuple[Path, str]]) -> None:
        """Refuse to write reports into a submission (path, id); only in a folder called ``graded`` does intake pass them over."""
        target = self.path.resolve()
        for path, name in submissions:
            submission = path.resolve()
            within = submission.is_dir() and target.is_relative_to(submission) and target.name != OUT
            if within or submission in (self.of(name).path.resolve(), target):
                raise AuthorError(
                    f"--out {self.path}: the reports would lie in the submission {path}; choose another folder"
                )

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Keep other graders out, and know what is in the folder; AuthorError when another one is writing."""
        with lock.locked(self.path / LOCK, self._journal.holder):
            self.look()
            self._journal.open(lock.myself())
            self._journal.add(entry for name, entry in self.entries.items() if self._journal.entries.get(name) != entry)
            with bookkeeping.opened(self.path, self._gradebook) or nullcontext() as book:
                self.book = book
                try:
                    self.enter()
                    yield
                finally:
                    self.book = None

    def look(self) -> None:
        """See what is in the folder: what is noted of each submission, where that agrees with what lies there."""
        noted = self._journal.read() or {row.id: Entry(row) for row in _unread(self.path / SUMMARY)}
        self.entries = {name: entry for name, entry in noted.items() if entry.row.error}
        for folder in _folders(self.path):
            name, there = folder.path.name, stamp(folder.report)
            if there and name not in self.entries:
                entry = noted.get(name)
                # a report that was written since, or by a run that noted nothing or not all, is read
                found = entry if entry and entry.stamp == there and entry.digest else _read(folder, entry)
                self.entries.update({name: found} if found else {})

    def enter(self) -> None:
        """Bring the gradebook, where there is one, in line with what was seen."""
        if self.book:
            bookkeeping.take_in(self.book, self.entries, self.of)

    def key(self, name: str) -> str:
        """Return the key of the evidence that a submission has, by what was noted; empty where it is not what was noted."""
        entry = self._journal.entries.get(name)
        return entry.key if entry and entry.evidence and entry.evidence == stamp(self.of(name).evidence_file) else ""

    def kept(self) -> list[SubmissionFolder]:
        """Return the folders with evidence, or what is left of it, in order of their names; AuthorError when there is none."""
        try:
            folders = [each for each in _folders(self.path) if each.evidence.is_dir()]
        except OSError as error:
            raise AuthorError(f"{self.path}: cannot be read ({error.strerror}); {GIVE}") from error
        if not folders:
            raise AuthorError(f"{self.path}: holds no evidence; {GIVE}")
        return folders

    def ensure_alike(self, jobs: Collection[Job], *, anew: bool = False) -> None:
        """Refuse jobs that would leave in one summary what cannot be compared: other assignments, or other items.

        With `anew` they may replace what is of another kind, as long as nothing of that kind stays. AuthorError says whose it is.
        """
        named = {job.id for job in jobs}
        first = next(iter(jobs))
        graded = {name: entry for name, entry in self.entries.items() if entry.row.marks}
        looked_at = {name: entry for name, entry in graded.items() if not (anew and name in named)}
        if others := [name for name, each in looked_at.items() if each.assignment not in ("", first.assignment)]:
            what = looked_at[others[0]].assignment
            raise AuthorError(
                f"{self.path}: holds gradings of the assignment '{what}' ({_some(others)}); choose another --out"
            )
        if others := [name for name, each in looked_at.items() if each.asked not in ("", first.asked)]:
            whole = "" if named >= set(graded) else " all of them"
            asked = _items(looked_at[others[0]].asked)
            raise AuthorError(
                f"{self.path}: holds gradings of {asked} ({_some(others)}), and {_items(first.asked)} would stand beside them; "
                f"choose another --out, or grade{whole} anew with --again"
            )

    def begin(self, jobs: Iterable[Job]) -> None:
        """Show that the folder can be written before hours depend on it.

        What was graded before stays as it is, reports and rows, until the same submission has been graded again.
        """
        for name in exports.OF_A_CLASS:
            atomic.sweep(self.path / name)
        forgotten = []
        for job in jobs:
            if self.key(job.id) and not job.kept:
                # what is going to be run says nothing any more of the evidence that it will have
                forgotten.append(Entry(Row(job.id)))
        self._journal.add(forgotten)
        self.summarise()

    def add(self, name: str, result: Result, *, key: str = "", judged: str = "", asked: str = "") -> None:
        """Note the result of the submission called `name`, whose reports have been written; `asked` is that of its job."""
        folder = self.of(name)
        row = replace(Row.of(result), id=name, attempt=folder.attempt)
        stamps = stamp(folder.report), stamp(folder.evidence_file)
        self._note(Entry(row, key, judged, *stamps, result.digest, result.assignment, asked), result)

    def judged(self, name: str, result: Result, *, judged: str = "") -> None:
        """Note the result of evidence that stays as it was and was judged again, by what `judged` stands for (`standards`)."""
        noted = self._journal.entries.get(name)
        self.add(name, result, key=self.key(name), judged=judged, asked=noted.asked if noted else "")

    def fail(self, name: str, reason: str) -> None:
        """Note why the submission called `name` has no result."""
        self._note(Entry(replace(Row.failed(name, reason), attempt=self.of(name).attempt)))

    def summarise(self) -> None:
        """Write the summary of everything that is in the folder; AuthorError when that cannot be done."""
        began, rows = self._clock(), self.rows
        for name, written in exports.OF_A_CLASS.items():
            atomic.write(self.path / name, written(rows))
        ended = self._clock()
        self._due = ended + max(SUMMARY_SECONDS, (ended - began) / SHARE)

    def results(self) -> tuple[Result, ...]:
        """Return what the reports here say, in order of the folders' names; one submission's folder is one of them, too."""
        folders = (SubmissionFolder(self.path), *_folders(self.path))
        return tuple(result for folder in folders if (result := folder.result()))

    @property
    def rows(self) -> list[Row]:
        """The rows of the summary: one for each submission that has a report, or a reason why it has none.

        What people gave is counted in while the folder is taken, and whose they are stands there.
        """
        marked = self.book.marked() if self.book else {}
        names = bookkeeping.names(self.book) if self.book else {}
        return [
            bookkeeping.with_marks(replace(entry.row, name=names.get(name, "")), marked.get(name))
            for name, entry in self.entries.items()
        ]

    def _note(self, entry: Entry, result: Result | None = None) -> None:
        self.entries[entry.row.id] = entry
        self._journal.add([entry])
        if self.book:
            self.book.note(bookkeeping.noted(entry, result))
        # as often as it can be without taking a share of the time that grows with the class
        if self._clock() >= self._due:
            self.summarise()


def chosen(path: Path) -> tuple[RunFolder | None, list[SubmissionFolder]]:
    """Return the folders of submissions that are meant, and that of their run, None for one that belongs to none."""
    one = SubmissionFolder(path)
    # by what is in it: a submission may be called evidence
    if not (one.has_evidence or one.report.is_file()):
        whole = RunFolder(path)
        return whole, whole.kept()
    around = RunFolder(path.resolve().parent)
    return around if around.is_one else None, [one]


def stamp(file: Path) -> tuple[int, ...]:
    """Return by what a file is known again; empty when there is none."""
    try:
        about = file.stat()
    except OSError:
        return ()
    return about.st_mtime_ns, about.st_size


def _read(folder: SubmissionFolder, noted: Entry | None) -> Entry | None:
    result = folder.result()
    if result is None:
        return None
    row, there = replace(Row.of(result), id=folder.path.name, attempt=folder.attempt), stamp(folder.report)
    known = noted or Entry(row)
    judged = known.judged if known.stamp == there else ""
    return replace(known, row=row, judged=judged, stamp=there, digest=result.digest, assignment=result.assignment)


def _some(names: Sequence[str]) -> str:
    return listed([printable(name) for name in names], NAMED)


def _items(asked: str) -> str:
    return "all items" if asked == ALL else f"the items {asked.replace(',', ', ')}"


def _folders(path: Path) -> Iterator[SubmissionFolder]:
    if path.is_dir():
        yield from (SubmissionFolder(each) for each in sorted(path.iterdir()) if each.is_dir())


def _unread(file: Path) -> Iterator[Row]:
    """Yield who could not be read, by the summary: where a run of before there were journals has noted it."""
    try:
        data = json.loads(file.read_bytes())
        rows = [Row.failed(each["id"], each["error"]) for each in data["failures"]] if data["schema"] == SCHEMA else []
    except (OSError, ValueError, TypeError, KeyError):
        rows = []
    yield from rows
