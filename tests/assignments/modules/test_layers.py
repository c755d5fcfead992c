"""The nine classes of modules: right ones earn everything for every seed, known mistakes are named."""

from __future__ import annotations

import numpy as np
import pytest

from grader.assignments import find
from grader.assignments.modules.layers import CHECKS, PROBES
from grader.assignments.modules.main.probe import wrong_classes
from grader.model import Curve, HeatMaps, Observation, Verdict
from grader.pipeline import load_rubric
from kit.modules_samples import (
    FILE,
    MODULE,
    POINTS,
    RIGHT,
    START,
    changed,
    graded,
    notebook,
    observed,
)

WORTH = {name: points for item in load_rubric(find("modules")).items for name, points in item.checks.items()}
EMPTY = "\n".join(
    line if line.startswith("class ") else f"{line}\n        pass"
    for cell in RIGHT[2:]
    for line in cell.split("\n")
    if line.startswith(("class ", "    def "))
)


def earned(verdicts: dict[str, Verdict]) -> float:
    return sum(WORTH[name] for name, verdict in verdicts.items() if verdict is Verdict.PASSED)


def test_the_classes_are_worth_sixty_points() -> None:
    assert sum(WORTH[check.name] for check in CHECKS) == POINTS


@pytest.mark.parametrize("seed", range(1, 11))
def test_right_classes_earn_everything(seed: int) -> None:
    found = graded(*RIGHT, seed=seed)
    assert {name: each.message for name, each in found.items() if each.verdict is not Verdict.PASSED} == {}


def test_classes_without_bodies_earn_nothing() -> None:
    assert earned({name: each.verdict for name, each in graded(START, MODULE, EMPTY).items()}) == 0


def test_right_classes_are_not_wrong_and_missing_observations_are() -> None:
    evidence = observed({FILE: notebook(*RIGHT)})
    main = next(probe for probe in find("modules").probes if probe.name == "main")

    def wrong(**instead: Observation) -> list[str]:
        return wrong_classes(main.by_probe(main.findings({**evidence.observations, **instead}.values())))

    assert wrong() == []
    assert wrong(dropout=Observation("dropout")) == ["Dropout"]
    assert len(wrong(**{probe.name: Observation(probe.name) for probe in PROBES})) == 9


def test_networks_of_classes_are_not_made_where_one_is_wrong_by_itself() -> None:
    right = observed({FILE: notebook(*RIGHT)}).observations["sequential"]
    wrong = observed({FILE: notebook(*changed("input.dot(self.W.T) + self.b", "input.dot(self.W.T) - self.b"))})
    assert [deep["criterion"] for deep in right.data["deep"]] == ["ClassNLLCriterion", "MSECriterion"]
    assert wrong.observations["sequential"].data["deep"] == []
    # nothing else that is drawn depends on it
    np.testing.assert_equal(wrong.observations["sequential"].data["trajectory"], right.data["trajectory"])


def test_a_deep_network_counts_where_it_is_known_that_its_classes_are_right() -> None:
    seen = dict(observed({FILE: notebook(*RIGHT)}).observations["sequential"].data)
    seen["deep"] = [{**deep, "around": None} for deep in seen["deep"]]
    (check,) = (each for each in CHECKS if each.name == "sequential_backward")
    assert check.judge(Observation("sequential", seen)).verdict is Verdict.FAILED
    del seen["verdicts"]
    assert check.judge(Observation("sequential", seen)).verdict is Verdict.PASSED


def test_a_broken_linear_costs_no_other_class() -> None:
    found = graded(*changed("input.dot(self.W.T) + self.b", "input.dot(self.W.T) - self.b"))
    assert {name for name, each in found.items() if each.verdict is not Verdict.PASSED} == {"linear_forward"}


def test_what_linear_does_with_gradients_is_reported() -> None:
    overwriting = changed("self.gradW += gradOutput.T.dot(input)", "self.gradW = gradOutput.T.dot(input)")
    overwriting = tuple(cell.replace("self.gradb += gradOutput", "self.gradb = gradOutput") for cell in overwriting)
    assert "added up" in graded(*RIGHT, probes=("linear",))["linear_grad_parameters"].message
    assert "overwrites" in graded(*overwriting, probes=("linear",))["linear_grad_parameters"].message


