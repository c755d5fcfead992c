"""Judging the disc: does a network that the student's code has trained separate the classes?"""

from __future__ import annotations

import numpy as np

from grader.assignments.byomlp.backward.accumulation_checks import gradients_accumulate, zero_grad_clears
from grader.assignments.byomlp.backward.checks import gradients_match
from grader.assignments.byomlp.backward.step_checks import step_descends
from grader.assignments.byomlp.forward.checks import forward_values, output_shapes
from grader.assignments.byomlp.forward.initialisation_checks import initialisation, layer_shapes
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.network.stumbles import HINT, is_unwritten
from grader.assignments.byomlp.training.disc_probe import DISC, TrialRecord
from grader.assignments.byomlp.training.trajectory_checks import trajectory_matches
from grader.checks import blocked, check, failed, passed
from grader.functions import ACTIVATIONS
from grader.model import Array, Curve, Finding, Observation, Picture, Scatter
from grader.numerics import Line, at_least, best_line
from grader.plain import problem_in

# what is wrong there costs its points there, so long as the network can be trained at all
_PAID = (
    layer_shapes,
    initialisation,
    forward_values,
    gradients_match,
    gradients_accumulate,
    zero_grad_clears,
    step_descends,
    trajectory_matches,
)


@check(reads=["disc"], after=[mlp_loads], excused_by=_PAID, thresholds=["accuracy", "separability"])
def disc_separates(observed: Observation, *, accuracy: float, separability: float) -> Finding:
    """Training separates the disc from its surroundings"""
    hint = "Run DiscTest.ipynb: the loss has to fall, and the two classes have to lie apart in the picture of the layer2 outputs."
    trials = [trial for trial in observed.data.get("trials", []) if trial["accuracies"] and not problem_in(trial)]
    if not trials:
        return _untrained(observed, hint)
    best = max(trials, key=lambda trial: trial["accuracies"][-1])
    reached = best["accuracies"][-1]
    if all(_stands_still(trial) for trial in trials):
        return blocked("training leaves the outputs of the network as they were", hint=hint)
    hidden = hidden_outputs(best)
    line = best_line(hidden, observed.data["classes"]) if hidden is not None else None
    pictures = _pictures(best, hidden, observed.data["classes"], line)
    if reached < accuracy:
        message = (
            f"after training, {_percent(reached)} of fresh points are classified right, expected at least {_percent(accuracy)} "
            f"(best of {len(trials)} initialisations)"
        )
        return failed(message, hint=hint, pictures=pictures, margin=at_least(accuracy, reached))
    if line is None:
        return blocked("the outputs of layer2 could not be read, neither with end nor otherwise", hint=hint)
    if line.right < separability:
        message = f"the best line through the layer2 outputs separates {_percent(line.right)}, expected {_percent(separability)}"
        return failed(message, hint=hint, pictures=pictures, margin=at_least(separability, line.right))
    message = (
        f"{_percent(reached)} of fresh points right; a line separates {_percent(line.right)} of their layer2 outputs"
    )
    nearest = max(at_least(accuracy, reached), at_least(separability, line.right))
    return passed(message, pictures=pictures, margin=nearest)


def _untrained(observed: Observation, hint: str) -> Finding:
    trials = observed.data.get("trials", [])
    problem = next((p for trial in trials if (p := problem_in(trial))), None) or observed.problem
    if problem is None:
        return blocked("the network could not be trained: forward does not return one number for one output", hint=hint)
    # what forward returns is judged there
    by = [output_shapes] if problem.message.startswith("forward() returned") else []
    if problem.where.endswith("in backward"):
        by.append(gradients_match)
    said = f"the network could not be trained: {problem}"
    return blocked(said, hint="" if is_unwritten(problem) else HINT, explained_by=by)


def _stands_still(trial: TrialRecord) -> bool:
    """Tell whether the loss was the same after every epoch: then nothing was learned, and nothing forgotten."""
    losses = np.asarray(trial["losses"], dtype=np.float64)
    return bool(len(losses) > 1 and np.all(losses == losses[0]))


def hidden_outputs(trial: TrialRecord) -> Array | None:
    """Return the outputs of layer2 (N, 2) for the fresh points: by name, or as seen by its activation where end is broken."""
    hidden = trial.get("hidden", {})
    seen = hidden.get("pre_activation")
    if isinstance(seen, np.ndarray) and seen.ndim == 2 and seen.shape[1] == 2 and np.all(np.isfinite(seen)):
        return np.asarray(ACTIVATIONS[DISC.layers[1].activation][0](seen))
    named = hidden.get("named")
    if isinstance(named, np.ndarray) and named.ndim == 2 and named.shape[1] == 2 and np.all(np.isfinite(named)):
        return named
    return None


def _pictures(trial: TrialRecord, hidden: Array | None, classes: Array, line: Line | None) -> list[Picture]:
    losses = np.asarray(trial["losses"], dtype=np.float64)
    pictures: list[Picture] = []
    if hidden is not None and line is not None:
        pictures.append(
            Scatter(
                "Outputs of layer2 for 1000 fresh points",
                hidden,
                classes.astype(np.int64),
                ("outside", "inside the disc"),
                "first neuron",
                "second neuron",
                (line.a, line.b, line.c) if line.a or line.b else None,
            )
        )
    epochs = np.arange(1, losses.size + 1, dtype=np.float64)
    pictures.append(Curve("Loss on fresh points", "epoch", "mean logistic loss", epochs, (("loss", losses),)))
    return pictures


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
