"""What staff read of one finding, as a piece of a page whose pictures lie beside it in files of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from grader.model import Quote, Transcript
from grader.report.notebook import reading
from grader.report.page import environment

# characters of HTML: what comes behind is left out, and it is said so
LIMIT = 2_000_000
LEFT_OUT = Markup('<p class="soft">The rest is left out, as it is too long: see the notebook.</p>\n')


@dataclass(frozen=True)
class Excerpt:
    """A piece of a page, and its pictures by the names of their files, which are made of what is in them."""

    html: Markup = field(default_factory=Markup)
    pictures: dict[str, bytes] = field(default_factory=dict)


def excerpt(parts: Iterable[Quote | Transcript], *, folder: str) -> Excerpt:
    """Return these quotes and notebooks to be read one below the other; `folder` is the address at which pictures will lie."""
    pictures: dict[str, bytes] = {}

    def lies(png: bytes) -> str:
        name = f"{hashlib.sha256(png).hexdigest()}.png"
        pictures[name] = png
        return folder + name

    template = environment().get_template("reading.html")
    shown, room = Markup(), LIMIT
    for part in parts:
        read = replace(reading(part, lies=lies), long=False)
        # the template escapes all text, and what is markup already is known to do nothing
        piece = Markup(template.render(reading=read, name=None))  # noqa: S704
        room -= len(piece)
        if room < 0:
            shown += LEFT_OUT
            break
        shown += piece
    return Excerpt(shown, {name: png for name, png in pictures.items() if name in shown})
