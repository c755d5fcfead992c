"""An export of Gradescope: a folder a submission, and one file that says whose they are and when they came."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from grader.classes.model import Unread
from grader.classes.names import graded_names
from grader.classes.times import instant
from grader.classes.view import Asked, Piece, Pieces, View, mostly
from grader.errors import AuthorError
from grader.model import Person
from grader.text import printable

TITLE = "an export of Gradescope"
METADATA = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_\d+")
# results of hundreds of students are in it
METADATA_BYTES = 300_000_000


def fits(view: View) -> bool:
    """Tell whether the file is there that says whose the submissions are, beside folders of submissions."""
    return METADATA in view.sizes and mostly(
        [name for name in view.top_folders if _FOLDER.fullmatch(name)], view.top_folders
    )


def pieces(view: View, asked: Asked) -> Pieces:
    """Return each folder with its submitters; AuthorError when the file about them cannot be read."""
    about = _read(view)
    made, stray = [], []
    for folder in view.top_folders:
        entry = about.get(folder)
        if not isinstance(entry, Mapping):
            if view.below(folder):
                stray.append(Unread(folder, f"{METADATA} says nothing of it"))
            continue
        members = tuple(_people(entry.get(":submitters")))
        known = sorted(each.mail.casefold() or each.sis or each.name for each in members)
        made.append(
            Piece(
                known[0] if known else folder,
                ", ".join(each.name or each.mail for each in members) or folder,
                graded_names([(each.name, each.stored) for each in view.taken(folder)], asked.required),
                members,
                at=_time(entry.get(":created_at")),
                submission=folder.removeprefix("submission_"),
                order=folder,
            )
        )
    without = [name for name in about if _FOLDER.fullmatch(str(name)) and name not in view.folders]
    stray += [Unread(str(name), "has no files in the export") for name in without]
    stray += [Unread(name, "is not a submission") for name in view.top_files if name != METADATA]
    said = ("the latest submission of each is in an export of Gradescope, earlier ones are not",)
    return Pieces(tuple(made), tuple(stray), said)


def _read(view: View) -> Mapping[str, Any]:
    try:
        import yaml
    except ImportError:
        raise AuthorError(
            "an export of Gradescope is read with PyYAML, which is not installed; pip install pyyaml, or mlpgrader[class]"
        ) from None

    class Lenient(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Takes what a Ruby program marks as an object of its own for the plain data that it is made of."""

    def plain(loader: Any, _tag: str, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_scalar(node)

    Lenient.add_multi_constructor("!", plain)
    raw = view.content(METADATA, METADATA_BYTES)
    try:
        found = yaml.load(raw, Loader=Lenient)  # noqa: S506  a safe one, which makes nothing but plain data
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = str(error).partition("\n")[0]
        raise AuthorError(
            f"{METADATA}: is not valid YAML ({printable(said)}); export the submissions again, or give --layout folders"
        ) from None
    if not isinstance(found, Mapping):
        raise AuthorError(f"{METADATA}: says nothing of submissions; export them again, or give --layout folders")
    return found


def _people(submitters: object) -> Iterator[Person]:
    for each in submitters if isinstance(submitters, list) else ():
        if isinstance(each, Mapping):
            told = {key: str(each.get(key) or "").strip() for key in (":name", ":sid", ":email")}
            if any(told.values()):
                yield Person(name=told[":name"], mail=told[":email"], sis=told[":sid"])


def _time(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    return instant(value, UTC) if isinstance(value, str) else None
