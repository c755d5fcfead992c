"""How a student's `add_layer` takes the name of a layer: found by trying, the richest call first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.model import Problem
from grader.sandbox import Session
from grader.sandbox import operations as ask

KEYWORD, PLACE, NOWHERE = "keyword", "place", "nowhere"
# of a layer that is added to find out
NAME = "a_name"


@dataclass(frozen=True)
class Naming:
    """How names are handed over, and whether a layer may be without one.

    The assignment's own way is the keyword ``name``; there are those whose fourth argument is called otherwise, and those
    of an earlier edition, without names.
    """

    how: str = KEYWORD
    optional: bool = True

    def arguments(self, name: str | None) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments after m, f and fderiv that give a layer this name, or none."""
        if self.how == NOWHERE or (name is None and self.optional):
            return (), {}
        return ((name,), {}) if self.how == PLACE else ((), {"name": name})


USUAL = Naming()


def naming_of(session: Session) -> Naming:
    """Return how the class that is loaded takes names; the assignment's own way where nothing works."""
    problem = _problem_with(session, USUAL, NAME)
    if problem is None:
        return _with_optional(session, KEYWORD)
    # a fourth argument that is no name may raise anything when it is given one
    if problem.message.startswith("TypeError"):
        for how in (PLACE, NOWHERE):
            if _problem_with(session, Naming(how), NAME) is None:
                return _with_optional(session, how)
    return USUAL


def _with_optional(session: Session, how: str) -> Naming:
    without, none = (_problem_with(session, Naming(how, optional), None) for optional in (True, False))
    return Naming(how, optional=without is None or none is not None)


def _problem_with(session: Session, naming: Naming, name: str | None) -> Problem | None:
    """Return what goes wrong when a layer of this name is added to a network, or None."""
    placed, named = naming.arguments(name)
    f, slope = ask.function("aids.identity"), ask.function("aids.identity_deriv")
    answers = session.run(
        ask.create("tried", "mlp.MLP", 2, ask.function("losses.squared_loss_deriv")),
        ask.call("tried", "add_layer", 3, f, slope, *placed, **named),
        ask.forget("tried"),
    )
    return next((answer.problem for answer in answers[:2] if answer.problem), None)
