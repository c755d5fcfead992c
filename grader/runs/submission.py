"""The folder of one submission in that of a run: what is in it, and in which order it is written and withdrawn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import atomic, exports, report
from grader import evidence as kept
from grader.errors import AuthorError
from grader.filenames import ANSWERS, ATTEMPTS, EVIDENCE, EXECUTED, JUDGED, REPORT, RUBRIC, STAFF_PAGE, STUDENT_PAGE
from grader.model import Report, Result
from grader.report.document import READABLE, result_of
from grader.runs.holding import JudgedBy
from grader.text import as_json_text


@dataclass(frozen=True)
class SubmissionFolder:
    """The folder `path`, which holds the reports on one submission and the evidence that they were made from."""

    path: Path

    @property
    def evidence(self) -> Path:
        """The folder of what was asked and answered."""
        return self.path / EVIDENCE

    @property
    def report(self) -> Path:
        """The report as data; it is written last, so where it is, all of it is."""
        return self.path / REPORT

    @property
    def student_page(self) -> Path:
        """The report for the student."""
        return self.path / STUDENT_PAGE

    @property
    def staff_page(self) -> Path:
        """The report for staff."""
        return self.path / STAFF_PAGE

    def executed(self, notebook: str) -> Path:
        """The notebook of that name as it was run, for staff."""
        return self.path / EXECUTED / Path(notebook).name

    @property
    def answers(self) -> Path:
        """The folder of what was answered where a person decides."""
        return self.path / ANSWERS

    @property
    def evidence_file(self) -> Path:
        """The file that evidence is written to; where it is, all of it is."""
        return self.evidence / kept.FILE

    @property
    def rubric(self) -> Path | None:
        """The rubric that the reports were made by, None for the assignment's own."""
        path = self.evidence / RUBRIC
        return path if path.is_file() else None

    @property
    def judged_by(self) -> JudgedBy | None:
        """By what each check was judged; None where that was not noted for the evidence and the report that are here."""
        try:
            found = JudgedBy.of(json.loads((self.evidence / JUDGED).read_bytes()))
            return found if found and found.files == self._digests() else None
        except (OSError, ValueError, RecursionError):
            return None

    @property
    def is_whole(self) -> bool:
        """Whether every file of a report is here."""
        return all((self.path / name).is_file() for name in (REPORT, *exports.OF_ONE, STUDENT_PAGE, STAFF_PAGE))

    @property
    def has_evidence(self) -> bool:
        """Whether a grading that came to its end has left evidence here."""
        return kept.has(self.evidence)

    @property
    def earlier(self) -> tuple[SubmissionFolder, ...]:
        """The folders of what was handed in under the same id before, in that order."""
        found = (each for each in (self.path / ATTEMPTS).glob("*") if each.name.isdecimal() and each.is_dir())
        return tuple(SubmissionFolder(each) for each in sorted(found, key=lambda each: int(each.name)))

    @property
    def attempt(self) -> int:
        """Which of the submissions under this id the folder is about, from 1."""
        return 1 + len(self.earlier)

    def put_aside(self) -> None:
        """Keep the grading that is here among the earlier ones; AuthorError when that cannot be done.

        The report is moved last: where it is cut short, the next time goes on with it.
        """
        begun = [each for each in self.earlier if not each.report.exists()]
        target = begun[-1].path if begun else self.path / ATTEMPTS / str(self.attempt)
        self.forget_answers()
        names = (STUDENT_PAGE, STAFF_PAGE, *exports.OF_ONE, EXECUTED, EVIDENCE, REPORT)
        try:
            target.mkdir(parents=True, exist_ok=True)
            for name in names:
                if (self.path / name).exists():
                    (self.path / name).rename(target / name)
        except OSError as error:
            raise AuthorError(
                f"{self.path}: cannot be kept as {target} ({error.strerror or error}); choose another --out"
            ) from error

    def data(self) -> dict[str, Any]:
        """Return the report as data, an empty mapping when there is none that can be read."""
        try:
            data = json.loads(self.report.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) and data.get("schema") in READABLE else {}

    def result(self) -> Result | None:
        """Return what the report says in brief, None when there is none that can be read."""
        return result_of(self.data())

    def deliver(
        self,
        made: Report,
        *,
        again: bool = False,
        packed: Path | None = None,
        rubric: bytes = b"",
        by_what: Mapping[str, str] | None = None,
    ) -> None:
        """Write evidence and reports in the place of what is there; with `again`, that is kept. `rubric` and `by_what` are as
        for `publish`.

        `packed` is a folder in which the evidence lies already. AuthorError when that cannot be done.
        """
        self.clear(again=again)
        try:
            if packed:
                kept.withdraw(self.evidence)
                atomic.write(self.evidence_file, (packed / kept.FILE).read_bytes())
            else:
                kept.save(made.evidence, made.submission, self.evidence, assignment=made.assignment)
        except OSError as error:
            raise _refused(self.evidence, error) from error
        self.publish(made, rubric=rubric, by_what=by_what)

    def publish(self, made: Report, *, rubric: bytes = b"", by_what: Mapping[str, str] | None = None) -> None:
        """Write the reports and leave the evidence as it is.

        `rubric` is the file that they were made by, which is kept; empty for the assignment's own. `by_what` is by what each
        check was judged, where that is to be noted.
        """
        _remove(self.report)
        _remove(self.evidence / JUDGED)
        if rubric:
            atomic.write(self.evidence / RUBRIC, rubric)
        else:
            _remove(self.evidence / RUBRIC)
        pages = report.pages(made)
        atomic.write(self.student_page, pages["student"])
        atomic.write(self.staff_page, pages["staff"])
        for name, content in report.executed(made).items():
            atomic.write(self.path / EXECUTED / name, content)
        for name, written in exports.OF_ONE.items():
            atomic.write(self.path / name, written(made.result))
        atomic.write(self.report, as_json_text(report.as_json(made.result)))
        if by_what:
            self.note(by_what, made.evidence.items)

    def note(self, by_what: Mapping[str, str], items: Sequence[str]) -> None:
        """Note by what the checks were judged for the report that is here, which is of these items, or of all."""
        if self.has_evidence:
            noted = JudgedBy(by_what, tuple(items), self._digests())
            atomic.write(self.evidence / JUDGED, as_json_text(noted.as_data()))

    def show(self, made: Report) -> None:
        """Write what a student may keep of a self-check: the page and the data."""
        atomic.write(self.student_page, report.html(made, audience="student"))
        atomic.write(self.report, as_json_text(report.as_json(made.result)))

    def clear(self, *, again: bool) -> None:
        """Make room for another grading: what is there goes, or with `again` is kept among the earlier ones."""
        if again:
            self.put_aside()
        self.withdraw()

    def withdraw(self, *, evidence: bool = True) -> None:
        """Remove what an earlier grading left, so that none of it is taken for the one that is coming.

        Without `evidence`, only the reports: what they were made from can still be judged again.
        """
        for name in (REPORT, *exports.OF_ONE, STUDENT_PAGE, STAFF_PAGE):
            _remove(self.path / name)
            atomic.sweep(self.path / name)
        _empty(self.path / EXECUTED)
        self.forget_answers()
        if evidence:
            _remove(self.evidence / RUBRIC)
            _remove(self.evidence / JUDGED)
            kept.withdraw(self.evidence)

    def forget_answers(self) -> None:
        """Remove what was answered, which can be read again from the evidence."""
        _empty(self.answers)

    def _digests(self) -> tuple[str, ...]:
        return tuple(hashlib.sha256(each.read_bytes()).hexdigest() for each in (self.evidence_file, self.report))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, error) from error


def _empty(folder: Path) -> None:
    for file in sorted(folder.glob("*")):
        _remove(file)
    with suppress(OSError):
        folder.rmdir()


def _refused(path: Path, error: OSError) -> AuthorError:
    return AuthorError(f"{path}: cannot be replaced ({error.strerror or error}); choose another --out")
