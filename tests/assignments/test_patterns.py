"""Equal wrong code gets the equal pattern at other seeds, and different bugs of one check mostly another one."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from grader.assignments import find
from grader.model import Verdict
from grader.pipeline import load_rubric
from kit import warm
from kit.kept import grade
from kit.planted import bugs, hand_in, must_fail, only

# all look at the same gradings
pytestmark = pytest.mark.xdist_group("patterns of bugs")
SEEDS = (3, 11)
# bugs whose numbers are wrong, every one in a way of its own, by assignment
CHOSEN = {
    "byomlp": (
        "accumulators_doubled",
        "activation_one_neuron_at_a_time",
        "bias_gradient_forgotten",
        "bias_not_added",
        "derivative_left_out_in_every_layer",
        "factor_half",
        "history_loses_one_example",
        "last_layer_left_out",
        "rate_falls_after_a_while",
        "unnamed_layers_collide",
    ),
    "modules": (
        "class_nll_gradient_averaged_over_all_entries",
        "class_nll_weighted",
        "dropout_gradient_by_output",
        "elu_alpha_missing",
        "elu_gradient_without_grad_output",
        "leaky_slope_left_out",
        "linear_grad_input_not_transposed",
        "linear_grad_weights_averaged",
        "linear_output_averaged",
        "linear_weights_kept_for_the_way_back",
        "mean_gradient_over_everything",
        "moving_mean_never_updated",
        "sequential_no_longer_clears",
        "softmax_base_two",
        "softmax_gradient_passed_through",
        "softmax_over_the_batch_shift_and_all",
    ),
}
Patterns = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module", params=CHOSEN)
def patterns(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Patterns:
    """Return of each bug, for each seed, the pattern of every check that failed on numbers."""
    assignment = find(request.param)
    rubric, chosen = load_rubric(assignment), CHOSEN[request.param]
    launcher = warm.launcher("code")

    def found(folder: Path, bug: str, seed: int) -> dict[str, str]:
        (trial,) = (each for each in bugs(request.param) if each.name == bug)
        asked = only(rubric, must_fail(trial))
        report = grade(hand_in(trial, folder), assignment, rubric=asked, launcher=launcher, seed=seed)
        failures = [each for each in report.result.findings if each.verdict is Verdict.FAILED]
        return {each.check: each.pattern for each in failures if each.pattern}

    folder = tmp_path_factory.mktemp("bugs")
    return {bug: [found(folder / f"{bug}-{seed}", bug, seed) for seed in SEEDS] for bug in chosen}


def test_equal_code_gets_the_equal_pattern_at_other_seeds(patterns: Patterns) -> None:
    assert {bug: found for bug, found in patterns.items() if found[0] != found[1] or not found[0]} == {}


def test_different_bugs_of_a_check_get_different_patterns(patterns: Patterns) -> None:
    bugs_of: dict[tuple[str, str], set[str]] = defaultdict(set)
    for bug, (first, _) in patterns.items():
        for named in first.items():
            bugs_of[named].add(bug)
    assert {named: alike for named, alike in bugs_of.items() if len(alike) > 1} == {}
