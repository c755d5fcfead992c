"""A made class of sixty whose comparisons in words and plots wait for a person: invented people, the same every time."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from grader.model import (
    Finding,
    Person,
    Quote,
    Report,
    ScoredItem,
    Transcript,
    TranscriptCell,
    TranscriptOutput,
    Verdict,
)
from kit import report_samples as samples
from kit.reviewing import made_run

SIZE = 60
FIRST = ("Ada", "Bela", "Chi", "Dara", "Emre", "Faye", "Goran", "Hana", "Ines", "Joao", "Kofi", "Lena")
LAST = ("Alder", "Birch", "Cedar", "Elm", "Hazel")
MISSING = (58, 59)

EQUAL = (
    "The network with two hidden layers works better on the test images. It does not overfit.",
    "Both networks have about the same accuracy, so the small one is enough.",
    "The large one is better on the training images and worse on the test images: it overfits.",
)
NEAR = (
    "The larger network generalises better, since it has more layers.",
    "Since it has more layers, the larger network generalises better.",
    "Since it has more layers, the larger network generalizes better.",
)
STARTS = (
    "I trained both networks for the same number of epochs",
    "After twenty epochs the losses of both networks hardly change",
    "I repeated the training with three seeds",
    "The confusion matrix shows that fours and nines are mixed up",
    "With $\\eta = 0.05$ the loss $L = -\\sum_k y_k \\log p_k$ falls smoothly",
)
ENDS = (
    "and the second network reaches 94.7 % on the test images, the first 93.1 %.",
    "so I would take the smaller one, which is twice as fast.",
    "but the gap between training and test accuracy grows for the large one.",
    "which is why I think that neither overfits yet.",
    "and the difference is within what another seed changes.",
)
PLOTS = 5


def people() -> tuple[Person, ...]:
    """Return the sixty, who do not exist."""
    names = [f"{first} {last}" for last in LAST for first in FIRST]
    return tuple(
        Person(id=f"{4000 + k}", name=name, login=f"{name.split()[0].lower()}{k:02}") for k, name in enumerate(names)
    )


@dataclass(frozen=True)
class Made:
    """What one of them has handed in: the words, and which of the plots."""

    words: str
    plot: int


def handed_in() -> tuple[Made, ...]:
    """Return what each of the sixty has handed in."""
    chance = random.Random(60)
    words = [
        *[""] * 3,
        *(_retyped(EQUAL[0], k) for k in range(11)),
        *(_retyped(EQUAL[1], k) for k in range(7)),
        *(_retyped(EQUAL[2], k) for k in range(5)),
        *(NEAR[k % len(NEAR)] for k in range(8)),
        *_own(SIZE - 34),
    ]
    chance.shuffle(words)
    return tuple(Made(each, chance.choice(range(PLOTS))) for each in words)


def run_of_sixty(folder: Path) -> Path:
    """Write the folder of a run with them, as `made_run` does."""
    everybody = people()
    given = [
        report_of(who, made, k)
        for k, (who, made) in enumerate(zip(everybody, handed_in(), strict=True))
        if k not in MISSING
    ]
    known = {who.login: who for who in everybody}
    return made_run(folder, given, people=known, missing=[everybody[k] for k in MISSING])


def report_of(who: Person, made: Made, place: int) -> Report:
    """Return the report on one of them: the code of some is wrong, all have words and a plot that wait."""
    waits = replace(
        samples.finding("comparison_written", Verdict.PENDING, "what you wrote about the networks is read by a person"),
        for_staff=(Quote("Classification.ipynb, cell 9", made.words),),
    )
    table = samples.POINTS | {"classification": samples.NOTEBOOK_POINTS["classification"]}
    scored = samples.score(_code(place) | {"comparison_written": waits}, table)
    looks = Finding(
        "plot_looks",
        "The plot is good to look at",
        Verdict.PENDING,
        "a person judges how your plot looks",
        for_staff=(Transcript("Code cell 10, with the plot", (_cell(made.plot),)),),
    )
    plot = samples.scored(looks, 2.0)
    item = ScoredItem("plot", "Plot of the losses", plot.marks, (plot,))
    items = (*scored.items, item)
    result = samples.report(name=who.login)
    digest = f"sha256:{place:02}{'0f' * 31}"
    return replace(
        result,
        submission=replace(result.submission, digest=digest),
        score=replace(scored, items=items, marks=samples.total([each.marks for each in items])),
    )


def _retyped(text: str, k: int) -> str:
    """Return the same words as somebody else would have typed them."""
    return (text, text.lower(), f"*{text}*", text.replace(". ", ".\n\n"), text.replace(",", ""))[k % 5]


def _own(count: int) -> Iterator[str]:
    both = [f"{start}, {end}" for start in STARTS for end in ENDS]
    for k in range(count):
        yield both[k] if k < len(both) else f"{both[k % len(both)]} I am not sure about it, though."


def _code(place: int) -> dict[str, Finding]:
    """Return what is wrong with the code of the one at that place."""
    wrong = {scored.finding.check: scored.finding for item in samples.wrong().score.items for scored in item.findings}
    bare = {check: replace(each, pictures=()) for check, each in wrong.items()}
    if place % 6 == 1:
        return {check: bare[check] for check in ("gradients_match", "disc_separates")}
    if place % 9 == 2:
        return {"start_and_end": bare["start_and_end"]}
    if place % 13 == 3:
        doubled = "W of layer 1, entry [0, 0] is 0.02708, expected 0.01354"
        hint = "Follow one example through backward by hand."
        found = samples.finding("gradients_match", Verdict.FAILED, doubled, hint)
        return {"gradients_match": replace(found, pattern="layer 1: x2", margin=900.0)}
    return {}


def _cell(plot: int) -> TranscriptCell:
    source = "for name, losses in history.items():\n    plt.plot(losses, label=name)\nplt.legend()"
    return TranscriptCell("code", source, (TranscriptOutput("png", png=plot_of(plot)),), number=10)


@cache
def plot_of(number: int) -> bytes:
    """Return one of the plots as a PNG; the last one has neither labels nor a legend."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(5, 3), dpi=80, layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    epochs = np.arange(1, 21)
    for k, name in enumerate(("one hidden layer", "two hidden layers")):
        axes.plot(epochs, (1 + k / 3) * np.exp(-epochs / (3 + number + k)) + 0.1 + k / 20, label=name)
    if number < PLOTS - 1:
        axes.set(xlabel="epoch", ylabel="loss", title="Losses" if number else "")
        axes.legend()
    kept = io.BytesIO()
    drawn.savefig(kept, format="png", metadata={"Software": None})
    return kept.getvalue()