def test_p_of_dropout_may_be_the_chance_to_keep_without_scaling() -> None:
    cells = changed(">= self.p) / (1 - self.p)", "< self.p)")
    found = graded(*cells, probes=("dropout",))
    assert {each.verdict for each in found.values()} == {Verdict.PASSED}
    assert found["dropout_training"].message == "p is the chance to be kept; what is kept is not scaled"


def test_the_first_batch_may_be_averaged_with_zero() -> None:
    found = graded(
        *changed("mean if self.old_mean is None", "0 if self.old_mean is None"), probes=("batch_mean_subtraction",)
    )
    assert {each.verdict for each in found.values()} == {Verdict.PASSED}


@pytest.mark.parametrize("inside", ["input > 1e-15", "(input > 1e-15) & (input < 1 - 1e-15)"])
def test_the_gradient_may_be_zero_where_a_probability_is_clamped(inside: str) -> None:
    cells = changed("-target / clamped / input.shape[0]", f"-target / clamped / input.shape[0] * ({inside})")
    found = graded(*cells, probes=("class_nll_criterion",))
    assert {each.verdict for each in found.values()} == {Verdict.PASSED}


def test_a_gradient_that_is_right_for_the_own_forward_keeps_its_points() -> None:
    cells = changed("self.slope * input)", "2 * self.slope * input)")
    cells = tuple(
        cell.replace("np.where(input > 0, 1, self.slope)", "np.where(input > 0, 1, 2 * self.slope)") for cell in cells
    )
    found = graded(*cells, probes=("leaky_relu",))
    assert found["leaky_relu_forward"].verdict is Verdict.FAILED
    assert found["leaky_relu_gradient"].verdict is Verdict.PASSED


def test_a_module_that_hands_everything_through_earns_no_gradient() -> None:
    cells = changed("self.output = np.logaddexp(0, input)", "self.output = input.copy()")
    cells = tuple(
        cell.replace("gradOutput * np.where(input > 0, 1, small) / (1 + small)", "gradOutput.copy()") for cell in cells
    )
    assert graded(*cells, probes=("softplus",))["softplus_gradient"].verdict is Verdict.FAILED


