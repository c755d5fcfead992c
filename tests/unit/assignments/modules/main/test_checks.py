"""What is said of a main notebook, by observations made by hand: what good work looks like, changed in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.assignments.modules import layers, main
from grader.assignments.modules.main.both_runs import RUNS
from grader.assignments.modules.main.doubts import TITLE
from grader.assignments.modules.main.measuring import clouds
from grader.assignments.modules.main.networks import final_candidates
from grader.assignments.modules.main.opinion_checks import opinions
from grader.assignments.modules.main.pictures import boundary
from grader.assignments.modules.main.probe import MEASURED, needs_own
from grader.assignments.modules.main.redaction import SAID
from grader.assignments.modules.main.run_checks import NOT_SHOWN
from grader.assignments.modules.main.validated import figures_in, networks_in, outputs_in
from grader.checks import run_checks
from grader.model import Evidence, Finding, Observation, Problem, ProblemKind, Quote, Scatter, Transcript, Verdict
from grader.notebooks import reading
from kit import ROOT

DIGITS, UNSEEN = 1000, 200
BY_RUN = {f"drawn_{size}": 0.9 for size in ("full", "quick", "reduced")} | {
    f"mnist_{size}": 0.9 for size in ("full", "quick", "reduced")
}
THRESHOLDS = {
    "toy_loss_falls": {"loss": 0.1},
    "toy_separates": {"accuracy": 0.97},
    "comparison_losses_fall": dict.fromkeys(BY_RUN, 1.0),
    "digit_accuracy": BY_RUN,
    "accuracy_true": {"tolerance": 0.01, "unrecognised": 0.04},
}
OPINION = (
    "ReLU and LeakyReLU are computed fastest, SoftPlus takes longest because of its exponential and its logarithm. With mean "
    "subtraction the loss falls faster in the beginning."
)


def layer(kind: str, inputs: int = 0, outputs: int = 0) -> dict[str, Any]:
    return {"kind": kind, "inputs": inputs, "outputs": outputs}


def network(index: int, *kinds: str, inputs: int = 784, outputs: int = 10, **changes: Any) -> dict[str, Any]:
    """Return a network as the watch tells of it; in the middle it has the kinds named."""
    layers = [layer("Linear", inputs, 20), *map(layer, kinds), layer("Linear", 20, outputs), layer("SoftMax")]
    about = {"index": index, "cell": 2, "inputs": inputs, "outputs": outputs, "layers": layers, "last": 10 * index}
    counts = {"backwards": 100, "trained_rows": 3000, "asked_rows": 0, "distinct": 900, "held_out": 0}
    modes = {"trained_on": 0, "trained_off": 0, "asked_on": 0, "asked_off": 0}
    series = {"losses": np.linspace(2.3, 0.1, 50), "asked_losses": np.zeros(0), "loss_block": 2}
    rates = {"steps": 99, "fitted": np.full(99, 0.1), "fitted_count": 99, "named": np.zeros(0)}
    slopes = {"slopes": np.zeros((0, 0, 2, 0), np.float32), "slopes_every": 1}
    rows = {
        **slopes,
        "trained_keys": np.arange(9),
        "held_out_keys": np.arange(2),
        "samples": np.zeros((1, 4), np.float32),
    }
    return {**about, **counts, "criterion": "ClassNLLCriterion", "modes": modes, **series, **rates, **rows, **changes}


def final(**changes: Any) -> dict[str, Any]:
    """Return a final model as it should be."""
    modes = {"trained_on": 3000, "trained_off": 0, "asked_on": 0, "asked_off": 300}
    good = {"asked_rows": 300, "held_out": 100, "modes": modes, "fitted": np.linspace(0.1, 0.02, 99)}
    return network(20, "ReLU", "Dropout", **{**good, **changes})


def compared() -> list[dict[str, Any]]:
    kinds = [(), ("ReLU",), ("ELU",), ("LeakyReLU",), ("SoftPlus",), ("BatchMeanSubtraction", "ReLU")]
    return [network(k, *each) for k, each in enumerate(kinds) if each]


def line(name: str, look: str) -> dict[str, Any]:
    return {"label": name, "look": look, "x": np.arange(9.0), "y": np.ones(9), "points": 9}


def figure(**changes: Any) -> dict[str, Any]:
    names = ["ReLU", "ELU", "LeakyReLU", "SoftPlus"]
    lines = [line(name, f"C{k} - None") for k, name in enumerate(names)]
    axes = {"title": "", "x_label": "step", "y_label": "loss", "x_scale": "linear", "y_scale": "log"}
    return {"cell": 1, "axes": [{**axes, "legend": names, "texts": [], "lines": lines, "images": 0, **changes}]}


def code(source: str, number: int, *outputs: str, **changes: Any) -> dict[str, Any]:
    texts = [{"kind": "text", "text": text, "png": None} for text in outputs]
    cell = {"kind": "code", "source": source, "number": number, "outputs": texts, "error": None, "seconds": 0.1}
    return {**cell, "run": True, "figures": 0, **changes}


def words(text: str) -> dict[str, Any]:
    return {**code(text, 0), "kind": "markdown", "run": False}


def good(**changes: Any) -> Observation:
    """Return what a very good notebook shows."""
    rng = np.random.default_rng(1)
    labels = rng.integers(10, size=UNSEEN)
    output = np.eye(10, dtype=np.float32)[np.where(np.arange(UNSEEN) < 190, labels, (labels + 1) % 10)]
    points, which = clouds(rng)
    toy = {"index": 9, "points": points, "which": which, "problem": None}
    toy["output"] = 1 / (1 + np.exp(-np.stack([points.sum(axis=1), -points.sum(axis=1)], axis=1)))
    shares = {"validation_right": 94, "validation_count": 100, "training_right": 880, "training_count": 900}
    digits = {"index": 20, "output": output, "problem": None, "right": 190, "shown": np.arange(190, 200), **shares}
    digits["shown_rows"] = np.zeros((10, 784), np.uint8)
    networks = [*compared(), network(9, inputs=2, outputs=2, losses=np.linspace(0.5, 0.01, 20)), final()]
    cells = [code("plot()", 1), code("train()", 2, "accuracy on held-out digits: 0.94"), words(OPINION)]
    seen = {
        "file": "HW3_main.ipynb",
        "note": "",
        "problem": "",
        "cut": "",
        "imports": [],
        "trusted": [],
        "wrong": [],
        "fault": "",
    }
    seen |= {"trusted": [], "wrong": []}
    seen |= {"size": "quick", "dataset": "drawn", "digits": DIGITS, "cells": cells, "networks": networks}
    seen |= {"figures": [figure()], "labels": labels.astype(np.uint8), "measured": {"toy": toy, "digits": digits}}
    return Observation("main", {**seen, **changes})


NOT_NEEDED = Observation("main_own", {"needed": False})


def judged(observed: Observation, own: Observation = NOT_NEEDED) -> dict[str, Finding]:
    runs = {"main": observed, "main_own": own}
    found = run_checks(main.CHECKS, Evidence(runs, 1, "process", 1.0), THRESHOLDS)
    return {finding.check: finding for finding in found}


def with_final(**changes: Any) -> Observation:
    networks = [each for each in good().data["networks"] if each["index"] != 20]
    return good(networks=[*networks, final(**changes)])


# --- checks


def test_good_work_passes_every_check_but_those_that_wait_for_a_person() -> None:
    found = judged(good())
    waiting = {check for check, finding in found.items() if finding.verdict is Verdict.PENDING}
    assert waiting == {"plot_looks", "opinion_written"}
    assert {finding.verdict for check, finding in found.items() if check not in waiting} == {Verdict.PASSED}


def test_a_notebook_that_is_not_there_passes_nothing_but_the_imports() -> None:
    found = judged(Observation("main", {"file": "", "imports": []}))
    assert {check for check, finding in found.items() if finding.verdict is Verdict.PASSED} == {"libraries_allowed"}
    assert not any(finding.verdict in (Verdict.PENDING, Verdict.UNDECIDED) for finding in found.values())


def test_the_plot_is_shown_to_staff_as_the_cell_that_drew_it() -> None:
    (shown,) = judged(good())["plot_looks"].for_staff
    assert isinstance(shown, Transcript)
    assert [cell.source for cell in shown.cells] == ["plot()"]


def test_the_boundary_of_the_toy_problem_is_drawn() -> None:
    (picture,) = judged(good())["toy_separates"].pictures
    assert isinstance(picture, Scatter)
    assert picture.line == pytest.approx((1.0, 1.0, 0.0), abs=1e-3)


def test_outputs_that_are_no_probabilities_have_no_boundary() -> None:
    assert boundary(np.zeros((20, 2)), np.full((20, 2), np.nan)) is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"x_label": " "}, "no x axis label"),
        ({"legend": []}, "no legend"),
        ({"legend": ["loss"]}, "4 lines and 1 different name"),
        ({"lines": [line(name, "blue - None") for name in "abcd"]}, "lines that look alike"),
        ({"lines": [line(name, name) for name in "abc"]}, "no plot has 4 lines or more"),
    ],
)
def test_a_plot_that_lacks_something_is_told_what(changes: dict[str, Any], part: str) -> None:
    finding = judged(good(figures=[figure(**changes)]))["plot_labelled"]
    assert finding.verdict is Verdict.FAILED
    assert part in finding.message


def test_names_beside_the_lines_are_as_good_as_a_legend() -> None:
    figures = [figure(legend=[], texts=["ReLU", "ELU", "LeakyReLU", "SoftPlus"])]
    assert judged(good(figures=figures))["plot_labelled"].verdict is Verdict.PASSED


def test_a_loss_that_is_no_number_is_named_as_such() -> None:
    networks = [{**each, "losses": np.array([2.3, 9.9, *48 * [np.nan]])} for each in compared()]
    finding = judged(good(networks=[*networks, final()]))["comparison_losses_fall"]
    assert (finding.verdict, finding.diagnosis) == (Verdict.FAILED, "diverged")
    assert "ELU no number" in finding.message


def test_losses_that_were_never_computed_are_not_called_diverged() -> None:
    networks = [{**each, "losses": np.full(50, np.nan)} for each in compared()]
    finding = judged(good(networks=[*networks, final()]))["comparison_losses_fall"]
    assert (finding.verdict, finding.diagnosis) == (Verdict.FAILED, "no_loss")


@pytest.mark.parametrize("left_out", ["ELU", "LeakyReLU", "SoftPlus", "BatchMeanSubtraction"])
def test_a_network_that_is_missing_costs_one_check(left_out: str) -> None:
    networks = [each for each in compared() if left_out not in [layer["kind"] for layer in each["layers"]][:2]]
    toy = next(each for each in good().data["networks"] if each["index"] == 9)
    without = [*networks, toy, final(layers=[layer("Linear", 784, 9), layer("Dropout")])]
    found = judged(good(networks=without))
    assert [name for name, finding in found.items() if finding.verdict is Verdict.FAILED] == ["networks_compared"]


def test_a_plot_of_the_losses_that_there_are_is_a_plot_of_all_of_them() -> None:
    two = [network(0, "ReLU"), network(1, "ELU"), final(trained_rows=10)]
    lines = [line("ReLU", "C0"), line("ELU", "C1")]
    found = judged(good(networks=two, figures=[figure(lines=lines, legend=["ReLU", "ELU"])]))
    assert [found[name].verdict for name in ("networks_compared", "plot_labelled")] == [Verdict.FAILED, Verdict.PASSED]


def test_how_plots_apart_look_is_for_a_person_to_say() -> None:
    figures = [{**figure(lines=[line(name, name)]), "cell": 2} for name in "abcd"]
    found = judged(good(figures=figures))
    assert [found[name].verdict for name in ("plot_labelled", "plot_looks")] == [Verdict.FAILED, Verdict.PENDING]


# --- which network is which


@pytest.mark.parametrize(
    "later",
    [
        {"trained_rows": 4, "losses": np.array([0.7])},
        {"losses": np.linspace(0.7, 9.0, 20)},
        {"losses": np.full(20, np.nan)},
        {"losses": np.zeros(0)},
    ],
    ids=["a gradient check", "a rate too large", "diverged", "no loss"],
)
def test_the_toy_model_is_the_one_that_was_trained_best(later: dict[str, Any]) -> None:
    networks = [*compared(), network(9, inputs=2, outputs=2, losses=np.linspace(0.5, 0.01, 20)), final()]
    networks.append(network(30, inputs=2, outputs=2, **later))
    assert judged(good(networks=networks))["toy_loss_falls"].verdict is Verdict.PASSED


def test_a_network_that_goes_through_one_pass_is_no_final_model() -> None:
    networks = [*good().data["networks"], {**final(last=999, trained_rows=4), "index": 40}]
    assert [each["index"] for each in final_candidates(networks, DIGITS)] == [20]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("data = np.load('mnist.npz')\ny = data['labels']", "KeyError"),
        ("y = data['labels']", "KeyError"),
    ],
)
def test_a_key_that_the_file_of_digits_does_not_have_is_told_with_those_that_it_has(source: str, name: str) -> None:
    error = {
        "name": name,
        "message": "'labels is not a file in the archive'",
        "line": 2,
        "where": "",
        "interrupted": False,
    }
    found = judged(good(cells=[code(source, 1, error=error)], keys=["X", "y", "Y"]))["main_runs"]
    assert found.hint == "mnist.npz holds X, y, Y: take these names."
    assert "labels is not a file in the archive" in found.message


@pytest.mark.parametrize(
    ("changes", "check", "diagnosis"),
    [
        ({"held_out": 0}, "validation_split", "no_split"),
        ({"asked_rows": 0}, "validation_split", "no_validation"),
        (
            {"modes": {"trained_on": 0, "trained_off": 9, "asked_on": 0, "asked_off": 9}},
            "dropout_off_when_evaluating",
            "dropout_off_when_training",
        ),
        (
            {"modes": {"trained_on": 9, "trained_off": 0, "asked_on": 9, "asked_off": 1}},
            "dropout_off_when_evaluating",
            "dropout_on_when_evaluating",
        ),
    ],
)
def test_how_the_final_model_was_trained_is_told(changes: dict[str, Any], check: str, diagnosis: str) -> None:
    finding = judged(with_final(**changes))[check]
    assert (finding.verdict, finding.diagnosis) == (Verdict.FAILED, diagnosis)


def test_a_model_for_which_there_was_no_time_is_told_of_the_time_first() -> None:
    measured = dict(good().data["measured"])
    measured["digits"] = {**measured["digits"], "output": np.eye(10, dtype=np.float32)[np.zeros(UNSEEN, int)]}
    cut = "code cell 7 was interrupted when the 60 s for a cell were over"
    late, early = (judged(good(measured=measured, cut=why))["digit_accuracy"] for why in (cut, ""))
    assert late.message.startswith(f"{cut}; ")
    assert late.hint.startswith("Make the notebook faster")
    assert early.message.startswith("784 -> 20 ReLU")


def test_a_rate_that_cannot_be_seen_waits_for_a_person() -> None:
    assert judged(with_final(fitted=np.zeros(0), fitted_count=0))["rate_decays"].verdict is Verdict.PENDING


def test_a_rate_is_taken_from_its_name_where_steps_do_not_say_it() -> None:
    found = judged(with_final(fitted=np.zeros(0), fitted_count=0, named=np.linspace(0.1, 0.01, 9)))["rate_decays"]
    assert (found.verdict, found.message) == (Verdict.PASSED, "from 0.1 to 0.01")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("validation accuracy 93.6 %", Verdict.PASSED),
        ("accuracy on held-out digits: 0.98", Verdict.FAILED),
        ("0.94", Verdict.PASSED),
        ("\n".join(f"{k / 1000}" for k in range(200, 1000)), Verdict.FAILED),
        ("\n".join(f"step {k}: loss {k / 1000}" for k in range(200, 1000)), Verdict.FAILED),
        ("loss 0.0012", Verdict.FAILED),
    ],
)
def test_the_accuracy_that_is_printed_must_be_the_one_on_held_out_digits(said: str, verdict: Verdict) -> None:
    cells = [code("train()", 2, said)]
    assert judged(good(cells=cells))["accuracy_true"].verdict is verdict


def test_the_accuracy_may_stand_above_a_plot() -> None:
    plot = {**figure(title="Learning curve, validation accuracy 0.94"), "cell": 3}
    found = judged(good(cells=[code("train()", 2, "done"), code("plot()", 3)], figures=[figure(), plot]))
    assert found["accuracy_true"].verdict is Verdict.PASSED


def test_what_ended_the_watch_is_told_to_staff_and_withholds_nothing() -> None:
    found = judged(good(fault="TypeError: x"))
    assert Verdict.UNDECIDED not in {finding.verdict for finding in found.values()}
    assert "TypeError: x" in read_by_staff({"main_runs": found["main_runs"]})
    assert "TypeError: x" not in told(found)


def test_printing_as_in_python_2_is_called_what_it_is() -> None:
    error = {"name": "SyntaxError", "message": "Missing parentheses in call to 'print'.", "line": 1, "where": ""}
    cells = [code("print 1", 1, error={**error, "interrupted": False})]
    assert "print is a function in Python 3" in judged(good(cells=cells))["main_runs"].hint


# --- networks that do not count


def doubting(**changes: Any) -> dict[str, Finding]:
    """Return what is said of a notebook whose final model and toy model do not count."""
    every = {each["index"]: each for each in good().data["networks"]}
    doubted = [every.pop(20), every.pop(9)]
    beliefs = [
        {"index": each["index"], "told": f"Seen of {each['index']}.", "doubt": "it never moved"} for each in doubted
    ]
    return judged(good(networks=list(every.values()), doubted=doubted, beliefs=beliefs, **changes))


def test_a_network_that_does_not_count_is_told_with_the_reason() -> None:
    found = doubting()
    why = "784 -> 20 ReLU -> Dropout -> 10 SoftMax does not count: it never moved"
    assert why in found["main_runs"].message
    assert "2 -> 20 -> 2 SoftMax does not count: it never moved" in found["toy_loss_falls"].message
    assert found["dropout_off_when_evaluating"].verdict is Verdict.FAILED


def test_staff_read_what_is_believed_of_each_network() -> None:
    (quote,) = [each for each in doubting()["main_runs"].for_staff if isinstance(each, Quote)]
    assert quote.title == TITLE
    assert (
        "784 -> 20 ReLU -> Dropout -> 10 SoftMax (code cell 2): Seen of 20. It does not count: it never moved."
        in quote.text
    )


def test_beside_a_solution_it_is_told_without_the_reason() -> None:
    text = told(doubting(trusted=["ELU"]))
    assert "a network does not count" in text
    assert "it never moved" not in text


def test_where_all_networks_that_were_trained_do_not_count_the_notebook_ran() -> None:
    whole = good()
    doubted = whole.data["networks"]
    beliefs = [{"index": each["index"], "told": "", "doubt": "it never moved"} for each in doubted]
    found = judged(good(networks=[], doubted=doubted, beliefs=beliefs))
    assert found["main_runs"].verdict is Verdict.PASSED
    assert found["digit_accuracy"].verdict is Verdict.BLOCKED


# --- a run beside right modules


def secret(*trusted: str) -> Observation:
    """Return what a notebook shows that puts a word wherever it can: into errors, axes, layers and what it prints."""
    error = {"name": "ValueError", "message": "SECRET", "line": 2, "where": "SECRET line 1", "interrupted": False}
    cells = [
        code("plot()", 1),
        code("raise", 3, error=error),
        code("raise", 4, error={**error, "name": "SECRET"}),
        code("print()", 5, "SECRET accuracy 0.94"),
    ]
    figures = [figure(x_label="SECRET", legend=["SECRET", "a", "b", "SECRET too"])]
    layers = [layer("Linear", 784, 20), layer("SECRET"), layer("Dropout")]
    networks = [*compared(), network(9, inputs=2, outputs=2, losses=np.linspace(0.5, 0.01, 20)), final(layers=layers)]
    return good(cells=cells, figures=figures, networks=networks, trusted=list(trusted))


def told(found: dict[str, Finding]) -> str:
    """Return all words that students read."""
    return " ".join(f"{finding.message} {finding.hint}" for finding in found.values())


def read_by_staff(found: dict[str, Finding]) -> str:
    return " ".join(str(each) for finding in found.values() for each in finding.for_staff)


def test_beside_a_solution_a_notebook_chooses_no_words_of_the_report() -> None:
    found = judged(secret("ELU"))
    assert "SECRET" not in told(found)
    assert "code cell 3, line 2: ValueError; code cell 4, line 2: an error" in found["main_runs"].message
    assert found["plot_labelled"].verdict is Verdict.PASSED


def test_staff_read_what_is_not_told() -> None:
    found = read_by_staff(judged(secret("ELU")))
    assert found.count("SECRET") >= 5
    assert "784 -> 20 -> SECRET -> Dropout" in found


def test_where_no_class_is_wrong_all_is_told() -> None:
    assert told(judged(secret())).count("SECRET") >= 3


def numbers(*trusted: str) -> str:
    """Return all words about a notebook whose own numbers are odd ones."""
    odd = [{**each, "losses": np.full(9, 0.4321)} for each in good().data["networks"]]
    return told(judged(good(networks=odd, trusted=list(trusted), fault="")))


def test_beside_a_solution_numbers_that_the_notebook_chose_are_not_told() -> None:
    assert "0.432" in numbers()
    assert "0.432" not in numbers("ELU")


def test_beside_a_solution_no_pictures_are_shown() -> None:
    assert sum(len(finding.pictures) for finding in judged(good()).values()) >= 3
    assert sum(len(finding.pictures) for finding in judged(good(trusted=["ELU"])).values()) == 0


def test_a_run_beside_a_solution_becomes_no_file_of_its_own() -> None:
    whole = [each for finding in judged(good(trusted=["ELU"])).values() for each in finding.for_staff]
    assert any(isinstance(each, Transcript) for each in whole)
    assert [each.file for each in whole if isinstance(each, Transcript) and each.file] == []


def test_it_is_said_why_nothing_is_shown() -> None:
    message = judged(good(trusted=["ELU", "SoftPlus"]))["main_runs"].message
    assert "correct classes stood in for those of yours that are not right yet: ELU, SoftPlus" in message
    assert NOT_SHOWN in message
    assert NOT_SHOWN not in judged(good())["main_runs"].message


def test_how_a_process_ended_beside_a_solution_is_told_without_its_words() -> None:
    ended = Problem(ProblemKind.DIED, "SECRET")
    observed = replace(good(trusted=["ELU"], cut="the run ended in code cell 7: SECRET"), problem=ended)
    message = judged(observed)["main_runs"].message
    assert "the run ended in code cell 7" in message
    assert "SECRET" not in message


def test_every_check_of_both_runs_has_words_of_its_own() -> None:
    both = {check.name for check in main.CHECKS if check.reads == RUNS}
    assert both == {*SAID, "main_runs"}


@pytest.mark.parametrize(("right", "verdict"), [([], Verdict.BLOCKED), (["SoftMax"], Verdict.PASSED)])
def test_a_given_loop_on_classes_none_of_which_is_right_earns_nothing(right: list[str], verdict: Verdict) -> None:
    wrong = [name for name in ("Sequential", "Linear", "SoftMax", "ClassNLLCriterion", "ELU") if name not in right]
    found = judged(good(trusted=wrong, wrong=wrong))
    assert [found[name].verdict for name in ("toy_loss_falls", "toy_separates")] == [verdict, verdict]


def broken(**changes: Any) -> Observation:
    """Return what a notebook shows that fails beside right classes before it trains more than the toy model."""
    error = {"name": "ValueError", "message": "", "line": 2, "where": "", "interrupted": False}
    networks = [each for each in good().data["networks"] if each["index"] == 9]
    return good(
        cells=[code("train()", 2, error=error), words(OPINION)], networks=networks, trusted=["Linear"], **changes
    )


def on_own(wrong: list[str], **changes: Any) -> Observation:
    return Observation("main_own", {**good(wrong=wrong, **changes).data, "needed": True})


def test_where_right_classes_do_not_fit_the_run_on_the_own_ones_counts() -> None:
    found = judged(broken(wrong=["Linear"]), on_own(["Linear"]))
    assert {finding.verdict for finding in found.values()} == {Verdict.PASSED, Verdict.PENDING}
    assert found["networks_compared"].message.endswith("(in the run on your own classes)")
    assert (
        "not all works beside correct classes in the place of wrong ones, so it ran on yours, too"
        in found["main_runs"].message
    )


def test_what_is_better_beside_right_classes_is_judged_there() -> None:
    found = judged(broken(wrong=["ELU"]), on_own(["ELU"], networks=[network(0, "ReLU")]))
    assert found["toy_separates"].verdict is Verdict.PASSED
    assert "own classes" not in found["toy_separates"].message
    assert "own classes" in found["networks_compared"].message


@pytest.mark.parametrize("wrong", ["Sequential", "SoftMax", "ClassNLLCriterion"])
def test_what_a_wrong_criterion_calls_a_loss_is_none(wrong: str) -> None:
    found = judged(broken(wrong=[wrong]), on_own([wrong]))
    assert found["comparison_losses_fall"].verdict is Verdict.BLOCKED
    assert found["digit_accuracy"].verdict is Verdict.PASSED


def test_a_given_loop_on_own_classes_earns_nothing_either() -> None:
    wrong = ["Sequential", "Linear", "SoftMax", "ClassNLLCriterion"]
    found = judged(broken(wrong=wrong), on_own(wrong))
    assert [found[name].verdict for name in ("toy_loss_falls", "toy_separates")] == [Verdict.BLOCKED] * 2


@pytest.mark.parametrize(
    ("trusted", "errors", "needed"),
    [
        (["Linear"], [("ValueError", False)], True),
        ([], [("ValueError", False)], False),
        (["Linear"], [], False),
        (["Linear"], [("KeyboardInterrupt", True)], False),
        (["Linear"], [("NotImplementedError", False)], False),
    ],
    ids=["a failed cell", "on own classes already", "no failed cell", "a cell out of time", "a cell not written"],
)
def test_the_own_classes_are_tried_where_a_cell_failed_that_need_not(
    trusted: list[str], errors: list[tuple[str, bool]], needed: bool
) -> None:
    cells = [{"error": {"name": name, "interrupted": interrupted}} for name, interrupted in errors]
    seen = {"trusted": trusted, "cells": [{"error": None}, *cells], "networks": good().data["networks"]}
    assert needs_own(seen) is needed


@pytest.mark.parametrize(
    ("networks", "needed"),
    [
        ([network(0, inputs=2, outputs=2, losses=np.full(20, 0.7))], True),
        ([network(0, "ReLU", losses=np.linspace(2.3, 9, 20))], True),
        ([network(0, "ReLU", losses=np.full(20, 2.3), backwards=0)], True),
        ([network(0, "ReLU"), network(1, "ELU", losses=np.full(2, 2.3), trained_rows=64)], False),
        ([network(0, "ReLU", losses=np.zeros(0))], False),
    ],
    ids=["a toy that stays", "a loss that rises", "nothing trained", "a gradient that is looked at", "no losses"],
)
def test_the_own_classes_are_tried_where_a_training_comes_to_nothing(
    networks: list[dict[str, Any]], needed: bool
) -> None:
    assert needs_own({"trusted": ["Linear"], "cells": [], "networks": networks}) is needed


# --- libraries


@pytest.mark.parametrize(
    ("imported", "verdict", "part"),
    [
        ("torch (code cell 2 of HW3_main.ipynb)", Verdict.FAILED, "imported, but not allowed: torch"),
        ("helper (code cell 2 of HW3_main.ipynb)", Verdict.PASSED, "not handed in: helper.py (code cell 2"),
    ],
)
def test_a_file_that_was_not_handed_in_is_no_library(imported: str, verdict: Verdict, part: str) -> None:
    found = judged(good(imports=[imported]))["libraries_allowed"]
    assert found.verdict is verdict
    assert part in found.message


# --- opinions


@pytest.mark.parametrize(
    "text",
    [
        "Compare the activation functions: which is faster, which converges better, and does mean subtraction help? Write some "
        "sentences below, think about the time too.",
        "ReLU is best.",
        "The digits were read from the file, and then the network was trained on them with batches of a good size for some time.",
    ],
)
def test_a_task_a_word_and_another_topic_are_no_opinion(text: str) -> None:
    assert opinions([words(text)]) == []


def test_an_opinion_is_found_in_a_comment_too() -> None:
    assert opinions([code(f"# {OPINION}", 4)]) == [("code cell 4", OPINION)]


# --- what is believed


def test_a_network_is_believed_when_it_has_its_form() -> None:
    assert len(networks_in({"networks": [network(0)], "fault": ""})[0]) == 1


@pytest.mark.parametrize(
    "changes",
    [{"index": -1}, {"losses": np.zeros((2, 2))}, {"layers": [layer("x" * 300)]}, {"modes": {}}, {"more": 1}],
)
def test_a_network_of_another_form_is_left_out(changes: dict[str, Any]) -> None:
    assert networks_in({"networks": [{**network(0), **changes}], "fault": ""}) == ([], "")


@pytest.mark.parametrize("value", [None, {}, {"networks": 3}, [1]])
def test_what_is_no_answer_about_networks_or_figures_is_none(value: Any) -> None:
    assert (networks_in(value), figures_in(value)) == (([], ""), [])


def test_figures_and_outputs_are_believed_when_they_have_their_form() -> None:
    told = {"axes": figure()["axes"]}
    assert figures_in([told, {"axes": 3}]) == [told]
    outputs = np.zeros((3, 10), np.float32)
    assert outputs_in({"outputs": outputs}, 3) is outputs
    assert outputs_in({"outputs": outputs}, 4) is None
    assert outputs_in({"outputs": "no"}, 3) is None


def test_what_only_measuring_needs_is_a_part_of_a_network() -> None:
    assert set(MEASURED) < network(0).keys()


def test_the_notebook_is_run_when_every_class_has_been_judged() -> None:
    probe, own = main.PROBES
    assert own.after == ("modules", "main")
    assert probe.after == tuple(each.name for each in layers.PROBES)
    assert probe.verdicts == layers.SPOILING


@pytest.mark.parametrize(("folder", "has"), [("student_template", False), ("reference", True)])
def test_the_template_holds_no_opinion_and_the_reference_does(folder: str, has: bool) -> None:
    read = reading.read((ROOT / folder / "modules" / "HW3_main.ipynb").read_bytes())
    cells = [{"kind": cell.kind, "source": cell.source, "number": 0} for cell in read.cells]
    assert bool(opinions(cells)) == has
