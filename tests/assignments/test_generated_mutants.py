"""Mutants made by rule: enough of them, no two alike, whole files, the same every time; and what they lose."""

from __future__ import annotations

import ast
import json
import os
import tomllib
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path
from zlib import crc32

import pytest

from grader import rubric, sandbox
from grader.assignments import find
from grader.calibration.generating import Generated, generate
from grader.calibration.rules import EDITS, RULES
from grader.model import Rubric
from grader.pipeline import grade, load_rubric
from kit import ROOT, warm

# one worker makes them all, once
pytestmark = pytest.mark.xdist_group("mutants made by rule")
REFERENCES = {"byomlp": "mlp.py", "modules": "HW3_Modules.ipynb"}
EQUIVALENT = ROOT / "mutants" / "equivalent.toml"
EVERY_ITEM = {
    "byomlp": {"forward", "backprop"},
    "modules": {
        "sequential",
        "linear",
        "softmax",
        "batch_mean_subtraction",
        "dropout",
        "leaky_relu",
        "elu",
        "softplus",
        "class_nll_criterion",
    },
}
# the check that trains a network for seconds
TRAINING = "disc_separates"
in_campaign = pytest.mark.skipif(
    not os.environ.get("MLPGRADER_CAMPAIGN_SECONDS"), reason="a campaign; MLPGRADER_CAMPAIGN_SECONDS asks for it"
)
each_assignment = pytest.mark.parametrize("assignment", REFERENCES)


def reference(assignment: str) -> str:
    return (ROOT / "reference" / assignment / REFERENCES[assignment]).read_text(encoding="utf-8")


@cache
def made(assignment: str) -> tuple[Generated, ...]:
    return generate(reference(assignment), assignment=assignment)


def cells(source: str) -> list[str]:
    """Return the code of a module, or of every cell of a notebook."""
    if not source.startswith("{"):
        return [source]
    return ["".join(cell["source"]) for cell in json.loads(source)["cells"] if cell["cell_type"] == "code"]


@cache
def trees(assignment: str) -> tuple[ast.Module, ...]:
    """Return what is left of each mutant without the cells that are as they were."""
    right = set(cells(reference(assignment)))
    changed = ([cell for cell in cells(mutant.source) if cell not in right] for mutant in made(assignment))
    return tuple(ast.parse("\n\n".join(each)) for each in changed)


def mutants_of(body: str) -> dict[str, str]:
    """Return what is made of a method with this body, by rule: after -> rule."""
    source = f"class MLP:\n    def step(self, x, y):\n        {body}\n"
    return {mutant.after: mutant.operator for mutant in generate(source, assignment="byomlp")}


# --- all mutants of the references


@pytest.mark.parametrize(("assignment", "count"), [("byomlp", 150), ("modules", 200)])
def test_there_are_many_mutants_no_two_of_them_alike(assignment: str, count: int) -> None:
    dumps = {ast.dump(tree) for tree in trees(assignment)}
    assert len(dumps) == len(made(assignment)) >= count
    assert not dumps & {ast.dump(ast.parse(cell)) for cell in ["", *cells(reference(assignment))]}


@each_assignment
def test_every_mutant_compiles_and_has_a_name_and_a_key_of_its_own(assignment: str) -> None:
    mutants = made(assignment)
    assert all(compile(tree, "mutant", "exec") for tree in trees(assignment))
    assert len({mutant.name for mutant in mutants}) == len({mutant.key for mutant in mutants}) == len(mutants)


@each_assignment
def test_the_mutants_are_the_same_every_time(assignment: str) -> None:
    assert generate(reference(assignment), assignment=assignment) == made(assignment)


def test_every_rule_makes_some_mutant() -> None:
    names = {mutant.operator for assignment in REFERENCES for mutant in made(assignment)}
    assert names == {rule.__name__ for rule in (*RULES, *EDITS)}


@each_assignment
def test_every_item_has_mutants_and_each_of_them_has_an_item(assignment: str) -> None:
    assert {item for mutant in made(assignment) for item in mutant.items} == EVERY_ITEM[assignment]
    assert all(mutant.items for mutant in made(assignment))


@each_assignment
def test_only_what_a_student_writes_is_changed(assignment: str) -> None:
    scopes = {mutant.scope for mutant in made(assignment)}
    assert not [scope for scope in scopes if scope.endswith((".__repr__", ".train", ".evaluate", ".add"))]
    assert not [mutant.key for mutant in made(assignment) if "raise" in mutant.before or "super()" in mutant.before]


