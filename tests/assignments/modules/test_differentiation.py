"""The differentiation notebook: answer functions against central differences, and derivations that wait for a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader import locations
from grader.assignments.modules import differentiation as part
from grader.assignments.modules.differentiation import tasks
from grader.assignments.modules.differentiation.derivations import is_derivation
from grader.assignments.modules.differentiation.mistakes import MISTAKES, Asked
from grader.assignments.modules.differentiation.probe import find
from grader.assignments.modules.differentiation.tasks import TASKS, Task, drawn, truths
from grader.checks import run_checks
from grader.kits.mistakes import Mistake, NotApplicable
from grader.locations import checkout
from grader.model import Evidence, Finding, Limits, Observation, Setting, Submission, Verdict
from grader.notebooks import reading
from grader.notebooks.prompts import template_sentences
from grader.sandbox import Inside, Launcher, Probe
from kit import warm
from kit.kept import observe

PROMPTS = template_sentences(locations.template_folder("modules"), part.FILE)
RIGHT: dict[str, Callable[..., Any]] = {
    "dy_dx_inner_product": lambda x: 2 * x,
    "dy_dA_trace": lambda A, B: B.T,
    "dy_dx_bilinear": lambda x, A, c: A @ c,
    "dy_dA_bilinear": lambda x, A, c: np.outer(x, c),
    "dJ_dS": lambda X, A, S: -2 * A.T @ (X - A @ S),
    "dJ_dF": lambda X, F: 2 * (F - X),
    "dF_dS": lambda A, S: np.kron(A, np.eye(S.shape[1])),
}
DERIVATION = "With $y = \\sum_i x_i^2$ we get\n\n$$\\frac{\\partial y}{\\partial x_k} = 2 x_k$$"
SOURCE = """
import numpy as np
def dy_dx_inner_product(x):
    return 2 * x
def dy_dA_trace(A, B):
    return B.T
def dy_dx_bilinear(x, A, c):
    return A @ c
def dy_dA_bilinear(x, A, c):
    return np.outer(x, c)
def dJ_dS(X, A, S):
    return -2 * A.T @ (X - A @ S)
def dJ_dF(X, F):
    return 2 * (F - X)
def dF_dS(A, S):
    return np.kron(A, np.eye(S.shape[1]))
"""
NAMES = ("inner_product_gradient", "trace_gradient", "bilinear_gradients", "factorisation_gradient")
NOT_WRITTEN = SOURCE.replace("return", "raise NotImplementedError\n    return")
BY_COLUMNS = ("np.kron(A, np.eye(S.shape[1]))", "np.kron(np.eye(S.shape[1]), A)")
GRADER = (checkout() or pytest.fail("there is no checkout")) / "grader"
INSIDE = Inside(
    ours={
        f"grader/{path.relative_to(GRADER).as_posix()}": path.read_bytes()
        for path in (GRADER / "assignments/modules/inside").glob("answer_functions.py")
    },
    plugins=(part.PLUGIN,),
    kernel=True,
)


def answer(function: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return what evidence would hold of one call."""
    try:
        value = function(*given.values())
    except (ValueError, NotApplicable) as error:
        problem = {"kind": "raised", "message": f"ValueError: {error}", "where": ""}
        return {"given": given, "value": None, "type": "", "text": "", "problem": problem}
    array = None if value is None else np.asarray(value)
    return {"given": given, "value": array, "type": type(value).__name__, "text": repr(value), "problem": None}


def observation(functions: dict[str, Callable[..., Any]], *texts: str, seed: int = 7) -> Observation:
    """Return what is seen of a notebook that defines these functions and says these texts."""
    rng = np.random.default_rng(seed)
    asked = {
        task.name: [answer(functions[task.name], given) for given in drawn(task, rng)]
        for task in TASKS
        if task.name in functions
    }
    cell = {"number": 0, "outputs": [], "error": None, "run": False, "seconds": 0.0, "figures": 0}
    cells = [{**cell, "kind": "markdown", "source": text} for text in texts]
    seen = {"handed_in": True, "file": part.FILE, "note": "", "problem": "", "cut": "", "cells": cells, "asked": asked}
    return Observation("differentiation", {**seen, "mentioned": list(functions), "found": {n: n for n in functions}})