# (text of the right cells, what it becomes, the probe, the check that fails, the diagnosis)
MISTAKES = [
    ("e / e.sum(axis=1, keepdims=True)", "e / e.sum(axis=0)", "softmax", "softmax_forward", "softmax_over_batch"),
    ("e / e.sum(axis=1, keepdims=True)", "e", "softmax", "softmax_forward", "softmax_shift_not_normalised"),
    ("np.exp(input - input.max(axis=1, keepdims=True))", "np.exp(input)", "softmax", "softmax_stable", "overflow"),
    ("s = self.output", "e = np.exp(input); s = e / e.sum(axis=1, keepdims=True)", "softmax", "softmax_stable", "overflow"),
    ("s * (gradOutput - (gradOutput * s).sum(axis=1, keepdims=True))", "gradOutput * s * (1 - s)", "softmax", "softmax_gradient",
     "softmax_gradient_element_wise"),
    ("s * (gradOutput - (gradOutput * s).sum(axis=1, keepdims=True))", "gradOutput * s", "softmax", "softmax_gradient",
     "softmax_gradient_sum_left_out"),
    ("(gradOutput * s).sum(axis=1, keepdims=True)", "(gradOutput * s).sum(axis=0)", "softmax", "softmax_gradient",
     "softmax_gradient_sum_over_batch"),
    ("self.gradInput = gradOutput.dot(self.W)", "self.gradInput = gradOutput.dot(self.W) / len(input)", "linear",
     "linear_grad_input", "batch_divided_in_module"),
    ("self.gradb += gradOutput.sum(axis=0)", "self.gradb += gradOutput.mean(axis=0)", "linear", "linear_grad_parameters",
     "grad_b_averaged"),
    ("self.gradW += gradOutput.T.dot(input)", "self.gradW += gradOutput.T.dot(input) / len(input)", "linear",
     "linear_grad_parameters", "grad_W_averaged"),
    ("self.gradW.fill(0)", "pass", "linear", "linear_grad_parameters", "gradients_not_cleared"),
    ("return [self.W, self.b]", "return [self.W.copy(), self.b.copy()]", "linear", "linear_parameters_live", "parameters_copied"),
    ("1. / np.sqrt(n_in)", "1. / np.sqrt(n_out)", "linear", "linear_initialisation", "initialisation_bound"),
    ("self.b = np.random.uniform(-bound, bound, size=n_out)", "self.b = np.zeros(n_out)", "linear", "linear_initialisation",
     "constant_initialisation"),
    ("gradOutput - (1 - self.alpha) * gradOutput.mean(axis=0)", "gradOutput.copy()", "batch_mean_subtraction",
     "batch_mean_gradient", "mean_gradient_identity"),
    ("gradOutput - (1 - self.alpha) * gradOutput.mean(axis=0)", "gradOutput - gradOutput.mean(axis=0)",
     "batch_mean_subtraction", "batch_mean_gradient", "mean_gradient_alpha_left_out"),
    ("old * self.alpha + mean * (1 - self.alpha)", "mean * self.alpha + old * (1 - self.alpha)", "batch_mean_subtraction",
     "batch_mean_training", "alpha_swapped"),
    ("self.output = input - self.old_mean", "self.output = input - (self.old_mean if self.training else input.mean(axis=0))",
     "batch_mean_subtraction", "batch_mean_evaluation", "evaluation_uses_batch_mean"),
    ("np.random.rand(*input.shape)", "np.random.rand(1, input.shape[1])", "dropout", "dropout_training", "mask_per_column"),
    ("np.random.rand(*input.shape)", "np.random.rand(input.shape[0], 1)", "dropout", "dropout_training", "mask_per_row"),
    ("gradOutput * self.mask if", "gradOutput * (np.random.rand(*input.shape) >= self.p) / (1 - self.p) if", "dropout",
     "dropout_backward", "mask_redrawn_in_backward"),
    ("gradOutput * self.mask if", "gradOutput * (input > 0) if", "dropout", "dropout_backward",
     "dropout_gradient_by_sign_of_input"),
    ("self.output = input.copy()", "self.output = input * (1 - self.p)", "dropout", "dropout_evaluation", "scaled_in_evaluation"),
    (">= self.p) / (1 - self.p)", ">= self.p) / self.p", "dropout", "dropout_training", "dropout_scaled_by_wrong_chance"),
    ("gradOutput * np.where(input > 0, 1, self.alpha * np.exp(np.minimum(input, 0)))",
     "gradOutput * np.where(input > 0, 1, np.exp(np.minimum(input, 0)))", "elu", "elu_gradient", "alpha_left_out"),
    ("np.where(input > 0, input, self.slope * input)", "np.where(input > 0, input, .03 * input)", "leaky_relu",
     "leaky_relu_forward", "slope_fixed"),
    ("slope=0.03", "slope=0.02", "leaky_relu", "leaky_relu_default", "default_differs"),
    ("alpha=1.0", "alpha", "elu", "elu_default", "default_missing"),
    ("-np.sum(target * np.log(clamped)) / input.shape[0]", "-np.sum(target * np.log(clamped))", "class_nll_criterion",
     "class_nll_value", "nll_not_averaged"),
    ("np.log(clamped)", "np.log(input)", "class_nll_criterion", "class_nll_clamped", "nll_not_clamped"),
    ("-target / clamped / input.shape[0]", "-target / clamped", "class_nll_criterion", "class_nll_gradient", "nll_not_averaged"),
    ("-target / clamped / input.shape[0]", "(input - target) / input.shape[0]", "class_nll_criterion", "class_nll_gradient",
     "nll_with_softmax"),
    ("return [module.getParameters() for module in self.modules]",
     "return [each for module in self.modules for each in module.getParameters()]", "sequential", "sequential_parameters",
     "parameters_flat"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "probe", "check", "diagnosis"), MISTAKES, ids=[f"{m[3]}-{m[4]}" for m in MISTAKES]
)
def test_a_mistake_is_named(old: str, new: str, probe: str, check: str, diagnosis: str) -> None:
    finding = graded(*changed(old, new), probes=("modules", probe))[check]
    assert (finding.verdict, finding.diagnosis) == (Verdict.FAILED, diagnosis)