@each_assignment
def test_a_mutant_of_a_notebook_is_a_notebook_in_which_one_cell_is_another(assignment: str) -> None:
    before = reference(assignment).splitlines()
    changed = [set(mutant.source.splitlines()) - set(before) for mutant in made(assignment)]
    assert max(map(len, changed)) < 20


# --- single rules


@pytest.mark.parametrize(
    ("body", "after", "rule"),
    [
        ("self.a = x + y", "self.a = x - y", "swap_operator"),
        ("self.a = x + y", "self.a = x", "drop_term"),
        ("self.a = x - y", "self.a = y - x", "swap_operands"),
        ("self.a = x + y", "x += y; self.a = x", "work_in_place"),
        ("self.a = x + y", "self.a = x + x", "wrong_variable"),
        ("self.a += x", "self.a -= x", "swap_operator"),
        ("self.a += x", "self.a = x", "overwrite"),
        ("self.a += x", "(nothing)", "drop_statement"),
        ("self.a = -x", "self.a = x", "swap_operator"),
        ("self.a = x < y", "self.a = x <= y", "swap_comparison"),
        ("self.a = x if y else 2", "self.a = x if not y else 2", "negate_condition"),
        ("self.a = x @ y", "self.a = x.T @ y", "transpose"),
        ("self.a = x.T", "self.a = x", "transpose"),
        ("self.a = x[1:]", "self.a = x[2:]", "off_by_one"),
        ("self.a = x[-1]", "self.a = x[-2]", "off_by_one"),
        ("self.a = range(x - 1)", "self.a = range(x - 2)", "off_by_one"),
        ("self.a = range(x)", "self.a = range(1, x)", "off_by_one"),
        ("self.a = [b for b in x]", "self.a = [b for b in list(x)[:-1]]", "off_by_one"),
        ("self.a = 0.1", "self.a = 0.2", "change_constant"),
        ("self.a = True", "self.a = False", "change_constant"),
        ("self.a = x.sum(axis=0)", "self.a = x.sum(axis=1)", "change_axis"),
        ("self.a = x.sum(axis=0)", "self.a = x.sum()", "drop_keyword"),
        ("self.a = x.sum(axis=0)", "self.a = x.mean(axis=0)", "wrong_function"),
        ("self.a = x.sum(axis=0)", "self.a = x", "drop_call"),
        ("self.a = f(x, y)", "self.a = f(y, x)", "swap_arguments"),
        ("return [x, y]", "return [x]", "drop_entry"),
        ("return [x, y]", "return [x.copy(), y]", "copy_instead"),
        ("self.a = self.b = x", "self.b = self.b = x", "wrong_attribute"),
        ('self.a = {"k": 1, "l": 2}["k"]', "self.a = {'k': 1, 'l': 2}['l']", "wrong_key"),
    ],
)
def test_a_rule_changes_one_thing(body: str, after: str, rule: str) -> None:
    assert mutants_of(body)[after] == rule


LOOP = """
        for k in x:
            self.a = k
            self.b = self.a
        return self.b"""


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("for k in x:", "(nothing)", "drop_statement"),
        ("self.a = k; self.b = self.a", "self.b = self.a; self.a = k", "swap_statements"),
        ("self.b = self.a", "self.b = self.a (in another block)", "move_out_of_loop"),
        ("return self.b", "return self.b (in another block)", "move_into_loop"),
        ("for k in x:", "break", "stop_early"),
    ],
)
def test_a_rule_changes_the_order_of_statements(before: str, after: str, rule: str) -> None:
    mutants = generate(f"class MLP:\n    def step(self, x):{LOOP}\n", assignment="byomlp")
    assert rule in {mutant.operator for mutant in mutants if (mutant.before, mutant.after) == (before, after)}


def test_a_value_that_is_returned_is_not_kept() -> None:
    source = "class MLP:\n    def step(self, x):\n        self.a = 2 * x\n        return self.a\n"
    (mutant,) = (mutant for mutant in generate(source, assignment="byomlp") if mutant.operator == "forget")
    assert mutant.source == "class MLP:\n    def step(self, x):\n        return 2 * x\n"


