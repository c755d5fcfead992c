"""Planted bugs and right styles of the assignment `modules`."""

from __future__ import annotations

from pathlib import Path

from mutants.modules.wrong import activations, batch_mean, criterion, dropout, linear, loading, sequential, softmax
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
)
