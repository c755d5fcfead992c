"""The gradebook of a run: what was found, what people gave, what is released, and who changed what.

It needs SQLAlchemy and Alembic, which are imported when a gradebook is opened: grading does without.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from grader import atomic
from grader.errors import AuthorError
from grader.filenames import GRADEBOOK, GRADEBOOK_PLACE

if TYPE_CHECKING:
    from grader.gradebook.book import Gradebook

__all__ = ["is_kept", "opened"]

SCHEMA = "mlpgrader.gradebook/1"


def is_kept(folder: Path) -> bool:
    """Whether the run in a folder has a gradebook."""
    return (folder / GRADEBOOK).is_file() or (folder / GRADEBOOK_PLACE).is_file()


def opened(folder: Path, url: str = "") -> Gradebook:
    """Open the gradebook of the run in a folder, which is made where there is none; close it, or use it with ``with``.

    It is the SQLite file ``gradebook.sqlite`` there, or for a `url` a database that the run is known in from then on, without
    that being given again. A password is not kept: it comes from PGPASSWORD or the user's .pgpass. AuthorError says what is
    missing or does not fit.
    """
    try:
        from grader.gradebook import book, engine
    except ImportError as error:
        raise AuthorError(f"a gradebook needs {error.name}: pip install 'mlpgrader[class]'") from error
    place = _place(folder)
    if url and not place and (folder / GRADEBOOK).is_file():
        raise AuthorError(f"{folder / GRADEBOOK}: this run has a gradebook already; leave --gradebook out")
    if url or place:
        given = engine.url_of(url or place["url"])
        if place and url and engine.without_password(given) != place["url"]:
            raise AuthorError(
                f"--gradebook: this run has its gradebook at {place['url']} ({folder / GRADEBOOK_PLACE}); leave it out"
            )
        key = place.get("run") or book.new_key()
        found = engine.opened(given)
        if not place:
            about = {"schema": SCHEMA, "url": engine.without_password(given), "run": key}
            atomic.write(folder / GRADEBOOK_PLACE, json.dumps(about, indent=2) + "\n")
        return book.Gradebook(found, key, folder)
    if kind := engine.on_network(folder):
        print(
            f"mlpgrader: {folder} lies on a network drive ({kind}), where several people who write into one gradebook may damage "
            "it; use a local folder, or a PostgreSQL database: --gradebook URL",
            file=sys.stderr,
        )
    return book.Gradebook(engine.opened(engine.of_file(folder / GRADEBOOK)), "this", folder)


def _place(folder: Path) -> dict[str, str]:
    file = folder / GRADEBOOK_PLACE
    try:
        data = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise AuthorError(f"{file}: cannot be read ({error}); it says where the gradebook of this run is") from error
    if (
        not isinstance(data, dict)
        or data.get("schema") != SCHEMA
        or not all(isinstance(data.get(k), str) for k in ("url", "run"))
    ):
        raise AuthorError(f"{file}: does not say where the gradebook of this run is (schema {SCHEMA}, url, run)")
    return dict(data)
