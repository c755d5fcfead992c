"""`mlpgrader grade --class`: a download of a platform in, and at the end what was not graded and what needs a person."""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader import atomic, classes, intake, pipeline
from grader.assignments import Assignment
from grader.classes import kept, policy, reading, roster
from grader.classes.model import Found, Joined
from grader.classes.names import folder_of, visible
from grader.classes.policy import Policy
from grader.classes.roster import Roster
from grader.cli import class_page
from grader.cli.outcomes import Outcomes, failures
from grader.errors import AuthorError, IntakeError
from grader.filenames import CLASS, CLASS_PAGE, FILES, ROSTER
from grader.intake.listing import MEGABYTE
from grader.model import Person, Rubric
from grader.runs import RunFolder
from grader.text import counted, listed, printable

NAMED = 8
# what must be free on the disk before hours depend on it
ROOM = 200 * MEGABYTE


@dataclass(frozen=True)
class Attempt:
    """One attempt as it lies in the folder of the run, the folder that it is graded into, and its seed."""

    path: Path
    folder: str
    seed: int


@dataclass(frozen=True)
class Gathered:
    """A class in the folder of its run, ready to be graded, with its people and the rules on time."""

    attempts: tuple[Attempt, ...]
    joined: Joined
    policy: Policy

    @property
    def names(self) -> dict[str, str]:
        """Whose each folder of the run is."""
        return {folder_of(each.student, each.attempt): each.name for each in self.joined.hand_ins}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of a class."""
    add = command.add_argument
    add(
        "--class",
        dest="download",
        metavar="PATH",
        type=Path,
        help="grade a whole class instead: the folder or archive that a learning platform has packed",
    )
    add(
        "--layout",
        choices=tuple(classes.LAYOUTS),
        help="with --class: how it is packed, where that is not to be found out",
    )
    add(
        "--roster",
        metavar="CSV",
        type=Path,
        help="with --class: who is in it; a table that a platform exports, or one with columns such as id, name, login, mail "
        "(default: the one of an earlier time)",
    )
    add(
        "--gradebook",
        metavar="URL",
        help="keep the gradebook in this PostgreSQL database (postgresql://...) instead of a file in DIR",
    )


def ensure_one_kind(arguments: argparse.Namespace) -> None:
    """Refuse what is neither submissions nor a class, or both; AuthorError says what to give."""
    if arguments.download and arguments.submissions:
        raise AuthorError(
            f"--class {printable(str(arguments.download))} and {printable(str(arguments.submissions[0]))}: give a class or "
            "submissions, not both"
        )
    if not arguments.download and not arguments.submissions:
        raise AuthorError("nothing to grade: give one SUBMISSION or more, or a class with --class PATH")
    for option in ("layout", "roster"):
        if getattr(arguments, option) and not arguments.download:
            raise AuthorError(f"--{option} says something of a class; give that with --class PATH")


def ensure_apart(arguments: argparse.Namespace) -> None:
    """Refuse to put reports into the download itself, where the next reading would take them for hand-ins."""
    download, out = arguments.download.resolve(), arguments.out.resolve()
    if download.is_dir() and out.is_relative_to(download):
        raise AuthorError(f"--out {arguments.out}: lies in the download {arguments.download}; choose another folder")


def ensure_room(arguments: argparse.Namespace, *, free: Callable[[Path], int] | None = None) -> None:
    """Refuse a disk on which there is no room for what a class leaves; `free` tells the bytes on that of a folder."""
    there = next(each for each in (arguments.out.resolve(), *arguments.out.resolve().parents) if each.exists())
    left = (free or (lambda path: shutil.disk_usage(path).free))(there)
    needed = ROOM + (3 * arguments.download.stat().st_size if arguments.download.is_file() else 0)
    if left < needed:
        raise AuthorError(
            f"--out {arguments.out}: {left // MEGABYTE:,} MB are free there, and some {needed // MEGABYTE:,} MB are needed; free "
            "some space, or choose another folder"
        )


def gathered(arguments: argparse.Namespace, folder: RunFolder, assignment: Assignment, rubric: Rubric) -> Gathered:
    """Put the class into the folder of its run, take it into the gradebook, and say what it was taken for."""
    rules = policy.ensure(arguments.out / CLASS)
    names = pipeline.file_names(assignment, rubric)
    required = assignment.required_files(rubric.parameters)
    wanted = tuple(dict.fromkeys((*required, *names)))
    people = people_of(arguments.roster, arguments.out / ROSTER)
    zone = rules.zone if rules.due or rules.zone.key != "UTC" else None
    found = classes.read(arguments.download, required=wanted, layout=arguments.layout, zone=zone)
    if not found.hand_ins:
        raise AuthorError(
            f"{printable(str(arguments.download))}: nobody has handed in anything; check that it is the right download"
        )
    known = Joined(found.hand_ins) if people is None else roster.joined(found.hand_ins, people, zone=zone)
    seed = kept.run_seed(arguments.out, arguments.seed)

    def digest(path: Path) -> str:
        try:
            return intake.receive(path, required=required, provided={}).digest
        except IntakeError:
            return kept.raw_digest(path)

    with classes.gathering(found) as gather:
        there = list(kept.keep(known.hand_ins, arguments.out, gather=gather, digest=digest))
    joined = replace(known, hand_ins=tuple(each.hand_in for each in there))
    write_files(arguments.out / FILES, joined)
    left_out = tuple(each for one in there for each in one.left_out)
    tell(folder, found, joined, rules, left_out, warnings=people.warnings if people else ())
    if folder.book:
        folder.book.take_in(joined, folder_of)
    attempts = (
        Attempt(each.path, folder_of(each.hand_in.student, each.hand_in.attempt), kept.seed_of(seed, each.digest))
        for each in there
    )
    return Gathered(tuple(attempts), joined, rules)


def people_of(given: Path | None, there: Path) -> Roster | None:
    """Return the roster that is given, which is kept `there` for the next time; without one, that of an earlier time."""
    if given is not None:
        found = roster.read(given)
        if given.resolve() != there.resolve():
            atomic.write(there, given.read_bytes())
        return found
    if not there.is_file():
        return None
    print(f"mlpgrader: the roster is that of an earlier time: {printable(str(there))}", file=sys.stderr)
    # when people handed in, it says of what they had handed in then
    return replace(roster.read(there), times={})


def write_files(path: Path, joined: Joined) -> None:
    """Write which file of the download is graded as what."""
    rows = reading.files_table(joined.hand_ins)
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(reading.COLUMNS)
    table.writerows([printable(row[column]) for column in reading.COLUMNS] for row in rows)
    atomic.write(path, written.getvalue())


def tell(
    folder: RunFolder,
    found: Found,
    joined: Joined,
    rules: Policy,
    left_out: Sequence[classes.Unread],
    *,
    warnings: Sequence[str],
) -> None:
    """Say on standard error what the class was taken for, and what matched nobody."""
    lines = [*found.said, *warnings, *rules.words]
    if unread := (*found.unread, *left_out):
        lines.append(f"left out of the download: {counted(len(unread), 'thing')}")
        lines += [f"  {line}" for line in reading.unread_lines(unread)]
    lines.append(f"which file is graded as what: {folder.path / FILES}")
    if unknown := policy.unknown_extensions(rules, _known(joined)):
        lines.append(f"extensions of {CLASS} that are nobody's: {listed([printable(each) for each in unknown], NAMED)}")
    for line in lines:
        print(f"mlpgrader: {printable(line)}", file=sys.stderr)


def tell_the_end(gathered: Gathered, folder: RunFolder, outcomes: Outcomes, arguments: argparse.Namespace) -> None:
    """Say what was not graded and why, and what needs a person: beside the table, or on standard error with ``--json``."""
    where = sys.stderr if arguments.json else sys.stdout
    for line in end_lines(gathered, folder, outcomes):
        print(printable(line), file=where)


def write_page(gathered: Gathered, folder: RunFolder, arguments: argparse.Namespace) -> None:
    """Write the class at a glance beside the summary, and say where it is."""
    if folder.book is None:
        return
    page = folder.path / CLASS_PAGE
    class_page.write(folder, folder.book, page)
    print(
        f"The class at a glance, for staff: {printable(str(page))}", file=sys.stderr if arguments.json else sys.stdout
    )


def end_lines(gathered: Gathered, folder: RunFolder, outcomes: Outcomes) -> Iterable[str]:
    """Yield the lines of the two lists; headings alone are left out."""
    names = gathered.names
    if failed := failures(outcomes):
        yield f"Not graded: {len(failed)}"
        yield from (f"  {names.get(name, name)} ({name}): {why}" for name, why in sorted(failed.items()))
    needed = list(_needing(gathered, folder, names, outcomes))
    if needed:
        yield "Needs a person:"
        yield from (f"  {line}" for line in needed)


def _needing(gathered: Gathered, folder: RunFolder, names: dict[str, str], outcomes: Outcomes) -> Iterable[str]:
    joined = gathered.joined
    waiting = folder.book.waiting() if folder.book else ()
    for (why, title), count in Counter((each.why.value, each.found.title) for each in waiting).items():
        yield f"{counted(count, 'answer')} {why}: {title}"
    for name, graded in outcomes.items():
        if graded.result and graded.result.notices:
            yield f"look at {names.get(name, name)} ({name}): {'. '.join(graded.result.notices)}"
    for double in joined.doubles:
        could_be = " or ".join(_told(each) for each in double.could_be)
        yield f"{double.student} ({visible(double.person.name)}) is {could_be}: say which, by a roster with ids"
    yield from (f"is that one person? {each}" for each in joined.odd)
    if joined.unmatched:
        called = {each.student: each.name for each in joined.hand_ins}
        students = listed([f"{called[each]} ({each})" for each in joined.unmatched], NAMED)
        yield f"not in the roster: {students}"
    if joined.missing:
        yield f"handed in nothing: {listed([_told(each) for each in joined.missing], NAMED)}"
    if not joined.has_roster:
        yield "who has handed in nothing is not known without a roster; give it with --roster"


def _told(person: Person) -> str:
    number = person.id or person.sis or person.login or person.mail
    return f"{visible(person.name)} ({number})" if person.name and number else visible(person.name) or number


def _known(joined: Joined) -> set[str]:
    found = {each.student for each in joined.hand_ins}
    members = (person for each in joined.hand_ins for person in each.members)
    for person in (*members, *joined.missing):
        found |= {value for name, value in vars(person).items() if value and name not in ("section", "group")}
    return found
