"""Judging whether the module notebook can be loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.assignments.modules.layers.activations import elu_forward, leaky_relu_forward, softplus_forward
from grader.assignments.modules.layers.asking import ASKED_THROUGH
from grader.assignments.modules.layers.batch_mean_checks import batch_mean_training
from grader.assignments.modules.layers.class_nll_checks import class_nll_value
from grader.assignments.modules.layers.dropout_checks import dropout_training
from grader.assignments.modules.layers.linear_checks import linear_forward
from grader.assignments.modules.layers.sequential_checks import sequential_forward
from grader.assignments.modules.layers.softmax_checks import softmax_forward
from grader.assignments.modules.loading import CLASS_OF, CLASSES, FILE, python_2
from grader.checks import check, failed, passed
from grader.kits.layer_contract import advice
from grader.model import Finding, Observation
from grader.plain import problem_from

SHOWN = 3
# what tells of a class first, and so that it is missing
FIRST = (
    sequential_forward,
    linear_forward,
    softmax_forward,
    batch_mean_training,
    dropout_training,
    leaky_relu_forward,
    elu_forward,
    softplus_forward,
    class_nll_value,
)


@check(reads=["modules"])
def modules_load(observed: Observation) -> Finding:
    """The module notebook can be loaded, and defines all classes"""
    seen = observed.data
    if not seen.get("file"):
        wanted = seen.get("wanted", FILE)
        hint = f"Hand in your classes in a notebook that is named {wanted}."
        return failed(f"there is no notebook {wanted}", hint=hint, diagnosis="no_notebook")
    if seen["problem"]:
        return failed(f"{seen['file']}: {seen['problem']}", hint="Save it again with Jupyter, then hand it in.")
    if not seen["done"]:
        why = observed.problem or "loading it did not finish"
        hint = "Let the cells of this notebook define classes only: what ends or blocks the process belongs in another one."
        return failed(f"{seen['file']}: {why}", hint=hint)
    missing = [name for name in CLASSES if name not in seen["classes"]]
    errors = [_said(error) for error in seen["errors"][:SHOWN]]
    left_out = [entry["name"] for entry in seen["cells"] if entry["interrupted"]]
    if left_out:
        errors.append(
            f"left out, because it takes long and defines no class: what is tried in {', '.join(left_out[:SHOWN])}"
        )
    # evidence of earlier graders does not say
    errors[:0] = [f"{name} was taken for {wanted}" for wanted, name in seen.get("called", {}).items()]
    if seen["note"]:
        errors.insert(0, seen["note"])
    hint = "Restart the kernel and run all cells: none may end in an error." if seen["errors"] else ""
    if any(python_2(error["problem"]) for error in seen["errors"]):
        hint = "`print x` is Python 2: write `print(x)`. Nothing is used of a cell that Python 3 cannot read."
    if missing:
        said = "; ".join([f"not there: {', '.join(missing)}", *errors])
        hint = advice(said, seen.get("written", {})) or hint or "Define the classes under exactly these names."
        told = [each for each in FIRST if CLASS_OF[each.reads[0]] in missing]
        return failed(said, hint=hint, diagnosis="class_missing", explained_by=told)
    return passed("; ".join(errors), hint=hint)


def _lost(*observed: Observation) -> dict[str, list[str]]:
    """Return which of forward and backward are lost, with the classes that have lost them."""
    lost: dict[str, list[str]] = {}
    for each in observed:
        # evidence of earlier graders does not say
        for way in each.data.get("lost", ()):
            lost.setdefault(way, []).append(each.data["class"])
    return lost


@check(reads=[*CLASS_OF], after=[sequential_forward], through=_lost)
def passes_offered(lost: Mapping[str, list[str]]) -> Finding:
    """Every class has forward and backward"""
    if not lost:
        return passed()
    said = "; ".join(f"there is no {way} in {', '.join(kinds)}" for way, kinds in lost.items())
    through = " and ".join(ASKED_THROUGH[way] for way in lost)
    hint = f"They were asked through {through}, so that nothing else is lost. Derive them from one with {' and '.join(lost)}."
    return failed(said, hint=hint, diagnosis="passes_lost")


def _said(error: Mapping[str, Any]) -> str:
    problem = problem_from(error["problem"])
    if problem is None:
        return ""
    if python_2(error["problem"]):
        return f"{error['cell']}: a print statement of Python 2 ({problem.where or error['cell']})"
    return str(problem) if problem.where else f"{error['cell']}: {problem}"
