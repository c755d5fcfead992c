"""The layouts in which platforms pack a class: one module each, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.classes.layouts import blackboard, brightspace, canvas, clones, folders, gradescope, moodle, nbgrader
from grader.classes.view import Asked, Pieces, View

__all__ = ["LAYOUTS", "Layout"]


@dataclass(frozen=True)
class Layout:
    """One way to pack a class: what people call it, whether a folder is packed so, and what is in it then."""

    title: str
    fits: Callable[[View], bool]
    pieces: Callable[[View, Asked], Pieces]


# the surest ones first: what is left is a folder a student
LAYOUTS: Mapping[str, Layout] = {
    "gradescope": Layout(gradescope.TITLE, gradescope.fits, gradescope.pieces),
    "blackboard": Layout(blackboard.TITLE, blackboard.fits, blackboard.pieces),
    "moodle": Layout(moodle.TITLE, moodle.fits, moodle.pieces),
    "brightspace": Layout(brightspace.TITLE, brightspace.fits, brightspace.pieces),
    "nbgrader-inbound": Layout(nbgrader.INBOUND_TITLE, nbgrader.fits_inbound, nbgrader.inbound),
    "canvas": Layout(canvas.TITLE, canvas.fits, canvas.pieces),
    "nbgrader": Layout(nbgrader.TITLE, nbgrader.fits, nbgrader.pieces),
    "clones": Layout(clones.TITLE, clones.fits, clones.pieces),
    "folders": Layout(folders.TITLE, folders.fits, folders.pieces),
}