@pytest.mark.parametrize(
    ("old", "new", "probe", "said"),
    [
        (
            "self.alpha * np.expm1(np.minimum(input, 0))",
            "self.alpha * np.expm1(input)",
            "elu",
            "at +-1000, numpy warns (overflow encountered in expm1)",
        ),
        (
            "self.alpha * np.exp(np.minimum(input, 0))",
            "self.alpha * np.exp(input)",
            "elu",
            "at +-1000, numpy warns (overflow encountered in exp)",
        ),
        ("np.logaddexp(0, input)", "np.log(1 + np.exp(input))", "softplus", "at +-1000, the output holds infinity"),
        (
            "np.where(input > 0, 1, small) / (1 + small)",
            "np.exp(input) / (1 + np.exp(input))",
            "softplus",
            "at +-1000, gradInput holds nan",
        ),
        ("np.logaddexp(0, input)", "np.logaddexp(0, np.clip(input, -30, 30))", "softplus", "the output is wrong"),
    ],
)
def test_what_happens_at_1000_is_advice_and_costs_nothing(old: str, new: str, probe: str, said: str) -> None:
    found = graded(*changed(old, new), probes=("modules", probe))
    assert {each.verdict for each in found.values()} == {Verdict.PASSED}
    assert said in found[f"{probe}_forward"].message
    assert found[f"{probe}_forward"].hint.startswith("This costs nothing.")


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("np.logaddexp(0, input)", "np.logaddexp(0, np.clip(input, -29, 29))", "softplus_forward"),
        ("small = np.exp(-np.abs(input))", "small = np.exp(-np.minimum(np.abs(input), 5))", "softplus_gradient"),
    ],
)
def test_what_is_wrong_up_to_30_costs_points(old: str, new: str, check: str) -> None:
    assert graded(*changed(old, new), probes=("modules", "softplus"))[check].verdict is Verdict.FAILED


def test_what_overwrites_its_input_is_told_once_and_its_gradient_is_judged_on_what_was_passed_in() -> None:
    cells = changed(
        "self.output = np.where(input > 0, input, self.alpha * np.expm1(np.minimum(input, 0)))",
        "input[input < 0] = self.alpha * np.expm1(input[input < 0]); self.output = input",
    )
    found = graded(*cells, probes=("elu",))
    assert [(name, each.diagnosis) for name, each in found.items() if each.verdict is not Verdict.PASSED] == [
        ("elu_forward", "input_modified")
    ]


BOTH = "target * np.log(clamped) + (1 - target) * np.log(1 - clamped)"


@pytest.mark.parametrize(
    ("loss", "clamped", "told"),
    [
        (f"-np.sum({BOTH}) / input.shape[0]", Verdict.PASSED, ""),
        ("-3 * np.sum(target * np.log(clamped)) / input.shape[0]", Verdict.PASSED, ""),
        ("-np.sum(target * np.log(clamped), axis=1)", Verdict.PASSED, ""),
        (f"-np.sum({BOTH}) / input.shape[0]".replace("clamped", "input"), Verdict.FAILED, "Clamp the input"),
        ("-np.sum(target * clamped) / input.shape[0]", Verdict.BLOCKED, ""),
    ],
)
def test_clamping_is_judged_apart_from_what_else_is_wrong_with_a_loss(loss: str, clamped: Verdict, told: str) -> None:
    cells = changed("-np.sum(target * np.log(clamped)) / input.shape[0]", loss)
    found = graded(*cells, probes=("class_nll_criterion",))
    assert (found["class_nll_value"].verdict, found["class_nll_clamped"].verdict) == (Verdict.FAILED, clamped)
    assert found["class_nll_clamped"].hint.startswith(told)
    assert ("Clamp" in found["class_nll_clamped"].hint) is bool(told)


def test_class_numbers_for_targets_are_told_as_such_and_cost_the_value_alone() -> None:
    rows = "np.arange(len(input)), target"
    cells = changed(
        "-np.sum(target * np.log(clamped)) / input.shape[0]", f"-np.log(clamped[{rows}]).sum() / input.shape[0]"
    )
    cells = tuple(
        cell.replace(
            "self.gradInput = -target / clamped / input.shape[0]",
            f"self.gradInput = np.zeros(input.shape); self.gradInput[{rows}] = -1 / clamped[{rows}] / input.shape[0]",
        )
        for cell in cells
    )
    found = graded(*cells, probes=("class_nll_criterion",))
    assert [name for name, each in found.items() if each.verdict is not Verdict.PASSED] == ["class_nll_value"]
    assert (
        "takes class numbers for targets; with one-hot rows, forward ends in an error: IndexError"
        in found["class_nll_value"].message
    )
    assert found["class_nll_value"].hint.startswith("Targets are one-hot rows")


