"""What is right of BatchMeanSubtraction, and known mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.assignments.modules.layers.batch_mean_probe import TRAINED, Story
from grader.assignments.modules.layers.closed_forms import without_mean
from grader.kits.layer_contract import TOLERANCE, LayerCase
from grader.kits.mistakes import Mistake
from grader.model import Array

# (old mean, mean of the batch, alpha) -> the mean that is subtracted and kept; None before the first batch
Rule = Callable[[Array | None, Array, float], Array]


def alpha_of(about_it: Story | LayerCase) -> float:
    """Return the alpha that a story or a case was given, 0 where it was given none."""
    return about_it["given"][0] if about_it["given"] else 0.0


def _right(first: str) -> Rule:
    """Return the rule, with the old mean before the first batch taken as 0 or as the mean of that batch."""

    def rule(old: Array | None, mean: Array, alpha: float) -> Array:
        if old is None:
            old = np.zeros_like(mean) if first == "zero" else mean
        return np.asarray(old * alpha + mean * (1 - alpha))

    return rule


def _swapped(rule: Rule) -> Rule:
    return lambda old, mean, alpha: rule(old, mean, 1 - alpha)


RULES = (_right("zero"), _right("mean"))
_SWAPPED = "alpha belongs to the old mean, 1 - alpha to the mean of the batch: here it is the other way round."


def _mistake(name: str, hint: str, rule: Rule) -> Mistake[Story]:
    """Return the mistake of subtracting the means (batches, d) that a rule gives."""
    return Mistake(name, hint, lambda story: np.stack(means_by(rule, story)))


# what every right result says, whatever the first batch did
FORWARD_MISTAKES = (
    *(_mistake("alpha_swapped", _SWAPPED, _swapped(rule)) for rule in RULES),
    _mistake(
        "moving_mean_unused",
        "Only the mean of the batch is subtracted: in training the old mean counts as well, with the factor alpha.",
        lambda old, mean, alpha: mean,
    ),
    _mistake(
        "moving_mean_not_updated",
        "The old mean never changes: keep the new one for the next batch.",
        lambda old, mean, alpha: mean * (1 - alpha),
    ),
    _mistake("nothing_subtracted", "Nothing is subtracted.", lambda old, mean, alpha: np.zeros_like(mean)),
    _mistake(
        "all_features_one_mean",
        "One mean is subtracted from all features: every feature has its own (axis=0).",
        lambda old, mean, alpha: np.full_like(mean, mean.mean()) * (1 - alpha) + (0 if old is None else old * alpha),
    ),
)


def means_by(rule: Rule, story: Story) -> list[Array]:
    """Return the mean (d,) that is subtracted from every batch of a story under a rule."""
    old: Array | None = None
    means = []
    for step in story["steps"]:
        if step["training"]:
            old = rule(old, step["input"].mean(axis=0), alpha_of(story))
        means.append(np.zeros(step["input"].shape[1]) if old is None else old)
    return means


def own_alpha(story: Story) -> float | None:
    """Return the alpha by which a class that subtracts a moving mean goes on from one batch to the next, or None."""
    steps = story["steps"][:TRAINED]
    if any(step["forward"]["value"] is None or step["forward"]["value"].shape != step["input"].shape for step in steps):
        return None
    subtracted = [(step["input"] - step["forward"]["value"]).mean(axis=0) for step in steps]
    means = [step["input"].mean(axis=0) for step in steps]
    # subtracted - mean = alpha * (subtracted before - mean), from the second batch on
    old = np.concatenate([before - mean for before, mean in zip(subtracted, means[1:], strict=False)])
    new = np.concatenate([now - mean for now, mean in zip(subtracted[1:], means[1:], strict=True)])
    alpha = float(np.vdot(old, new) / max(float(np.vdot(old, old)), 1e-300))
    return alpha if TOLERANCE.agrees(new, alpha * old, TOLERANCE.differences) else None


def follows(rule: Rule, story: Story, steps: Sequence[int]) -> bool:
    """Tell whether the outputs of these steps of a story are what a rule gives."""
    return subtracts(story, means_by(rule, story), steps)


def subtracts(story: Story, means: Sequence[Array] | Array, steps: Sequence[int]) -> bool:
    """Tell whether the outputs of these steps of a story are their inputs without the means (batches, d)."""
    bound = TOLERANCE.bound(single=story["single"])
    chosen = [(story["steps"][index], means[index]) for index in steps]
    return all(TOLERANCE.agrees(step["forward"]["value"], step["input"] - mean, bound) for step, mean in chosen)


def gradient_of(case: LayerCase) -> Array:
    """Return the right gradient."""
    return without_mean(case["grad"], alpha_of(case))


GRADIENT_MISTAKES: tuple[Mistake[LayerCase], ...] = (
    Mistake(
        "mean_gradient_identity",
        "gradOutput is returned unchanged: the mean of the batch depends on every input as well.",
        lambda c: c["grad"],
    ),
    Mistake(
        "mean_gradient_alpha_left_out",
        "alpha is left out: the mean of the batch was subtracted with the factor 1 - alpha.",
        lambda c: without_mean(c["grad"], 0.0),
    ),
    Mistake(
        "mean_gradient_alpha_swapped",
        "The factor in the gradient is alpha: the mean of the batch was subtracted with the factor 1 - alpha.",
        lambda c: without_mean(c["grad"], 1 - alpha_of(c)),
    ),
    Mistake(
        "mean_gradient_scaled",
        "Every entry of gradOutput is scaled by itself: the mean of the batch depends on every input of the feature.",
        lambda c: alpha_of(c) * c["grad"],
    ),
    Mistake(
        "mean_gradient_sum",
        "The sum over the batch is subtracted: every input counts 1 / batch size in the mean.",
        lambda c: c["grad"] - (1 - alpha_of(c)) * c["grad"].sum(axis=0),
    ),
    Mistake(
        "mean_gradient_not_over_batch",
        "One mean is subtracted for all features: every feature has its own (axis=0).",
        lambda c: c["grad"] - (1 - alpha_of(c)) * c["grad"].mean(),
    ),
    Mistake(
        "mean_gradient_diagonal",
        "Only the input's own part in the mean is counted: the other rows' outputs depend on it as well.",
        lambda c: c["grad"] * (1 - (1 - alpha_of(c)) / len(c["grad"])),
    ),
    Mistake(
        "mean_gradient_sign",
        "The sign of the mean is wrong.",
        lambda c: c["grad"] + (1 - alpha_of(c)) * c["grad"].mean(axis=0),
    ),
)
