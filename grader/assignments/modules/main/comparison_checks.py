"""Judging the comparison of activations: which networks were trained, how their losses fell, and the plot of these."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.both_runs import MEASURE, RUNS, in_either_run
from grader.assignments.modules.main.doubts import doubt_note
from grader.assignments.modules.main.pictures import loss_curves
from grader.assignments.modules.main.probe import MainSeen, seen_in
from grader.assignments.modules.main.run_checks import main_runs
from grader.assignments.modules.main.validated import AxesRecord, LineRecord
from grader.checks import blocked, check, failed, passed, pending
from grader.datasets.digits import KINDS
from grader.model import Finding, Observation, Transcript
from grader.notebooks.judging import by_run, joined, threshold, time_note, transcript_of
from grader.text import counted

LINES, POINTS = 4, 3
COMPARE = (
    "Train one network for each of ReLU, ELU, LeakyReLU and SoftPlus, and again with BatchMeanSubtraction between Linear and "
    "the activation."
)


def compared(seen: MainSeen) -> list[tuple[str, nets.Network]]:
    """Return the classifiers of digits that saw at least half of the digits while being trained, each with a name."""
    found = [
        each for each in nets.classifiers(seen["networks"]) if each["trained_rows"] >= nets.ENOUGH * seen["digits"]
    ]
    named = []
    for network in found:
        kinds = " and ".join(nets.activations_of(network)) or "no activation"
        extras = [word for kind, word in ((nets.MEAN, "mean"), ("Dropout", "dropout")) if nets.has(network, kind)]
        named.append((", ".join([kinds, *extras]), network))
    return named


@check(reads=RUNS, after=[main_runs])
@in_either_run()
def networks_compared(observed: Observation) -> Finding:
    """Networks with four activations, and with mean subtraction, are trained on the digits"""
    seen = seen_in(observed)
    found = [network for _, network in compared(seen)]
    missing = [kind for kind in nets.ACTIVATIONS if not any(nets.has(network, kind) for network in found)]
    names = _named(compared(seen))
    if not found:
        note = time_note(seen) + doubt_note(seen, (nets.PIXELS, nets.CLASSES))
        return failed(f"no network with 784 inputs and 10 outputs was trained on the digits{note}", hint=COMPARE)
    if missing:
        subtracts = any(nets.subtracts_between(network) for network in found)
        hint = f"Train a network with {' and with '.join(missing)}, too." if subtracts else COMPARE
        note = time_note(seen) + doubt_note(seen, (nets.PIXELS, nets.CLASSES))
        return failed(f"not trained: {', '.join(missing)}; trained: {names}{note}", hint=hint)
    if not any(nets.subtracts_between(network) for network in found):
        message = f"no network has BatchMeanSubtraction between a Linear and its activation; trained: {names}"
        hint = "Train these networks once more, with BatchMeanSubtraction between Linear and the activation."
        return failed(message + time_note(seen), hint=hint, diagnosis="no_mean_subtraction")
    return passed(f"trained: {names}")


def _named(networks: Sequence[tuple[str, nets.Network]]) -> str:
    words = [name for name, _ in networks]
    return "; ".join(
        f"{name} ({words.count(name)} times)" if words.count(name) > 1 else name for name in dict.fromkeys(words)
    )


@check(reads=RUNS, after=[main_runs], thresholds=by_run(KINDS))
@in_either_run(unless_wrong=MEASURE)
def comparison_losses_fall(observed: Observation, **thresholds: float) -> Finding:
    """The losses of the compared networks fall"""
    seen = seen_in(observed)
    named, most = compared(seen), threshold(seen, thresholds)
    groups = {kind: [each for each in named if kind in nets.activations_of(each[1])] for kind in nets.ACTIVATIONS}
    groups["mean subtraction"] = [each for each in named if nets.has(each[1], nets.MEAN)]
    groups = {name: group for name, group in groups.items() if group}
    if not groups:
        return blocked("there are no networks to compare", hint=COMPARE)
    if uncounted := [name for name, group in groups.items() if not any(nets.has_losses(each[1]) for each in group)]:
        message = f"no loss, or none that is a number, was computed in the training with {' and '.join(uncounted)}"
        return failed(message, hint="Call criterion.forward in every step of the training.", diagnosis="no_loss")
    ends = {name: min((_end(network) for _, network in group), default=np.inf) for name, group in groups.items()}
    told = ", ".join(f"{name} {end:.3g}" if np.isfinite(end) else f"{name} no number" for name, end in ends.items())
    message = f"losses at the end: {told}; expected at most {most:.3g}"
    pictures = loss_curves(named, "Losses of the networks while they are trained")
    if bad := [name for name, end in ends.items() if not end <= most]:
        hint = f"Look at the loss with {' and '.join(bad)}: take a smaller rate where it rises, more epochs where it falls."
        diverged = any(not np.isfinite(ends[name]) or ends[name] > np.log(nets.CLASSES) for name in bad)
        diagnosis = "diverged" if diverged else "learned_little"
        return failed(message + time_note(seen), hint=hint, diagnosis=diagnosis, pictures=pictures)
    return passed(message, pictures=pictures)


def _end(network: nets.Network) -> float:
    """Return the loss at the end of a training, infinite where it is no number."""
    end = nets.loss_ends(network)[1]
    return end if np.isfinite(end) else np.inf


@check(reads=RUNS, after=[main_runs])
@in_either_run()
def plot_labelled(observed: Observation) -> Finding:
    """One plot shows the losses together, with named axes and lines that can be told apart"""
    best = best_plot(seen_in(observed))
    hint = (
        "Draw all losses with plt.plot(losses, label=...) into one figure; then plt.xlabel, plt.ylabel and plt.legend."
    )
    if best is None:
        return failed(
            f"no plot has {counted(lines_wanted(seen_in(observed)), 'line')} or more: all losses belong in one plot",
            hint=hint,
        )
    cell, axes = best
    if lacking := _lacking(axes):
        return failed(f"the plot of code cell {cell} has {joined(lacking)}", hint=hint, diagnosis="unlabelled_plot")
    names = ", ".join(_names(axes)[:8])
    return passed(f"code cell {cell}: {axes['y_label']} against {axes['x_label']}, lines {names}")


def best_plot(seen: MainSeen) -> tuple[int, AxesRecord] | None:
    """Return the plot that comes nearest to a comparison of losses, and the number of its cell; the later of equals."""
    found = [(figure["cell"], axes) for figure in seen["figures"] for axes in figure["axes"]]
    found = [(cell, axes) for cell, axes in found if len(_drawn(axes)) >= lines_wanted(seen)]
    return max(reversed(found), key=lambda each: (-len(_lacking(each[1])), len(_drawn(each[1]))), default=None)


def lines_wanted(seen: MainSeen) -> int:
    """Return how many losses belong into the plot: a network that was never trained is paid for elsewhere."""
    # the final model is no part of the comparison
    networks = sum(not nets.has(network, "Dropout") for _, network in compared(seen))
    return min(networks, LINES) if networks >= 2 else LINES


def _drawn(axes: AxesRecord) -> list[LineRecord]:
    return [line for line in axes["lines"] if line["points"] >= POINTS and bool(np.any(np.isfinite(line["y"])))]


def _names(axes: AxesRecord) -> list[str]:
    """Return what says which line is which: the legend, or else texts beside the lines."""
    return [name for name in dict.fromkeys(axes["legend"] or axes["texts"]) if name.strip()]


def _lacking(axes: AxesRecord) -> list[str]:
    lines, labels = _drawn(axes), {"x": axes["x_label"], "y": axes["y_label"]}
    lacking = [f"no {name} axis label" for name, label in labels.items() if not label.strip()]
    if not _names(axes):
        lacking.append("no legend")
    elif len(_names(axes)) < len(lines):
        lacking.append(
            f"{counted(len(lines), 'line')} and {counted(len(_names(axes)), 'different name')} in its legend"
        )
    if len({line["look"] for line in lines}) < len(lines):
        lacking.append("lines that look alike")
    return lacking


@check(reads=RUNS, after=[main_runs])
@in_either_run()
def plot_looks(observed: Observation) -> Finding:
    """The plot is good to look at"""
    seen = seen_in(observed)
    best = best_plot(seen)
    cells = [best[0]] if best else _plots_apart(seen)
    if not cells:
        return failed("there is no plot that compares losses", hint="Draw all losses into one figure.")
    whole = transcript_of({**seen, "cells": [cell for cell in seen["cells"] if cell["number"] in cells]})
    title = f"Code cell{'s' * (len(cells) > 1)} {', '.join(map(str, cells))}, with the plot{'s' * (len(cells) > 1)}"
    return pending("a person judges how your plot looks", for_staff=[Transcript(title, whole.cells)])


def _plots_apart(seen: MainSeen) -> list[int]:
    """Return the cells that draw losses from the comparison on, where no plot shows them together: that is paid for elsewhere."""
    named = compared(seen)
    if len(named) < 2:
        return []
    first = min(network["cell"] for _, network in named)
    drawn = [each["cell"] for each in seen["figures"] if any(_drawn(axes) for axes in each["axes"])]
    return list(dict.fromkeys(cell for cell in drawn if cell >= first))
