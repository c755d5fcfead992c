"""Words and numbers made fit for people: hostile characters become visible, whole numbers lose their point."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # what makes words fit for people is needed where numpy is not
    from grader.model import Array

JOINERS = "\u200c\u200d"
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str, *, newlines: bool = False) -> str:
    """Return `text` with all that could steer a terminal, reorder a line or break an encoder written as an escape.

    With `newlines`, line ends stay and tabs become four spaces; without, both are escaped too.
    """
    if newlines:
        text = text.replace("\r\n", "\n").replace("\t", "    ")
    if text.isprintable() or (newlines and text.replace("\n", "").isprintable()):
        return text
    return "".join(_visible(character, newlines=newlines) for character in text)


def _visible(character: str, *, newlines: bool) -> str:
    if character in JOINERS or (newlines and character == "\n"):
        return character
    if unicodedata.category(character) in INVISIBLE:
        return character.encode("unicode_escape", "surrogatepass").decode()
    return character


def number(value: float) -> int | float:
    """Return `value` rounded to six decimals, as an int when it is whole."""
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() else rounded


def points(value: float) -> str:
    """Return the number as people write points: ``8``, ``1.5``, ``0.25``."""
    return str(number(value))


def one_or_more(noun: str, count: float, many: str = "") -> str:
    """Return a noun as it stands after a number; `many` is its plural where that is not made with an s."""
    return noun if count == 1 else many or f"{noun}s"


def counted(count: float, noun: str, many: str = "") -> str:
    """Return how many there are: ``1 number``, ``0 numbers``, ``3 entries``."""
    return f"{points(count) if count % 1 else f'{int(count):,}'} {one_or_more(noun, count, many)}"


def percent(share: float, decimals: int = 1) -> str:
    """Return a share as a student reads it."""
    return f"{100 * share:.{decimals}f} %"


def listed(names: Sequence[str], most: int) -> str:
    """Return names with commas between them; of more than `most` the first ones, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def in_digits(value: float) -> str:
    """Return a number as a student reads it: four digits, whole numbers without a point, no minus before zero."""
    text = f"{value:.4g}".replace("inf", "infinity")
    return "0" if text == "-0" else text


def as_call(name: str, given: Iterable[float]) -> str:
    """Return how something is called with numbers: ``ELU(0.5)``."""
    return f"{name}({', '.join(map(in_digits, given))})"


def at_entry(name: str, index: Iterable[int], got: float, want: float, *, of: str = "") -> str:
    """Return what one entry of an array is and what it should be: ``output[0, 1] is 2, expected 3``.

    Nobody is expected to get what is no finite number: then it is only said what is there. Numbers that differ further behind
    are written with so many digits that one sees it.
    """
    say = in_digits
    if math.isfinite(got) and math.isfinite(want) and in_digits(got) == in_digits(want) and got != want:
        say = next((way for digits in range(5, 18) if (way := f"{{:.{digits}g}}".format)(got) != way(want)), in_digits)
    expected = f", expected {say(want)}" if math.isfinite(want) else ""
    return f"{name}[{', '.join(map(str, index))}]{of} is {say(got)}{expected}"


def shape(array: Array) -> str:
    """Return the shape of an array as Python prints it."""
    return str(tuple(int(n) for n in array.shape))


def as_json_text(data: object) -> str:
    """Return plain `data` as the JSON that the grader writes everywhere: readable, and with unicode as it is."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
