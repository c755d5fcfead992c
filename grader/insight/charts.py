"""The pictures of the class page: how points are spread, and how hard each item is and how well it tells people apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from grader.insight.behind import written
from grader.insight.model import Distribution, Item, Places, Who
from grader.report.ink import INK, MUTED, SERIES, label
from grader.report.ticks import Ticks, linear
from grader.report.written import Chart, Style
from grader.text import printable

WIDTH, HEIGHT = 560.0, 230.0
BAR, MEAN = Style(SERIES[0]), Style(INK, width=1.2, dashes=(4, 3))
DOT, INTERVAL = Style(SERIES[0], "o", size=9.0), Style(MUTED, width=0.8)
NAME = 24
STEP = 13.0
DECIDED = "share of the points that are decided"


def distribution(spread: Distribution, rows: Sequence[Who]) -> Markup:
    """Return bars of how many got how many points; in a small class a dot with a name for each."""
    return _dots(spread, rows) if spread.dots else _bars(spread)


def _bars(spread: Distribution) -> Markup:
    y = linear(0.0, max(len(bar.places) for bar in spread.bars) * 1.12 + 0.2, integer=True)
    chart = Chart("spread", WIDTH, HEIGHT, left=48, top=12, right=20, bottom=43, x=_shares(0.0), y=y)
    for bar in spread.bars:
        if bar.places:
            told = f"{len(bar.places)} with {bar.low:.0%} to {bar.high:.0%}"
            chart.block(bar.low, bar.high, len(bar.places), BAR, around=_link(bar.places, told))
            chart.note((bar.low + bar.high) / 2, len(bar.places), str(len(bar.places)), up=4)
    chart.beam([(spread.mean, 0.0), (spread.mean, y.high)], MEAN)
    chart.dress(DECIDED, "submissions", grid=True)
    return _svg(chart, "How points are spread", f"{spread.n} submissions in ten bars. {_mean(spread)}")


def _dots(spread: Distribution, rows: Sequence[Who]) -> Markup:
    ordered = sorted(spread.dots)
    height, y = 60 + STEP * len(ordered), linear(-0.5, len(ordered) - 0.5)
    chart = Chart("spread", WIDTH, height, left=150, top=8, right=20, bottom=43, x=_shares(0.0), y=y)
    for up, (value, place) in enumerate(ordered):
        chart.beam([(0.0, up), (value, up)], INTERVAL)
        chart.dot(value, up, DOT, around=_link((place,), f"{rows[place].name}: {value:.0%}"))
        chart.note(-0.02, up, label(rows[place].name, NAME), anchor="end", up=-3.2)
    chart.beam([(spread.mean, -0.5), (spread.mean, len(ordered) - 0.5)], MEAN)
    chart.ruled(DECIDED)
    told = ", ".join(f"{rows[place].name} {value:.0%}" for value, place in reversed(ordered))
    return _svg(chart, "Points of everybody", printable(f"{told}. {_mean(spread)}"))


def _mean(spread: Distribution) -> str:
    return f"The dashed line is the mean, {spread.mean:.0%}."


def _shares(low: float) -> Ticks:
    """Return an axis of shares from `low`, which is 0 or a round number below 1."""
    values = tuple(k / 10 for k in range(round(10 * low), 11))
    return Ticks(low, 1.0, values, tuple(f"{100 * value:.0f} %" for value in values))


def items(chosen: Sequence[Item]) -> Markup:
    """Return every item of a large class as a dot: across, which share of it was earned; up, how it goes with the rest."""
    shown = [each for each in chosen if each.difficulty and each.discrimination]
    if not shown:
        return Markup()
    low = min(-0.1, *(each.discrimination.value - 0.1 for each in shown if each.discrimination))
    easy_low = max(min(math.floor(10 * each.difficulty.low - 1) / 10 for each in shown if each.difficulty), 0.0)
    x, y = _shares(min(easy_low, 0.5)), linear(low, 1.02)
    chart = Chart("items", WIDTH, 300, left=54, top=14, right=16, bottom=43, x=x, y=y)
    chart.beam([(x.low, 0.2), (1.0, 0.2)], Style(MUTED, width=0.8, dashes=(3, 3)))
    taken: list[tuple[float, float]] = []
    for each in sorted(shown, key=lambda item: item.difficulty.value if item.difficulty else 0.0):
        easy, tells = each.difficulty, each.discrimination
        assert easy is not None
        assert tells is not None
        chart.beam([(easy.low, tells.value), (easy.high, tells.value)], INTERVAL)
        chart.beam([(easy.value, max(tells.low, low)), (easy.value, min(tells.high, 1.0))], INTERVAL)
        told = f"{each.title}: {easy.value:.0%} of the points, correlation with the rest {tells.value:.2f}"
        chart.dot(easy.value, tells.value, DOT, around=_link((*each.partly, *each.nothing), told))
        right = x.place(easy.value) > 0.72
        up = _free(taken, *chart.at(easy.value, tells.value))
        chart.note(easy.value, tells.value, f" {label(each.title, NAME)} ", anchor="end" if right else "start", up=up)
    chart.dress("share of the points that was earned", "correlation with the rest", grid=True)
    told = "; ".join(
        f"{each.title}: {each.difficulty.value:.0%}, {each.discrimination.value:.2f}"
        for each in shown
        if each.difficulty and each.discrimination
    )
    return _svg(chart, "How hard items are, and how well they tell people apart", f"{told}.")


def _free(taken: list[tuple[float, float]], x: float, y: float) -> float:
    """Return how far up from a dot its name is clear of those of others."""
    for up in (6.0, -13.0, 18.0, -25.0, 30.0):
        if all(abs(y - up - other) > 11 or abs(x - across) > 150 for across, other in taken):
            break
    taken.append((x, y - up))
    return up


def _link(places: Places, told: str) -> tuple[str, str]:
    said = escape(printable(told))
    begin = f'<a class="n" href="#everybody" data-who="{written(places)}" aria-label="{said}">'
    return f"{begin}<title>{said}</title>", "</a>"


def _svg(chart: Chart, title: str, description: str) -> Markup:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="chart" role="group" '
        f'viewBox="0 0 {chart.width:g} {chart.height:g}" aria-label="{escape(title)}. {escape(description)}">'
    )
    # all that is not ours in it is escaped where it is written
    return Markup(f"{head}{chart.body()}</svg>")  # noqa: S704
