"""From a path to a submission: everything is read into memory under limits, and nothing is ever unpacked to disk.

A submission is a folder, an archive (zip, or tar, plain or packed by gzip, bzip2 or xz), or one file itself: ``alice/mlp.py``
is the submission ``alice`` that consists of that one file, ``bob.py`` the submission ``bob``.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from grader.errors import AuthorError, IntakeError
from grader.intake import folder, tarred, zipped
from grader.intake.classes import ARCHIVE_ENDINGS, refuse_class, student_of
from grader.intake.listing import MEGABYTE, Listing, Unreadable, parents
from grader.intake.naming import DEPTH, folder_name, names_drive, shown, without_marks
from grader.intake.renamed import recognise
from grader.model import Submission, Wanted
from grader.text import printable

__all__ = ["ensure_distinct", "receive", "student_of", "submission_id"]

# files that may be handed in alone
_SINGLE = (".py", ".ipynb")
_UNPACK = "unpack it and give the folder, or pack that as a .zip"
_OTHER_FORMATS = {
    b"Rar!": f"is a RAR archive, which is not read; {_UNPACK}",
    b"7z\xbc\xaf": f"is a 7-Zip archive, which is not read; {_UNPACK}",
    b"\x28\xb5\x2f\xfd": f"is a Zstandard archive, which is not read; {_UNPACK}",
    b"<": "is a web page, not the download itself; download the file again",
}
_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\10")
_NOTES = 20


def receive(
    path: Path,
    *,
    required: tuple[str, ...],
    provided: Mapping[str, bytes],
    wanted: Sequence[Wanted] = (),
    limit_mb: int = 20,
) -> Submission:
    """Read what was handed in at `path` and lay the `provided` files over the student's copies.

    The files are those of the folder that holds the `required` ones, wherever it is inside. A submission without them is returned
    as it is, and says so. One of the `wanted` files that was handed in under another name is taken for it, where it is the
    only one that fits. What is too large or no regular file is left out with a note. LooksLikeClass for what several have
    handed in. IntakeError when a required file is of that kind, and when the submission cannot be read, is ambiguous, or is
    built to do harm.
    """
    label = shown(_absolute(path).name)
    try:
        with _opened(path, required, limit_mb * MEGABYTE, label) as listing:
            names = {*required, *(each.name for each in wanted)}
            paths = {*listing.sizes, *listing.refused}
            refuse_class(paths, names, label, given=printable(str(path)), packed=not path.is_dir())
            root = _root(listing, required, label)
            inner = _beneath(listing, root)
            chosen, left_out = _choose(inner, required, limit_mb, label)
            files = dict(_contents(inner, chosen, required, left_out, label))
    except OSError as error:
        raise IntakeError(
            f"{printable(str(path))}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from None
    digest = _digest(files)
    taken, missing = recognise(files, required, wanted, provided)
    told = [f"{source} was taken for {name}" for name, source in taken.items()]
    told += [f"not handed in: {name}" for name in missing]
    place = [f"taken from the folder '{shown(root)}' inside"] if root else []
    laid_over, replaced = _lay_over(files, provided)
    name = submission_id(path, required=required)
    left = _shortened([f"left out: '{shown(path)}' {why}" for path, why in left_out.items()])
    return Submission(name, digest, laid_over, (*place, *told, *replaced, *left), left_out, taken, missing)


def submission_id(path: Path, *, required: Collection[str]) -> str:
    """Return the id that the submission at `path` has, readable or not: its name, harmless as the name of a folder.

    It is the name of the folder, or of the archive or the single file without its ending; for a single file that has one of the
    `required` names, or that of a copy, the name of the folder around it. Of a name that Canvas or Moodle made, it is the
    student.
    """
    absolute = _absolute(path)
    if absolute.is_dir():
        return folder_name(student_of(absolute.name))
    if without_marks(absolute.name) in map(str.casefold, required):
        return folder_name(student_of(absolute.parent.name))
    endings = [ending for ending in (*ARCHIVE_ENDINGS, *_SINGLE) if absolute.name.lower().endswith(ending)]
    # by the whole name: what is left of a short one without its ending may be no name of a platform's any more
    student = student_of(absolute.name)
    return folder_name(student if student != absolute.name or not endings else absolute.name[: -len(endings[0])])


def ensure_distinct(paths: Iterable[Path], *, required: Collection[str]) -> None:
    """Refuse submissions with one id, since their reports would overwrite each other; capitals make no difference."""
    first: dict[str, Path] = {}
    for path in paths:
        name = submission_id(path, required=required)
        if earlier := first.get(name.casefold()):
            raise AuthorError(
                f"two submissions are called '{name}': {printable(str(earlier))} and "
                f"{printable(str(path))}; rename one, or grade them in separate runs"
            )
        first[name.casefold()] = path


def _absolute(path: Path) -> Path:
    # not resolve(): a link keeps the name that was handed in
    return Path(os.path.abspath(path))  # noqa: PTH100


@contextmanager
def _opened(path: Path, required: tuple[str, ...], limit: int, label: str) -> Iterator[Listing]:
    path = _absolute(path)
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        with folder.opened(path, required=required) as listing:
            yield listing
    elif not stat.S_ISREG(status.st_mode):
        raise IntakeError(f"{label}: is neither a folder nor a file; hand in a folder, a .zip or a .tar.gz")
    elif path.name in required or path.suffix.lower() in _SINGLE:
        with folder.opened(path.parent, required=required, only=path.name) as listing:
            yield listing
    else:
        with folder.open_file(path) as file, _unpacking(file, label, required, limit) as listing:
            yield listing


@contextmanager
def _unpacking(file: IO[bytes], label: str, required: Collection[str], limit: int) -> Iterator[Listing]:
    start = file.read(tarred.MAGIC_BYTES)
    if not start:
        raise IntakeError(f"{label}: is empty; check that the upload was complete")
    for magic, why in _OTHER_FORMATS.items():
        if start.startswith(magic):
            raise IntakeError(f"{label}: {why}")
    named = label.lower().endswith(ARCHIVE_ENDINGS)
    if not (named or start.startswith(_ZIP) or tarred.begins(start)):
        raise IntakeError(
            f"{label}: is not a folder, a .zip, a .tar, a .py or an .ipynb; put the files into a folder and give that or its .zip"
        )
    # the oldest kind of tar has no mark of its own
    reader = tarred if tarred.begins(start) or label.lower().endswith(".tar") else zipped
    with reader.opened(file, label=label, required=required, limit=limit) as listing:
        yield listing


def _root(listing: Listing, required: Collection[str], label: str) -> str:
    """Return the folder that holds the required files; the innermost single folder where there are none."""
    paths = {*listing.sizes, *listing.refused}
    holders = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in required}
    # a copy beneath the real one, such as old/mlp.py, does not count
    roots = sorted(root for root in holders if not root or holders.isdisjoint(("", *parents(root))))
    if len(roots) > 1:
        found = ", ".join(f"'{shown(root)}'" for root in roots[:5])
        wanted = ", ".join(required)
        raise IntakeError(f"{label}: {wanted} found in {len(roots)} folders ({found}); hand in one of them only")
    if roots:
        return roots[0]
    root = ""
    for _ in range(DEPTH):
        level = {path.removeprefix(root + "/" if root else "").partition("/")[:2] for path in paths}
        if len(level) != 1:
            break
        name, slash = level.pop()
        if not slash:
            break
        root = f"{root}/{name}" if root else name
    return root


def _beneath(listing: Listing, root: str) -> Listing:
    above = f"{root}/" if root else ""
    sizes = {path.removeprefix(above): size for path, size in listing.sizes.items() if path.startswith(above)}
    refused = {path.removeprefix(above): why for path, why in listing.refused.items() if path.startswith(above)}
    refused |= {path: "begins like the name of a drive" for path in sizes if names_drive(path)}
    kept = {path: size for path, size in sizes.items() if path not in refused}
    return Listing(kept, refused, lambda path, limit: listing.read(above + path, limit))


def _choose(listing: Listing, required: Collection[str], limit_mb: int, label: str) -> tuple[list[str], dict[str, str]]:
    """Return the files to read, in order, and why the others are not; the largest are left out until the rest fits."""
    for name in required:
        if name in listing.refused:
            raise _refused(label, name, listing.refused[name])
    left_out = dict(sorted(listing.refused.items()))
    room = limit_mb * MEGABYTE - sum(listing.sizes.get(name, 0) for name in required)
    if room < 0:
        raise _refused(label, ", ".join(required), f"is larger than {limit_mb} MB")
    chosen = [name for name in required if name in listing.sizes]
    for name in sorted(listing.sizes.keys() - set(required), key=lambda path: (listing.sizes[path], path)):
        room -= listing.sizes[name]
        if room >= 0:
            chosen.append(name)
        else:
            left_out[name] = f"does not fit into {limit_mb} MB"
    return chosen, left_out


def _refused(label: str, name: str, why: str) -> IntakeError:
    return IntakeError(f"{label}: {name} {why}; hand in an ordinary file with your code")


def _contents(
    listing: Listing, names: Iterable[str], required: Collection[str], left_out: dict[str, str], label: str
) -> Iterator[tuple[str, bytes]]:
    for name in names:
        try:
            yield name, listing.read(name, listing.sizes[name])
        except Unreadable as error:
            if name in required:
                raise _refused(label, name, str(error)) from None
            left_out[name] = str(error)


def _shortened(notes: list[str]) -> list[str]:
    return notes if len(notes) <= _NOTES else [*notes[:_NOTES], f"and {len(notes) - _NOTES} more notes of this kind"]


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return f"sha256:{digest.hexdigest()}"


def _lay_over(files: Mapping[str, bytes], provided: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """Return the files with the provided ones, without what would be imported in their place, and notes about both."""
    notes = [
        f"replaced by the course's: '{name}', which differs"
        for name, content in provided.items()
        if name in files and files[name].replace(b"\r\n", b"\n") != content.replace(b"\r\n", b"\n")
    ]
    modules = {name.removesuffix(".py") for name in provided}
    hiding = {path for path in files if _preferred_module(path) in modules}
    packages = {path.partition("/")[0] for path in hiding if "/" in path}
    hiding |= {path for path in files if path.partition("/")[0] in packages}
    notes += [f"left out: '{shown(path)}' would hide the course's file" for path in sorted(hiding)]
    return {path: content for path, content in files.items() if path not in hiding} | dict(provided), notes


def _preferred_module(path: str) -> str:
    """Return the module that `path` makes where Python prefers it to a ``.py`` file: a package or a compiled module."""
    head, _, inner = path.partition("/")
    if inner.startswith("__init__."):
        return head
    return head.partition(".")[0] if not inner and head.endswith((".so", ".pyd")) else ""
