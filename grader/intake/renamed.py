"""Files that somebody, or some platform, called otherwise: the only one that fits is taken for the one that was asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from grader.intake.naming import shown, without_marks
from grader.model import Wanted
from grader.text import listed

# so many files of other names are looked into, and so large ones
LOOKED_INTO, BYTES = 200, 2_000_000
NAMED = 5


def recognise(
    files: dict[str, bytes], required: Collection[str], wanted: Sequence[Wanted], provided: Collection[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Take other files for those `required` ones that are not there, and return what was taken, and what is missing and why.

    What is taken goes by the required name in `files` from then on. A file fits by what is in it, where the assignment can tell;
    else by its name, but for what is added to that of a copy. A module that is to be laid under another name goes by both.
    """
    known = {each.name: each for each in wanted}
    taken, missing = dict[str, str](), dict[str, str]()
    for name in required:
        if name in files:
            continue
        found = _fitting(files, known.get(name, Wanted(name)), {*required, *provided})
        if len(set(found.values())) == 1:
            source = next(iter(found))
            files[name] = found[source]
            taken[name] = source
            if source.casefold().endswith(name.rpartition(".")[2].casefold()):
                del files[source]
        elif found:
            among = " and ".join(map(shown, islice(found, NAMED)))
            missing[name] = (
                f"{len(found)} files could be {name}: {among}; leave in the one that counts, and name it {name}"
            )
        else:
            missing[name] = f"there is no {name}; {_handed_in(files, provided)}"
    for each in wanted:
        if each.laid_as not in ("", each.name) and each.name in files:
            files[each.laid_as] = files[each.name]
            # both names are one module: two would be two classes
            stem = each.laid_as.removesuffix(".py")
            files[each.name] = f"import sys\n\nimport {stem}\n\nsys.modules[__name__] = {stem}\n".encode()
    return taken, missing


def _fitting(files: Mapping[str, bytes], wanted: Wanted, others: Collection[str]) -> dict[str, bytes]:
    """Return what could be the wanted file, path -> what it would be as that; the outermost ones, notebooks last."""
    found: dict[str, bytes] = {}
    looked_into = islice((path for path in sorted(files) if path not in others), LOOKED_INTO)
    for path in looked_into:
        if wanted.taken_from is None:
            if without_marks(path.rpartition("/")[2]) == wanted.name.casefold():
                found[path] = files[path]
        elif len(files[path]) <= BYTES and (content := wanted.taken_from(path, files[path])) is not None:
            found[path] = content
    return _first(found, wanted.name)


def _first(found: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    """Return those of the kind that was asked for, where there are any, and of these the ones in the outermost folder."""
    suffix = name.rpartition(".")[2].casefold()
    alike = {path: content for path, content in found.items() if path.casefold().endswith(suffix)} or found
    least = min((path.count("/") for path in alike), default=0)
    return {path: content for path, content in alike.items() if path.count("/") == least}


def _handed_in(files: Iterable[str], provided: Collection[str]) -> str:
    own = [shown(path) for path in sorted(files) if path not in provided]
    if not own:
        return "nothing else was handed in"
    return f"handed in: {listed(own, NAMED)}"