def test_a_mutant_says_where_it_is_and_what_it_costs() -> None:
    source = "class MLP:\n    def step(self, x):\n        # why\n        return 2 + x\n"
    mutant = next(mutant for mutant in generate(source, assignment="byomlp") if mutant.operator == "swap_operator")
    assert (mutant.name, mutant.line) == ("swap_operator_L4_add_to_sub", 4)
    assert mutant.key == "MLP.step swap_operator: return 2 + x -> return 2 - x"
    assert mutant.items == ("backprop",)
    assert mutant.source == source.replace("+", "-")


def test_what_stands_between_the_marks_is_changed_alone() -> None:
    lines = [
        "class MLP:",
        "    def step(self, x):",
        "        x = x + 1",
        "        ### BEGIN SOLUTION",
        "        x = x + 2",
    ]
    mutants = generate("\n".join([*lines, "        ### END SOLUTION", "        return x + 3", ""]), assignment="byomlp")
    assert {mutant.line for mutant in mutants} == {5}


@pytest.mark.parametrize("body", ["raise ValueError(x + 1)", "if x > 1:\n            raise ValueError"])
def test_refusing_arguments_is_not_graded_and_left_alone(body: str) -> None:
    with pytest.raises(ValueError, match="nothing to change"):
        generate(f"class MLP:\n    def step(self, x):\n        {body}\n", assignment="byomlp")


@pytest.mark.parametrize("source", ["x = 1\n", "class Other:\n    def step(self, x):\n        return x + 1\n"])
def test_a_source_without_a_graded_class_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="no class of the assignment 'byomlp'"):
        generate(source, assignment="byomlp")


# --- the mutants, graded


@cache
def equivalent(assignment: str) -> dict[str, str]:
    table: dict[str, str] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))[assignment]
    return table


def wrong(assignment: str) -> list[Generated]:
    return [mutant for mutant in made(assignment) if mutant.key not in equivalent(assignment)]


def some(assignment: str, number: int) -> Generated:
    """Return one of ten wrong mutants that are evenly spread from the first line to the last."""
    mutants = wrong(assignment)
    return mutants[number * len(mutants) // 10]


@pytest.fixture(scope="module")
def launcher() -> sandbox.Launcher:
    return warm.launcher("code")


def asked(assignment: str, items: Collection[str]) -> Rubric:
    """Return these items without the check that trains a network, which takes seconds, and with little patience."""
    whole = rubric.restrict(load_rubric(find(assignment)), items)
    kept = [{name: points for name, points in item.checks.items() if name != TRAINING} for item in whole.items]
    chosen = tuple(
        replace(item, checks=checks, points=sum(checks.values()))
        for item, checks in zip(whole.items, kept, strict=True)
    )
    return replace(whole, items=chosen, limits=replace(whole.limits, call_seconds=2.0))


def lost(mutant: Generated, assignment: str, folder: Path, launcher: sandbox.Launcher) -> dict[str, float]:
    """Return the points that a mutant loses, by item."""
    (folder / REFERENCES[assignment]).write_text(mutant.source, encoding="utf-8")
    chosen = asked(assignment, mutant.items)
    report = grade(folder, find(assignment), rubric=chosen, launcher=launcher, seed=crc32(mutant.name.encode()))
    return {item.id: item.marks.lost for item in report.score.items}


@pytest.mark.parametrize("number", range(10))
@each_assignment
def test_a_mutant_loses_points_in_the_item_of_the_method_that_is_wrong(
    assignment: str, number: int, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    mutant = some(assignment, number)
    assert any(lost(mutant, assignment, tmp_path, launcher).values()), mutant.key


@pytest.mark.campaign
@in_campaign
@pytest.mark.parametrize(("assignment", "item"), [(name, item) for name in REFERENCES for item in EVERY_ITEM[name]])
def test_every_mutant_loses_points_but_for_those_that_are_equivalent(
    assignment: str, item: str, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    mutants = [mutant for mutant in made(assignment) if mutant.items[0] == item]
    unseen = {mutant.key for mutant in mutants if not any(lost(mutant, assignment, tmp_path, launcher).values())}
    assert unseen == {mutant.key for mutant in mutants} & equivalent(assignment).keys()


@each_assignment
def test_every_equivalent_mutant_is_still_made_and_has_a_reason(assignment: str) -> None:
    assert equivalent(assignment).keys() <= {mutant.key for mutant in made(assignment)}
    assert all(len(why) > 20 for why in equivalent(assignment).values())


@each_assignment
def test_few_mutants_are_equivalent(assignment: str) -> None:
    assert len(equivalent(assignment)) < len(made(assignment)) / 10
