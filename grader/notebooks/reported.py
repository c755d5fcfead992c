"""Accuracies that a notebook prints when it is run, compared with those that its networks really have.

A number says what it is by words beside it: in its line, in the lines above it, at the head of its column. One without such
words counts only where it can hardly be there by chance: as one of the last that a cell prints which works with that set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.notebooks.held_out_cells import held_out_cells
from grader.notebooks.record import CellRecord

TRAIN, TEST = "train", "test"
# printed to at least this many decimals of a fraction, a number that fits can hardly do so by chance
TELLING = 3

_NUMBER = re.compile(
    r"(?<![\w.])(?P<digits>\d+(?:\.\d*)?|\.\d+)(?P<power>e[-+]?\d+)?(?!\w)\s*(?P<percent>%|percent)?", re.I
)
_FRACTION = re.compile(r"(?<![\w.])(\d+)\s*(?:/|of|out of)\s*(\d+)(?![\w.])", re.I)
_WORD = re.compile(r"(?P<train>train(?:ing)?|lern\w*)|(?P<test>test(?:ing|s)?|unseen|validation|held[- ]out)", re.I)
# here "training" is no name of a set
_NO_SET = re.compile(
    r"(?:after|before|during|while)\s+(?:the\s+)?training(?!\s*(?:set|data|images|acc))|training time", re.I
)
_ACCURACY = re.compile(r"acc|correct|right|score|percent|%|richtig", re.I)
_ERROR = re.compile(r"\berr(?:or)?\b|error rate|misclassif|wrong", re.I)
_LOSS = re.compile(r"loss|cost|entropy|\bmse\b|(?<!error )\brate\b|\blr\b|seconds|\btime\b|epoch", re.I)
_TAG = re.compile(r"<[^<>]{0,200}>")
LINES_ABOVE = 3
# of the numbers of a cell without a word beside them, those that count
LAST = 6
BOTH = frozenset({TRAIN, TEST})
MARKDOWN, HTML = "text/markdown", "text/html"


@dataclass(frozen=True)
class Number:
    """A printed number that can be an accuracy: its value in [0, 1], the unit of its last digit, and whose it is said to be.

    It is `named` when words beside it speak of an accuracy or of a set. Where its `label` is empty, it can be of any of the
    `sets` with which the cell works that printed it.
    """

    value: float
    unit: float
    label: str
    text: str
    named: bool = True
    sets: frozenset[str] = BOTH

    @property
    def decimals(self) -> int:
        return sum(self.unit < 0.5 * 10.0**-k for k in range(12))

    def is_near(self, value: float, tolerance: float) -> bool:
        """Tell whether it states a value, but for the tolerance and for how it was rounded."""
        return abs(self.value - value) <= tolerance + self.unit


@dataclass(frozen=True)
class Truth:
    """How many of `count` images of one set a network gets right."""

    network: str
    label: str
    right: int
    count: int

    @property
    def value(self) -> float:
        return self.right / max(self.count, 1)

    def __str__(self) -> str:
        return f"{'training' if self.label == TRAIN else 'test'} accuracy of the {self.network} network"


def printed(cells: Sequence[CellRecord], modules: Iterable[str] = ()) -> list[Number]:
    """Return the numbers that cells put out when they were run which can be accuracies.

    `modules` are the sources of files that were handed in along with the notebook.
    """
    held_out = held_out_cells(cells, modules)
    return [
        replace(number, sets=BOTH if cell["number"] in held_out else frozenset({TRAIN}))
        for cell in cells
        for number in _counting(list(numbers_in(_said(cell))))
    ]


def _said(cell: CellRecord) -> str:
    """Return what a cell put out, as text: what it printed, and what it shows as a table or as Markdown."""
    texts = []
    for output in cell["outputs"]:
        if output["kind"] == "text":
            texts.append(output["text"])
        # evidence of an earlier version has no other forms
        rich = output.get("rich", {})
        rows = re.split(r"</(?:tr|p|div|h\d)>|<br", rich.get(HTML, ""))
        texts += [rich.get(MARKDOWN, ""), *(" ".join(_TAG.sub(" ", row).split()) for row in rows)]
    return "\n".join(text for text in texts if text.strip())


def _counting(numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers that have a label, and the last of those that have none."""
    without = [k for k, number in enumerate(numbers) if not number.label]
    left_out = set(without[:-LAST])
    return [number for k, number in enumerate(numbers) if k not in left_out]