def judged(observed: Observation) -> dict[str, Finding]:
    """Return the findings of all checks by name."""
    evidence = Evidence({"differentiation": observed}, seed=7, sandbox="process", seconds=0.0)
    return {finding.check: finding for finding in run_checks(part.CHECKS, evidence, {})}


def with_one(name: str, function: Callable[..., Any], seed: int = 7) -> dict[str, Finding]:
    """Return the findings on a notebook that is right but for one function."""
    return judged(observation({**RIGHT, name: function}, DERIVATION, seed=seed))


def check_of(name: str) -> str:
    """Return the check that judges an answer function."""
    return NAMES[{0: 0, 1: 1, 2: 2, 3: 2}.get(tasks.NAMES.index(name), 3)]


def failures(findings: dict[str, Finding]) -> list[str]:
    """Return the checks that failed."""
    return [name for name, finding in findings.items() if finding.verdict is Verdict.FAILED]


@pytest.mark.parametrize("seed", range(30))
def test_right_functions_earn_everything_for_every_seed(seed: int) -> None:
    findings = judged(observation(RIGHT, DERIVATION, seed=seed))
    assert [finding.verdict for finding in findings.values()] == [Verdict.PASSED] * 4 + [Verdict.PENDING]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_the_truth_is_what_a_derivation_gives(task: Task) -> None:
    given = drawn(task, np.random.default_rng(3))[0]
    assert np.allclose(truths(task, given)[0], RIGHT[task.name](*given.values()), atol=1e-9)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("dy_dx_inner_product", lambda x: 2 * x[:, None]),
        ("dy_dx_inner_product", lambda x: 2 * x[None]),
        ("dy_dx_bilinear", lambda x, A, c: (A @ c)[None]),
        ("dF_dS", lambda A, S: np.kron(np.eye(S.shape[1]), A)),
        ("dJ_dF", lambda X, F: (2 * (F - X) * (1 + 1e-5)).astype(np.float32)),
        ("dy_dA_bilinear", lambda x, A, c: np.outer(x, c).tolist()),
    ],
    ids=["column", "row", "row of bilinear", "vec by columns", "single precision", "list"],
)
def test_freedoms_that_students_have(name: str, function: Callable[..., Any]) -> None:
    assert failures(with_one(name, function)) == []


def made(mistake: Mistake[Asked]) -> Callable[..., Any]:
    """Return the answer function of somebody who makes a mistake."""
    return lambda *given: mistake.gives(SimpleNamespace(given=dict(enumerate(given))))


PLANTED = [(name, mistake.id, made(mistake)) for name, known in MISTAKES.items() for mistake in known]


@pytest.mark.parametrize(
    ("name", "diagnosis", "wrong"), PLANTED, ids=[f"{name}-{mistake}" for name, mistake, _ in PLANTED]
)
@pytest.mark.parametrize("seed", range(3))
def test_a_known_mistake_costs_its_check_alone_and_is_named(
    name: str, diagnosis: str, wrong: Callable[..., Any], seed: int
) -> None:
    findings = with_one(name, wrong, seed)
    assert failures(findings) == [check_of(name)]
    assert findings[check_of(name)].diagnosis == diagnosis


def test_the_worst_entry_is_named() -> None:
    def wrong(X: Any, F: Any) -> Any:
        right = 2 * (F - X)
        right[1, 0] = 1e6
        return right

    finding = with_one("dJ_dF", wrong)["factorisation_gradient"]
    assert "dJ_dF(X, F) with X of shape" in finding.message
    assert "entry [1, 0] is 1e+06, expected" in finding.message
    assert finding.pictures[0].title == "What dJ_dF returned"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda A, B: None, "returned nothing (None), expected an array of numbers"),
        (lambda A, B: np.zeros(7), "returned an array of shape (7,), expected shape"),
        (lambda A, B: 1.5, "returned a number, expected shape"),
        (lambda A, B: np.zeros(2) + np.zeros(3), "ValueError"),
        (lambda A, B: B.T * np.nan, "is nan, expected"),
    ],
    ids=["none", "shape", "number", "raises", "nan"],
)
def test_what_is_no_derivative_is_said_in_words(function: Callable[..., Any], said: str) -> None:
    assert said in with_one("dy_dA_trace", function)["trace_gradient"].message


def test_an_order_that_changes_with_the_shape_is_told() -> None:
    def either(A: Any, S: Any) -> Any:
        order = (A, np.eye(S.shape[1]))
        return np.kron(*order) if A.shape[0] != A.shape[1] else np.kron(*order[::-1])

    assert with_one("dF_dS", either)["factorisation_gradient"].diagnosis == "mixed_order"


