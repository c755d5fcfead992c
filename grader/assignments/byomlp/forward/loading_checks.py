"""Judging whether mlp.py can be loaded at all."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignments.byomlp.forward.probes import METHODS
from grader.checks import check, failed, passed
from grader.model import Finding, Observation, Problem, ProblemKind
from grader.plain import problem_in


@check(reads=["module"])
def mlp_loads(module: Observation) -> Finding:
    """mlp.py can be imported and defines the class MLP"""
    if problem := module.problem or problem_in(module.data):
        return failed(f"mlp.py could not be loaded: {problem}", hint=_hint(problem, module.data.get("similar", [])))
    if "MLP" not in module.data["classes"]:
        found = ", ".join(sorted(module.data["classes"])) or "none"
        return failed(f"mlp.py has no class MLP; classes found: {found}", hint="Name the class exactly MLP.")
    missing = [method for method in METHODS if method not in module.data["classes"]["MLP"]]
    said = [f"{module.data['taken']} was taken for mlp.py"] if module.data.get("taken") else []
    said += [f"not there yet: {', '.join(missing)}"] if missing else []
    return passed("; ".join(said), hint="Name it mlp.py when you hand in." if module.data.get("taken") else "")


def _hint(problem: Problem, similar: Sequence[str]) -> str:
    if problem.kind is ProblemKind.MISSING:
        found = f" You handed in {' and '.join(similar)}: is that it?" if similar else ""
        return f"Hand in a file that is named exactly mlp.py, in lower case.{found}"
    if problem.message.startswith("ModuleNotFoundError"):
        return "Only numpy, matplotlib and files that you hand in along with mlp.py can be imported."
    if problem.message.startswith("SystemExit"):
        return "Remove the call of exit(): nothing may end the program while mlp.py is imported."
    if problem.kind is ProblemKind.TIMEOUT:
        return "Importing mlp.py may only define things: move training and experiments into a notebook."
    return "Run `python -c 'import mlp'` in the folder of your mlp.py: it has to end without an error."
