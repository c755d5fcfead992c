"""A chart written as SVG: axes with ticks, marks, lines and a legend, as text of our own, since a class has hundreds of them.

Lengths are in points, 72 of which are an inch; from the left and, as in SVG, from the top.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from grader.report.ink import GRID, INK, MUTED, PAGE_COLOURS, label
from grader.report.ticks import Ticks

FONT = 'font-family="system-ui, sans-serif"'
TICK, TEXT = 9, 10
LETTER, ROW = 5.6, 15.0


def marker(name: str, size: float) -> str:
    """Return the outline of a mark of matplotlib's name, `size` high, around the origin."""
    r = size / 2
    if name == "o":
        return f"M{r:g} 0A{r:g} {r:g} 0 1 1 {-r:g} 0A{r:g} {r:g} 0 1 1 {r:g} 0Z"
    if name == "*":
        corners = [(math.pi * (k / 5 - 0.5), r * 1.25 if k % 2 == 0 else r * 0.5) for k in range(10)]
    elif name in "PX":
        turn = 0.0 if name == "P" else math.pi / 4
        corners = []
        for quarter in range(4):
            at = turn + math.pi / 2 * quarter
            corners += [(at - math.pi / 4, r * 0.47), (at - 0.32, r * 1.05), (at + 0.32, r * 1.05)]
    else:
        first, count = {"^": (-0.5, 3), "v": (0.5, 3), "s": (0.25, 4), "D": (0.0, 4), "p": (-0.5, 5)}[name]
        grown = r * (1.2 if count == 3 else math.sqrt(2))
        corners = [(math.pi * (first + 2 * k / count), grown) for k in range(count)]
    points = (f"{far * math.cos(angle):.2f} {far * math.sin(angle):.2f}" for angle, far in corners)
    return f"M{'L'.join(points)}Z"


@dataclass(frozen=True)
class Style:
    """How a series is drawn: a colour, a mark (none if empty), the width of its line (none if 0) and its dashes."""

    colour: str
    mark: str = ""
    size: float = 0.0
    opacity: float = 1.0
    width: float = 0.0
    dashes: tuple[float, ...] = ()