def test_without_answer_functions_all_points_wait_for_a_person() -> None:
    findings = judged(observation({}, "# Task 1", DERIVATION))
    assert [finding.verdict is Verdict.PENDING for finding in findings.values()] == [True] * 5
    assert findings["trace_gradient"].for_staff[0] == findings["derivations_written"].for_staff[0]


def test_without_answer_functions_and_derivations_nothing_is_earned() -> None:
    findings = judged(observation({}, "# Task 1", "$$\\frac{dy}{dx} = $$"))
    assert failures(findings) == [*NAMES, "derivations_written"]


def test_one_function_that_is_not_there_costs_its_check() -> None:
    functions = {name: RIGHT[name] for name in tasks.NAMES if name != "dJ_dF"}
    findings = judged(observation(functions, DERIVATION))
    assert failures(findings) == ["factorisation_gradient"]
    assert "there is no function dJ_dF(X, F)" in findings["factorisation_gradient"].message


def test_without_the_notebook_everything_fails() -> None:
    findings = judged(Observation("differentiation", {"file": ""}))
    assert failures(findings) == [*NAMES, "derivations_written"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (DERIVATION, True),
        ("The result is $2x$.", False),
        ("$$\\frac{dy}{dx} = ?$$", False),
        ("$$\\begin{aligned} \\frac{dy}{dA} = \\end{aligned}$$", False),
        ("\\begin{align} \\frac{dy}{dA} &= B^T \\end{align}", True),
        ("![my sheet](attachment:sheet.png)", True),
        ("word " * 12, True),
        ("*Write your derivation here.*", False),
        ("## " + DERIVATION.splitlines()[0], False),
        ("", False),
    ],
)
def test_what_counts_as_a_derivation(text: str, found: bool) -> None:
    assert is_derivation(text) is found


def course_cells(folder: str) -> list[reading.Cell]:
    """Return the texts of the notebook in the template or the reference."""
    notebook = reading.read((GRADER.parent / folder / "modules" / part.FILE).read_bytes())
    return [cell for cell in notebook.cells if cell.kind == "markdown"]


def test_the_template_holds_no_derivation() -> None:
    assert [cell.source for cell in course_cells("student_template") if is_derivation(cell.source, PROMPTS)] == []


def test_the_reference_holds_a_derivation_for_each_question() -> None:
    assert sum(is_derivation(cell.source, PROMPTS) for cell in course_cells("reference")) == 5


def test_what_the_template_says_is_nobodys_derivation() -> None:
    assert not is_derivation(f"{DERIVATION}", [DERIVATION.split("\n\n")[0], DERIVATION.split("\n\n")[1]])


def test_a_photographed_derivation_is_looked_for_in_the_notebook() -> None:
    finding = judged(observation(RIGHT, "![sheet](attachment:sheet.png)"))["derivations_written"]
    assert "pictures are in Cell 1" in finding.message


def notebook(*cells: tuple[str, str]) -> bytes:
    """Return a notebook of (kind, source)."""
    listed = [{"cell_type": kind, "source": source, "metadata": {}} for kind, source in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed}).encode()


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"HW3_differentiation.ipynb": "", "other.ipynb": SOURCE}, "HW3_differentiation.ipynb"),
        ({"Differentiation (1).ipynb": ""}, "Differentiation (1).ipynb"),
        ({"HW3_main.ipynb": "x = 1", "third.ipynb": SOURCE.casefold()}, "third.ipynb"),
        ({"Aufgabe 1.ipynb": SOURCE, "HW3_Modules.ipynb": "class Linear: pass"}, "Aufgabe 1.ipynb"),
        ({"HW3_main.ipynb": "x = 1", "blatt_3.py": SOURCE}, "blatt_3.py"),
        ({"HW3_main.ipynb": "x = 1"}, ""),
    ],
    ids=[
        "by its name",
        "by a part of its name",
        "by its functions",
        "by its functions beside classes",
        "by the functions of a file",
        "not at all",
    ],
)
def test_the_notebook_is_found_under_other_names(files: dict[str, str], found: str) -> None:
    handed_in = {
        name: notebook(("code", source)) if name.endswith(".ipynb") else source.encode()
        for name, source in files.items()
    }
    path, note = find(handed_in)
    assert path == found
    assert bool(note) is (found not in ("", part.FILE))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("", "blatt_3.ipynb"),
        ("%run HW3_Modules.ipynb", ""),
        ("class Linear:\n    pass", ""),
        ("net.backward(x, g)", ""),
    ],
    ids=["formulas alone", "runs the modules", "has classes", "trains networks"],
)
def test_the_notebook_without_functions_is_found_by_its_derivatives(code: str, found: str) -> None:
    words = ("markdown", DERIVATION * 3)
    files = {"a_main.ipynb": notebook(("code", "x = 1")), "blatt_3.ipynb": notebook(words, ("code", code))}
    path, note = find(files)
    assert (path, bool(note)) == (found, bool(found))


