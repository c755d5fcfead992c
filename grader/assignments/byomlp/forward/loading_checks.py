"""Judging whether mlp.py can be loaded at all."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignments.byomlp.network.loading import FILE, KIND, METHODS
from grader.checks import check, failed, passed
from grader.model import Finding, Observation, Problem, ProblemKind
from grader.plain import problem_from, problem_in


@check(reads=["module"])
def mlp_loads(module: Observation) -> Finding:
    """mlp.py can be imported and defines the class MLP"""
    stumbled = problem_from(module.data.get("stumbled"))
    has_class = KIND in module.data.get("classes", {})
    if problem := module.problem or problem_in(module.data) or (None if has_class else stumbled):
        return failed(f"mlp.py could not be loaded: {problem}", hint=_hint(problem, module.data.get("similar", [])))
    if not has_class:
        found = ", ".join(sorted(module.data["classes"])) or "none"
        return failed(f"mlp.py has no class MLP; classes found: {found}", hint="Name the class exactly MLP.")
    missing = [method for method in METHODS if method not in module.data["classes"][KIND]]
    said = [f"{module.data['taken']} was taken for mlp.py"] if module.data.get("taken") else []
    called = module.data.get("called")
    said += [f"{called} was taken for {KIND}"] if called else []
    # evidence of earlier graders does not say
    lines = ", ".join(map(str, module.data.get("jupyter", ())))
    said += [f"passed over, because only Jupyter understands it: {FILE} line {lines}"] if lines else []
    said += [f"not there yet: {', '.join(missing)}"] if missing else []
    said += [f"importing it ends in an error below the class: {stumbled}"] if stumbled else []
    hint = (
        "Leave out what begins with %, ! or ?: without Jupyter, `import mlp` ends in an error there." if lines else ""
    )
    hint = f"Name the class exactly {KIND}: notebooks import it by this name." if called else hint
    hint = "Name it mlp.py when you hand in." if module.data.get("taken") else hint
    hint = (
        "Move what is tried out below the class into a notebook: `import mlp` has to end without an error."
        if stumbled
        else hint
    )
    return passed("; ".join(said), hint=hint)


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
