"""What was answered where a person decides, kept beside the report that it belongs to, and read again for each mark.

It is made when a submission is judged, since all of it is at hand then; it holds as long as the report is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from markupsafe import Markup

from grader import answers, atomic
from grader.answers import Answer
from grader.evidence.sources import file_digest
from grader.model import Report, Verdict
from grader.notebooks.prompts import untouched
from grader.report.executed_names import names
from grader.runs import composing, holding
from grader.runs.composing import Composed, composed
from grader.runs.folder import stamp
from grader.runs.submission import SubmissionFolder

SCHEMA = "mlpgrader.answers/1"
INDEX = "answers.json"
# what a person may decide: what waits for one, and what the grader could not judge
DECIDED = (Verdict.PENDING, Verdict.UNDECIDED)
# bytes that are shown of all answers of one submission: as much as evidence keeps
MOST = 16_000_000
LEFT_OUT = Markup('<p class="soft">Left out, as there is too much of this submission: see the page for staff.</p>\n')


def keep(folder: SubmissionFolder, made: Report, template: Path | None) -> dict[str, Answer]:
    """Keep what a person decides of a report that has just been written, and return it by check.

    `template` is the folder of what students received.
    """
    called, words = names(made), untouched(template)
    findings = (scored.finding for item in made.score.items for scored in item.findings)
    found = bounded({each.check: composed(each, called, words) for each in findings if each.verdict in DECIDED})
    _write(folder, found)
    return {check: each.answer for check, each in found.items()}


def bounded(found: Mapping[str, Composed]) -> dict[str, Composed]:
    """Return answers of which all that is shown takes `MOST` bytes at most: one for which there is no room says so instead."""
    room, kept = MOST, {}
    for check, each in found.items():
        if (size := _size(each)) <= room:
            room, kept[check] = room - size, each
        else:
            kept[check] = Composed(replace(each.answer, html=Markup(), cells=LEFT_OUT, pictures=()), {})
    return kept


def _size(each: Composed) -> int:
    shown = len(each.answer.html.encode(errors="replace")) + len(each.answer.cells.encode(errors="replace"))
    return shown + sum(map(len, each.pictures.values()))


def _write(folder: SubmissionFolder, found: Mapping[str, Composed]) -> None:
    folder.forget_answers()
    for place, each in enumerate(found.values()):
        for ending, html in (("html", each.answer.html), ("cells.html", each.answer.cells)):
            if html:
                atomic.write(folder.answers / f"{place}.{ending}", html.encode(errors="replace"), durable=False)
        for name, png in each.pictures.items():
            atomic.write(folder.answers / name, png, durable=False)
    told = {check: _as_data(each.answer) for check, each in found.items()}
    data = {"schema": SCHEMA, "by": made_by(), "of": list(stamp(folder.report)), "answers": told}
    atomic.write(folder.answers / INDEX, json.dumps(data), durable=False)


@dataclass(frozen=True)
class Kept:
    """What is kept beside one report, without its HTML: the answers by check, each with its place among the files."""

    folder: SubmissionFolder
    answers: dict[str, tuple[int, Answer]]

    @classmethod
    def of(cls, folder: SubmissionFolder) -> Kept | None:
        """Return what is kept for the report that is there; None where that is nothing, or was made for another one."""
        try:
            data = json.loads((folder.answers / INDEX).read_bytes())
            fits = data["schema"] == SCHEMA and data["by"] == made_by() and tuple(data["of"]) == stamp(folder.report)
            said = data["answers"].items() if fits else ()
            return cls(folder, {check: (k, _of_data(each)) for k, (check, each) in enumerate(said)}) if fits else None
        except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return None

    def html(self, check: str, ending: str) -> Markup:
        """Return what is shown of an answer; nothing where nothing is."""
        with suppress(OSError, UnicodeDecodeError, LookupError):
            place, _ = self.answers[check]
            # written by ourselves, from an `excerpt`
            return Markup((self.folder.answers / f"{place}.{ending}").read_text(encoding="utf-8"))  # noqa: S704
        return Markup()


@dataclass
class Answers:
    """What was answered in the run in a folder: read when it is asked for, and anew when a report has changed."""

    run_dir: Path
    _kept: dict[str, tuple[tuple[int, ...], Kept | None]] = field(default_factory=dict)
    # equal pictures have one name, and lie beside each report that has one
    _pictures: dict[str, dict[Path, None]] = field(default_factory=dict)

    def has(self, folder: str) -> bool:
        """Tell whether what was answered is known, by the folder of the submission in that of the run."""
        return self._of(folder) is not None

    def said(self, folder: str, check: str) -> Answer:
        """Return an answer without its HTML.

        It is empty where nothing waits for a person, and unseen where nothing is known of it yet.
        """
        kept = self._of(folder)
        if kept is None:
            return Answer(is_unseen=True)
        return kept.answers[check][1] if check in kept.answers else Answer()

    def shown(self, folder: str, check: str) -> Answer:
        """Return an answer as it is read."""
        kept = self._of(folder)
        said = self.said(folder, check)
        return replace(said, html=kept.html(check, "html"), cells=kept.html(check, "cells.html")) if kept else said

    def see(self, folder: str, check: str) -> Path:
        """Return where a person looks: the notebook as it was run, where it is kept, else the page for staff."""
        there = SubmissionFolder(self.run_dir / folder)
        notebooks = map(there.executed, self.said(folder, check).notebooks)
        return next((path for path in notebooks if path.is_file()), there.staff_page)

    def picture(self, name: str) -> bytes | None:
        """Return the picture of that name in an answer that was asked for; None where there is none."""
        for path in tuple(self._pictures.get(name, ())):
            with suppress(OSError):
                return path.read_bytes()
        return None

    def _of(self, name: str) -> Kept | None:
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or PurePosixPath(name).is_absolute():
            return None
        folder = SubmissionFolder(self.run_dir.joinpath(*parts))
        now = (*stamp(folder.report), *stamp(folder.answers / INDEX))
        if name not in self._kept or self._kept[name][0] != now:
            kept = Kept.of(folder)
            self._kept[name] = now, kept
            said = (each for _, each in kept.answers.values()) if kept else ()
            for each in (name for answer in said for name in answer.pictures):
                self._pictures.setdefault(each, {})[folder.answers / each] = None
        return self._kept[name][1]


@cache
def made_by() -> str:
    """Return a digest of the code that answers are made by."""
    ours = sorted(Path(answers.__file__).parent.glob("*.py"))
    return hashlib.sha256(
        "".join([holding.pages(), *map(file_digest, (*ours, Path(composing.__file__), Path(__file__)))]).encode()
    ).hexdigest()


def _as_data(answer: Answer) -> dict[str, Any]:
    said = {name: getattr(answer, name) for name in ("text", "own", "normal", "exact", "pictures", "notebooks")}
    return {name: value for name, value in said.items() if value} | {"unseen": answer.is_unseen}


def _of_data(data: Any) -> Answer:
    said = {name: str(data.get(name, "")) for name in ("text", "own", "normal", "exact")}
    pictures, notebooks = (tuple(map(str, data.get(name, ()))) for name in ("pictures", "notebooks"))
    return Answer(
        said["text"],
        said["own"],
        pictures=pictures,
        notebooks=notebooks,
        normal=said["normal"],
        exact=said["exact"],
        is_unseen=bool(data["unseen"]),
    )