def test_a_notebook_found_by_its_content_is_run_and_judged(launcher: Launcher) -> None:
    findings = graded(launcher, ("markdown", DERIVATION), ("code", SOURCE), file="blatt_3.ipynb")
    assert [finding.verdict for finding in findings.values()] == [Verdict.PASSED] * 4 + [Verdict.PENDING]


@pytest.fixture(scope="module")
def launcher() -> Launcher:
    return warm.launcher("notebooks")


def graded(launcher: Launcher, *cells: tuple[str, str], file: str = part.FILE) -> dict[str, Finding]:
    """Return the findings on a notebook that is run in the sandbox."""
    handed_in = Submission("alice", "sha256:alice", {file: notebook(*cells)})
    probes: tuple[Probe, ...] = part.PROBES
    setting, limits = Setting(parameters={"differentiation_notebook": part.FILE}), Limits(call_seconds=20)
    seen = observe(
        handed_in, probes, INSIDE, assignment="modules", launcher=launcher, seed=11, limits=limits, setting=setting
    )
    return judged(seen.observations["differentiation"])


@pytest.mark.parametrize(
    "source",
    [SOURCE, SOURCE.replace(*BY_COLUMNS), SOURCE.replace("dy_dA_", "dY_da_").replace("dJ_dS", "DjDs")],
    ids=["right", "by columns", "other spellings"],
)
def test_a_right_notebook_earns_the_points_of_a_program(launcher: Launcher, source: str) -> None:
    findings = graded(launcher, ("markdown", DERIVATION), ("code", source))
    assert failures(findings) == []
    assert [finding.verdict is Verdict.PENDING for finding in findings.values()] == [False] * 4 + [True]


def test_a_broken_cell_costs_only_what_is_in_it(launcher: Launcher) -> None:
    broken = SOURCE.split("def dF_dS")[0]
    findings = graded(launcher, ("code", broken), ("code", "1 / 0\ndef dF_dS(A, S):\n    return A"), file="diff.ipynb")
    assert failures(findings) == ["factorisation_gradient", "derivations_written"]
    assert "ZeroDivisionError" in findings["factorisation_gradient"].message


def as_handed_in(folder: str) -> list[tuple[str, str]]:
    """Return kind and source of the cells of the notebook in the template or the reference."""
    cells = reading.read((GRADER.parent / folder / "modules" / part.FILE).read_bytes()).cells
    return [(cell.kind, cell.source) for cell in cells]


def test_the_reference_earns_the_points_of_a_program(launcher: Launcher) -> None:
    findings = graded(launcher, *as_handed_in("reference"))
    assert failures(findings) == []
    assert findings["derivations_written"].verdict is Verdict.PENDING


def test_the_template_earns_nothing(launcher: Launcher) -> None:
    assert failures(graded(launcher, *as_handed_in("student_template"))) == [*NAMES, "derivations_written"]


def test_functions_that_are_not_written_earn_nothing(launcher: Launcher) -> None:
    findings = graded(launcher, ("markdown", "# Derivatives"), ("code", NOT_WRITTEN))
    assert failures(findings) == [*NAMES, "derivations_written"]
    assert findings["trace_gradient"].message == "dy_dA_trace(A, B) is not written yet"


def test_a_notebook_that_ends_the_process_still_shows_its_derivations(launcher: Launcher) -> None:
    findings = graded(launcher, ("markdown", DERIVATION), ("code", SOURCE + "\nimport os\nos._exit(3)"))
    assert failures(findings) == list(NAMES)
    assert findings["derivations_written"].verdict is Verdict.PENDING
