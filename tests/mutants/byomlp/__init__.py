"""Planted bugs and right styles of the assignment `byomlp`."""

from __future__ import annotations

from pathlib import Path

from mutants.byomlp.wrong import (
    accumulators,
    forward,
    gradients,
    initialisation,
    interface,
    outputs,
    trajectory,
    updates,
)
from mutants.mutant import Mutant

RIGHT = Path(__file__).parent / "right"
STYLES = tuple(sorted(path.stem for path in RIGHT.glob("*.py")))
MUTANTS: tuple[Mutant, ...] = (
    *interface.MUTANTS,
    *initialisation.MUTANTS,
    *forward.MUTANTS,
    *outputs.MUTANTS,
    *gradients.MUTANTS,
    *accumulators.MUTANTS,
    *updates.MUTANTS,
    *trajectory.MUTANTS,
)


def text(mutant: Mutant) -> str:
    """Return the mlp.py with the bug."""
    return mutant.source(RIGHT)


def files(text: str) -> dict[str, bytes]:
    """Return what is handed in with this mlp.py, name -> content."""
    return {"mlp.py": text.encode()}
