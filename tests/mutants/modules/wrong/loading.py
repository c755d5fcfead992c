"""Bugs by which classes are missing altogether."""

from __future__ import annotations

from mutants.mutant import bug

MUTANTS = (
    bug(
        "class_misspelt",
        "vectorised",
        "the class is called Softmax",
        ("class SoftMax(Module):", "class Softmax(Module):"),
        fails="modules_load softmax_forward softmax_stable softmax_gradient softmax_trajectory",
        diagnosis="class_missing",
    ),
    bug(
        "class_with_a_syntax_error",
        "families",
        "a bracket is missing in a cell with two classes",
        ("    def test_output(self, input):\n        return input - self.old_mean\n", "    def test_output(self, input):\n        return (input - self.old_mean\n"),
        fails="modules_load dropout_training dropout_backward dropout_evaluation batch_mean_training batch_mean_evaluation batch_mean_gradient batch_mean_trajectory",
        diagnosis="class_missing",
    ),
    bug(
        "class_of_an_undefined_base",
        "experiments",
        "a class is derived from a name that there is not",
        ("class BatchMeanSubtraction(Module):", "class BatchMeanSubtraction(module):"),
        fails="modules_load batch_mean_training batch_mean_evaluation batch_mean_gradient batch_mean_trajectory",
        diagnosis="class_missing",
    ),
)