def test_a_wrong_output_that_is_stable_costs_forward_alone() -> None:
    cells = changed("e / e.sum(axis=1, keepdims=True)", "np.log(e / e.sum(axis=1, keepdims=True))")
    found = graded(*cells, probes=("softmax",))
    assert found["softmax_forward"].verdict is Verdict.FAILED
    assert found["softmax_stable"].verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "mask", ["(self.output != 0) / (1 - self.p)", "self.output / input", "(self.output * input > 0) / (1 - self.p)"]
)
def test_a_mask_that_is_read_from_the_output_is_no_mask(mask: str) -> None:
    found = graded(*changed("gradOutput * self.mask if", f"gradOutput * ({mask}) if"), probes=("dropout",))
    assert [(name, each.diagnosis) for name, each in found.items() if each.verdict is not Verdict.PASSED] == [
        ("dropout_backward", "mask_from_output")
    ]


@pytest.mark.parametrize("back", ["gradOutput * self.p", "gradOutput * (np.random.rand(*input.shape) < 0.5)"])
def test_the_way_back_in_evaluation_costs_half_a_point(back: str) -> None:
    found = graded(*changed("else gradOutput.copy()", f"else {back}"), probes=("dropout",))
    lost = [name for name, each in found.items() if each.verdict is not Verdict.PASSED]
    assert (lost, WORTH["dropout_evaluation_gradient"]) == (["dropout_evaluation_gradient"], 0.5)


def test_what_never_drops_is_paid_for_in_training() -> None:
    found = graded(*changed("np.random.rand(*input.shape) >= self.p", "np.ones(input.shape)"), probes=("dropout",))
    lost = {name for name, each in found.items() if each.verdict is not Verdict.PASSED}
    assert lost == {"dropout_training", "dropout_backward"}


def test_a_name_that_is_not_known_is_told_without_advice_on_shapes() -> None:
    found = graded(*changed("np.random.rand(*input.shape)", "numpy.random.rand(*input.shape)"), probes=("dropout",))
    assert "NameError: name 'numpy' is not defined" in found["dropout_training"].message
    assert "shape" not in found["dropout_training"].hint


def without_bias() -> tuple[str, ...]:
    cells = changed("        self.b = np.random.uniform(-bound, bound, size=n_out)\n", "")
    for old, new in (
        ("        self.gradb = np.zeros_like(self.b)\n", ""),
        (" + self.b\n", "\n"),
        ("        self.gradb += gradOutput.sum(axis=0)\n", ""),
        ("        self.gradb.fill(0)\n", ""),
        ("[self.W, self.b]", "[self.W]"),
        ("[self.gradW, self.gradb]", "[self.gradW]"),
    ):
        cells = tuple(cell.replace(old, new) for cell in cells)
    return cells


@pytest.mark.parametrize(
    ("cells", "lost"),
    [
        (without_bias(), {"linear_forward"}),
        # adding to the number 0 in place is an error of its own
        (
            changed("self.b = np.random.uniform(-bound, bound, size=n_out)", "self.b = 0"),
            {"linear_forward", "linear_grad_parameters", "linear_trajectory"},
        ),
    ],
)
def test_a_linear_without_bias_keeps_what_has_nothing_to_do_with_it(cells: tuple[str, ...], lost: set[str]) -> None:
    found = graded(*cells, probes=("linear",))
    assert {name for name, each in found.items() if each.verdict is not Verdict.PASSED} == lost
    assert found["linear_forward"].diagnosis == "bias_missing"


def test_a_forward_that_is_right_only_for_small_parameters_is_seen() -> None:
    cells = changed("input.dot(self.W.T) + self.b", "input.dot(np.clip(self.W, -1, 1).T) + self.b")
    assert graded(*cells, probes=("linear",))["linear_forward"].diagnosis == "forward_of_other_numbers"


