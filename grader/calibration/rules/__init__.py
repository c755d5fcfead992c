"""Rules by which one thing in a right solution is changed."""

from __future__ import annotations

from grader.calibration.rules import arithmetic, bounds, calls, statements, variables
from grader.calibration.rules.surroundings import Edit, Rule

RULES: tuple[Rule, ...] = (*arithmetic.RULES, *bounds.RULES, *calls.RULES, *variables.RULES)
EDITS: tuple[Edit, ...] = statements.EDITS