def numbers_in(text: str) -> Iterator[Number]:
    """Yield the numbers in a text that can be accuracies: fractions, percentages, ``k/n``, or error rates."""
    lines = [_NO_SET.sub(lambda match: " " * len(match.group()), line) for line in text.splitlines() if line.strip()]
    for row, line in enumerate(lines):
        above = lines[max(0, row - LINES_ABOVE) : row]
        wrong = bool(_ERROR.search(line)) and not re.search("acc", line, re.I)
        found = list(_values(line, above[-1] if above else ""))
        for place, (start, shown, value, unit) in enumerate(found):
            before = line[found[place - 1][0] + len(found[place - 1][1]) if place else 0 : start]
            if _LOSS.search(before) and not _ACCURACY.search(before):
                continue
            if 0 <= value <= 1:
                label = _label(line, start, above) or _of_column(place, len(found), above)
                named = bool(label or any(_ACCURACY.search(each) for each in (line, *above)))
                yield Number(1 - value if wrong else value, unit, label, shown, named)


def _of_column(place: int, count: int, above: Sequence[str]) -> str:
    """Return the label at the head of the column of a number, where a line above has as many labels as this one numbers."""
    for earlier in reversed(above):
        words = [TRAIN if match["train"] else TEST for match in _WORD.finditer(earlier)]
        if len(words) == count:
            return words[place]
    return ""


def _values(line: str, above: str = "") -> Iterator[tuple[int, str, float, float]]:
    taken = []
    # a number that has a line of its own is what the line above says
    of = line if re.search(r"[^\W\d_]", line) else f"{above} {line}"
    for match in _FRACTION.finditer(line):
        part, whole = int(match[1]), int(match[2])
        if whole >= max(part, 10):
            taken.append(match.span())
            yield match.start(), match.group(), part / whole, 1e-9
    for match in _NUMBER.finditer(line):
        if any(start <= match.start() < end for start, end in taken):
            continue
        digits = match["digits"]
        if len(digits) > 30:
            continue
        power = int(match["power"][1:]) if match["power"] and len(match["power"]) < 5 else 0
        value = float(digits) * 10.0**power
        unit = 10.0 ** (power - len(digits.partition(".")[2]))
        plain = "." in digits and value <= 1
        if match["percent"] or (not plain and "." in digits and _ACCURACY.search(of)):
            value, unit = value / 100, unit / 100
        elif not plain:
            continue
        yield match.start(), match.group().strip(), value, unit


def _label(line: str, position: int, above: Sequence[str]) -> str:
    words = [(match.start(), TRAIN if match["train"] else TEST) for match in _WORD.finditer(line)]
    before = [label for start, label in words if start < position]
    if words:
        return before[-1] if before else words[0][1]
    for earlier in reversed(above):
        labels = {TRAIN if match["train"] else TEST for match in _WORD.finditer(earlier)}
        if labels:
            return labels.pop() if len(labels) == 1 else ""
    return ""


def fits(number: Number, truth: Truth, tolerance: float) -> bool:
    """Tell whether a number states a truth: said to be of that set and near, or where that set is worked with, exactly so."""
    if number.label not in ("", truth.label):
        return False
    if number.label:
        return number.is_near(truth.value, tolerance)
    return truth.label in number.sets and is_exact(number, truth)


def is_exact(number: Number, truth: Truth) -> bool:
    """Tell whether a number is a truth, cut or rounded to what is printed, and has enough digits to tell."""
    return number.decimals >= TELLING and abs(number.value - truth.value) <= number.unit + 0.25 / max(truth.count, 1)


def unstated(numbers: Sequence[Number], truths: Sequence[Truth], tolerance: float) -> list[Truth]:
    """Return the truths that no number states; a number can state one of them only."""
    options = {truth: [k for k, number in enumerate(numbers) if fits(number, truth, tolerance)] for truth in truths}
    taken: dict[int, Truth] = {}
    return [truth for truth in truths if not _assign(truth, options, taken, set())]


def _assign(truth: Truth, options: Mapping[Truth, list[int]], taken: dict[int, Truth], tried: set[int]) -> bool:
    for k in options[truth]:
        if k in tried:
            continue
        tried.add(k)
        if k not in taken or _assign(taken[k], options, taken, tried):
            taken[k] = truth
            return True
    return False


def of_the_wrong_set(numbers: Sequence[Number], truths: Sequence[Truth]) -> tuple[Truth, Number] | None:
    """Return a test accuracy for which the training accuracy of the same network was printed, or None."""
    for truth in truths:
        other = next((t for t in truths if t.network == truth.network and t.label != truth.label), None)
        if truth.label != TEST or other is None or abs(truth.value - other.value) < 1e-3:
            continue
        of_test = [number for number in numbers if number.label == TEST]
        if any(is_exact(number, truth) for number in of_test):
            continue
        for number in of_test:
            if number.decimals > TELLING and is_exact(number, other):
                return truth, number
    return None
