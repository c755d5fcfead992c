"""Planted bugs and right styles of the assignment `modules`."""

from __future__ import annotations

from pathlib import Path

from mutants.modules.notebook import file
from mutants.modules.wrong import (
    activations,
    batch_mean,
    criterion,
    dropout,
    linear,
    loading,
    sequential,
    softmax,
    trajectory,
)
from mutants.mutant import Mutant

RIGHT = Path(__file__).parent / "right"
STYLES = tuple(sorted(path.stem for path in RIGHT.glob("*.py")))
MUTANTS: tuple[Mutant, ...] = (
    *loading.MUTANTS,
    *sequential.MUTANTS,
    *linear.MUTANTS,
    *softmax.MUTANTS,
    *batch_mean.MUTANTS,
    *dropout.MUTANTS,
    *activations.MUTANTS,
    *criterion.MUTANTS,
    *trajectory.MUTANTS,
)

# leftover training that never ends costs two seconds each time: the style itself has it, its mutants do without
ENDLESS = "# does it learn? (goes on until I stop it)"


def text(mutant: Mutant) -> str:
    """Return the classes with the bug, as a style is written."""
    return mutant.source(RIGHT).partition(f"# %% code\n{ENDLESS}")[0]


def files(text: str) -> dict[str, bytes]:
    """Return what is handed in with these classes, name -> content."""
    return dict([file(text)])