DEFAULTS = [
    ("slope=0.03", "slope=0.02", "leaky_relu", "the default slope is 0.02, expected 0.03"),
    ("alpha=1.0", "alpha=0.5", "elu", "the default alpha is 0.5, expected 1"),
    ("slope=0.03", "slope", "leaky_relu", "LeakyReLU() without slope ends in an error: TypeError"),
    ("alpha=1.0", "*, alpha=1.0", "elu", "ELU does not take its alpha as an argument: TypeError"),
    ("p=0.5", "p=0.2", "dropout", "the default p is 0.2"),
    ("p=0.5", "p", "dropout", "Dropout() without p ends in an error: TypeError"),
    ("p=0.5):", "*, p=0.5):", "dropout", "Dropout does not take its p as an argument: TypeError"),
]


@pytest.mark.parametrize(("old", "new", "probe", "said"), DEFAULTS)
def test_a_default_that_differs_costs_half_a_point(old: str, new: str, probe: str, said: str) -> None:
    found = graded(*changed(old, new), probes=("modules", probe))
    assert [name for name, each in found.items() if each.verdict is not Verdict.PASSED] == [f"{probe}_default"]
    assert said in found[f"{probe}_default"].message
    assert WORTH[f"{probe}_default"] == 0.5


def test_the_default_is_what_the_rubric_says() -> None:
    evidence = observed({FILE: notebook(*changed("slope=0.03", "slope=0.01"))}, "leaky_relu")
    (check,) = (each for each in CHECKS if each.name == "leaky_relu_default")
    assert check.judge(evidence.observations["leaky_relu"], leaky_relu_slope=0.01).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("old", "new", "diagnosis"),
    [
        ("module.backward(seen, gradOutput)", "module.backward(input, gradOutput)", "sequential_first_input"),
        ("        self.gradInput = gradOutput\n        return self.gradInput", "        pass", "nothing_returned"),
        (
            "module.backward(seen, gradOutput)",
            "module.updateGradInput(seen, gradOutput)",
            "sequential_parameters_left_out",
        ),
    ],
)
def test_a_mistake_of_sequential_going_back_is_named(old: str, new: str, diagnosis: str) -> None:
    finding = graded(*changed(old, new))["sequential_backward"]
    assert (finding.verdict, finding.diagnosis) == (Verdict.FAILED, diagnosis)


BACK = "        for module, seen in zip(self.modules[::-1], self.inputs[-2::-1]):"


@pytest.mark.parametrize(
    ("old", "new", "check", "said"),
    [
        (
            "            gradOutput = module.backward(seen, gradOutput)\n        self.gradInput = gradOutput\n",
            "            gradOutput = module.backward(seen, gradOutput)\n",
            "sequential_backward",
            "nothing was put into self.gradInput",
        ),
        (
            BACK,
            f"        self.updateOutput(input)\n{BACK}",
            "sequential_backward",
            "backward runs module 1 forward again",
        ),
        (
            "self.inputs.append(module.forward(self.inputs[-1]))",
            "self.inputs.append([module.forward(self.inputs[-1]) for _ in range(2)][1])",
            "sequential_backward",
            "forward runs module 1 twice",
        ),
        (
            BACK,
            BACK.replace("self.modules[::-1]", "self.modules").replace(
                "    for", "    self.modules.reverse()\n        for"
            ),
            "sequential_backward",
            "after backward, forward gives another result for the same input: output[",
        ),
        (
            BACK,
            f"        if len(self.modules) == 1:\n            seen = self.output[99]\n{BACK}",
            "sequential_of_one",
            "with two and more modules all is right",
        ),
    ],
)
def test_what_a_container_does_is_told_as_it_is(old: str, new: str, check: str, said: str) -> None:
    found = graded(*changed(old, new), probes=("modules", "sequential"))
    assert said in found[check].message
    assert not any("updateGradInput" in f"{each.message} {each.hint}" for each in found.values())
    lost = {name for name, each in found.items() if each.verdict is not Verdict.PASSED}
    assert lost <= {check, "sequential_of_one", "sequential_trajectory"}