@dataclass
class Chart:
    """A chart that grows as it is drawn on, `width` by `height` points, with axes within `left`, `top`, `right`, `bottom`."""

    name: str
    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    x: Ticks
    y: Ticks
    _defined: dict[tuple[str, float], str] = field(default_factory=dict)
    _parts: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the data is."""
        across, up = self.x.place(x), self.y.place(y)
        return (
            self.left + across * (self.width - self.left - self.right),
            self.height - self.bottom - up * (self.height - self.top - self.bottom),
        )

    def draw(self, points: Iterable[tuple[float, float]], style: Style) -> None:
        """Draw a series within the axes."""
        clip = f'clip-path="url(#{self.name}-0)"'
        self._parts.append(self._series([self.at(*each) for each in points], style, clip))

    def ruled(self, x_label: str) -> None:
        """Draw the lower axis alone, for charts in which what stands on the left has names instead of numbers."""
        low = self.height - self.bottom
        for value, text in zip(self.x.values, self.x.texts, strict=True):
            at = self.at(value, self.y.low)[0]
            self._parts.append(_line([(at, low), (at, low + 3.5)], MUTED, 0.8))
            self._parts.append(_text(at, low + 13, text, TICK, "middle"))
        self._parts.append(_line([(self.left, low), (self.width - self.right, low)], MUTED, 0.8))
        middle = (self.left + self.width - self.right) / 2
        self._parts.append(_text(middle, low + 28, label(x_label, 50), TEXT, "middle"))

    def dress(self, x_label: str, y_label: str, *, grid: bool) -> None:
        """Draw grid, axes, ticks and what stands beside them."""
        right, low = self.width - self.right, self.height - self.bottom
        self.ruled(x_label)
        under = []
        for value, text in zip(self.y.values, self.y.texts, strict=True):
            at = self.at(self.x.low, value)[1]
            under += [_line([(self.left, at), (right, at)], GRID, 0.6)] if grid else []
            self._parts.append(_line([(self.left - 3.5, at), (self.left, at)], MUTED, 0.8))
            self._parts.append(_text(self.left - 7, at + 3.3, text, TICK, "end"))
        self._parts.append(_line([(self.left, self.top), (self.left, low)], MUTED, 0.8))
        self._parts[:0] = under
        middle = (self.top + low) / 2
        turned = f' transform="rotate(-90 12 {middle:.1f})"'
        self._parts.append(_text(12, middle, label(y_label, 30), TEXT, "middle", more=turned))

    def block(
        self, left: float, right: float, height: float, style: Style, *, around: tuple[str, str] = ("", "")
    ) -> None:
        """Draw a bar from the lower end of the axis up to `height`, within two pieces of markup that may make it a link."""
        (x0, y0), (x1, y1) = self.at(left, height), self.at(right, self.y.low)
        size = f'width="{max(x1 - x0 - 2, 1):.1f}" height="{max(y1 - y0, 0):.1f}"'
        box = f'<rect x="{x0 + 1:.1f}" y="{y0:.1f}" {size} rx="2" fill="{PAGE_COLOURS[style.colour]}"/>'
        self._parts.append(f"{around[0]}{box}{around[1]}")

    def beam(self, ends: Sequence[tuple[float, float]], style: Style) -> None:
        """Draw a line between two points of the data, such as an interval."""
        self._parts.append(_line([self.at(*each) for each in ends], style.colour, style.width, style.dashes))

    def dot(self, x: float, y: float, style: Style, *, around: tuple[str, str] = ("", "")) -> None:
        """Draw one mark at a point of the data, within two pieces of markup that may make it a link."""
        across, up = self.at(x, y)
        look = f'fill="{PAGE_COLOURS[style.colour]}" fill-opacity="{style.opacity:g}"'
        shape = f'<path transform="translate({across:.1f} {up:.1f})" d="{marker(style.mark, style.size)}" {look}/>'
        self._parts.append(f"{around[0]}{shape}{around[1]}")

    def note(self, x: float, y: float, text: str, *, anchor: str = "middle", up: float = 0.0, size: int = TICK) -> None:
        """Write something at a point of the data, so many points `up` from there."""
        across, height = self.at(x, y)
        self._parts.append(_text(across, height - up, text, size, anchor))

    def say(self, text: str) -> None:
        """Write something into the middle of the axes."""
        middle = (self.left + self.width - self.right) / 2, (self.top + self.height - self.bottom) / 2
        self._parts.append(_text(*middle, text, TEXT, "middle", colour=MUTED))

    def legend(self, rows: Sequence[Sequence[tuple[str, Style]]], *, is_table: bool = False) -> None:
        """Name series above the axes, as `in_rows` has put them; in a table, columns are equally wide."""
        widest = max((entry_width(text) for row in rows for text, _ in row), default=0.0)
        for k, row in enumerate(rows):
            x, y = self.left - 4, self.top - 9 - ROW * (len(rows) - 1 - k)
            for text, style in row:
                points = [(x, y), (x + 20, y)] if style.width else [(x + 10, y)]
                self._parts.append(self._series(points, style, "", is_key=True))
                self._parts.append(_text(x + 26, y + 3.5, text, TEXT, "start"))
                x += widest if is_table else entry_width(text)

    def body(self) -> str:
        """Return the inside of the picture."""
        inner = self.width - self.left - self.right, self.height - self.top - self.bottom
        box = f'x="{self.left:g}" y="{self.top:g}" width="{inner[0]:g}" height="{inner[1]:g}"'
        marks = "".join(f'<path id="{name}" d="{marker(*key)}"/>' for key, name in self._defined.items())
        clip = f'<clipPath id="{self.name}-0"><rect {box}/></clipPath>'
        return "\n".join([f"<defs>{clip}{marks}</defs>", *self._parts])

    def _series(self, places: Sequence[tuple[float, float]], style: Style, more: str, *, is_key: bool = False) -> str:
        drawn = []
        if style.width and places:
            drawn.append(_line(places, style.colour, style.width, style.dashes))
        if style.mark and not (is_key and style.width):
            key = (style.mark, style.size)
            name = self._defined.setdefault(key, f"{self.name}-{len(self._defined) + 1}")
            look = f'fill="{PAGE_COLOURS[style.colour]}"' + (
                f' fill-opacity="{style.opacity:g}"' if style.opacity < 1 else ""
            )
            used = "".join(f'<use xlink:href="#{name}" x="{x:.1f}" y="{y:.1f}"/>' for x, y in places)
            drawn.append(f"<g {look}>{used}</g>")
        return f"<g {more}>{''.join(drawn)}</g>" if more else "".join(drawn)


def in_rows(entries: Sequence[tuple[str, Style]], room: float) -> list[list[tuple[str, Style]]]:
    """Put the entries of a legend into as many lines of `room` points as they need."""
    rows: list[list[tuple[str, Style]]] = []
    left = 0.0
    for entry in entries:
        width = entry_width(entry[0])
        if not rows or width > left:
            rows.append([])
            left = room
        rows[-1].append(entry)
        left -= width
    return rows


def entry_width(text: str) -> float:
    """Return about how many points an entry of a legend is wide."""
    return 32 + LETTER * len(text)


def _line(places: Sequence[tuple[float, float]], colour: str, width: float, dashes: Sequence[float] = ()) -> str:
    points = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dashed = f' stroke-dasharray="{" ".join(f"{each * width:g}" for each in dashes)}"' if dashes else ""
    return f'<path d="M{points}" fill="none" stroke="{PAGE_COLOURS[colour]}" stroke-width="{width:g}"{dashed}/>'


def _text(x: float, y: float, text: str, size: int, anchor: str, *, colour: str = INK, more: str = "") -> str:
    look = f'font-size="{size}" {FONT} text-anchor="{anchor}" fill="{PAGE_COLOURS[colour]}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}{more}>{escape(text)}</text>'