def test_a_container_that_cannot_be_made_is_told_by_its_own_error() -> None:
    found = graded(*changed("def add(self, module):", "def add(self, module, name):"), probes=("modules", "sequential"))
    names = ("sequential_forward", "sequential_zero_grad", "sequential_parameters")
    assert all("add() missing 1 required positional argument: 'name'" in found[name].message for name in names)
    assert [found[name].verdict for name in names] == [Verdict.FAILED, Verdict.BLOCKED, Verdict.BLOCKED]


def test_a_batch_of_one_row_that_is_nan_is_told_as_that() -> None:
    cells = changed("input - self.old_mean", "(input - (mean if self.training else self.old_mean)) / input.std(axis=0)")
    found = graded(*cells, probes=("modules", "batch_mean_subtraction"))
    assert "output is nan for a batch of one row" in found["batch_mean_training"].message
    assert found["batch_mean_training"].diagnosis == "divided_by_deviation"
    assert found["batch_mean_evaluation"].verdict is Verdict.PASSED


def test_a_gradient_that_belongs_to_a_wrong_mean_keeps_its_points() -> None:
    cells = changed(
        "self.output = input - self.old_mean", "self.output = input - (mean if self.training else self.old_mean)"
    )
    cells = tuple(cell.replace("(1 - self.alpha) * gradOutput.mean", "gradOutput.mean") for cell in cells)
    found = graded(*cells, probes=("modules", "batch_mean_subtraction"))
    assert {name for name, each in found.items() if each.verdict is Verdict.FAILED} == {"batch_mean_training"}


def test_a_default_that_differs_is_told_with_both_numbers() -> None:
    found = graded(*changed("alpha=0.)", "alpha=0.95)"), probes=("modules", "batch_mean_subtraction"))
    assert found["batch_mean_default"].message == "the default alpha is 0.95, expected 0"
    assert {name for name, each in found.items() if each.verdict is not Verdict.PASSED} == {"batch_mean_default"}


def test_containers_that_disturb_one_another_are_seen_where_one_is_in_another() -> None:
    shared = changed("self.inputs = [input]", "self.inputs = Sequential.shared = [input]")
    shared = tuple(
        cell.replace("self.modules[::-1], self.inputs[-2::-1]", "self.modules[::-1], Sequential.shared[-2::-1]")
        for cell in shared
    )
    found = graded(*shared)
    assert {name for name, each in found.items() if each.verdict is Verdict.FAILED} == {"sequential_of_one"}
    assert "one Sequential in another" in found["sequential_of_one"].message


def test_the_worst_entry_is_named_and_pictured() -> None:
    cells = changed("self.gradInput = gradOutput.dot(self.W)", "self.gradInput = 3 * gradOutput.dot(self.W)")
    finding = graded(*cells, probes=("linear",))["linear_grad_input"]
    (picture,) = finding.pictures
    assert isinstance(picture, HeatMaps)
    ((_, want, got),) = picture.panels
    assert np.allclose(got, 3 * want)
    assert "gradInput[" in finding.message


def test_a_wrong_activation_is_pictured_as_curves() -> None:
    cells = changed("np.where(input > 0, 1, self.slope)", "np.where(input > 0, 1, 0)")
    finding = graded(*cells, probes=("leaky_relu",))["leaky_relu_gradient"]
    curves = [each for each in finding.pictures if isinstance(each, Curve)]
    assert [[name for name, _ in each.series] for each in curves] == [["expected derivative", "your derivative"]]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("float('nan') * input", "output["),
        ("input.astype(complex)", "instead of an array"),
        ("input[:, :1]", "has the shape"),
        ("'text'", "instead of an array"),
        ("type('Liar', (np.ndarray,), {'__eq__': lambda *_: True})((2, 2))", "instead of an array"),
    ],
)
def test_a_strange_output_is_a_clear_failure(value: str, said: str) -> None:
    finding = graded(*changed("np.logaddexp(0, input)", value), probes=("softplus",))["softplus_forward"]
    assert finding.verdict is Verdict.FAILED
    assert said in finding.message


def test_a_class_that_ends_the_process_costs_only_itself() -> None:
    cells = changed("np.logaddexp(0, input)", "__import__('os')._exit(0)")
    found = graded(*cells, probes=("modules", "softplus", "elu"))
    assert found["softplus_forward"].verdict is Verdict.FAILED
    assert found["elu_forward"].verdict is Verdict.PASSED
