"""Several planted bugs in one notebook: what is wrong in different places is found in one grading.

`TOGETHER` says which; what is handed in together in two folders of tests is graded once, where a store is shared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from grader.calibration.planted.cells import notebook
from grader.calibration.trial import Trial
from kit import ROOT
from kit.planted import files, must_fail

# bugs of one notebook that change other lines of it and fail other checks, by assignment and by what the notebook is made of
TOGETHER: Mapping[str, Mapping[str, Sequence[tuple[str, ...]]]] = {
    "byomlp": {
        "classification_functions.py": [
            ("torch_import_classification", "one_network_only_classification"),
            (
                "drawn_with_replacement_classification",
                "too_few_epochs_classification",
                "accuracy_of_each_epoch_classification",
            ),
            ("zero_grad_once_an_epoch_classification", "numbers_typed_in_classification"),
            (
                "trains_on_test_classification",
                "numbers_without_words_classification",
                "other_architecture_classification",
            ),
        ],
        "autoencoder_functions.py": [
            ("drawn_with_replacement_autoencoder", "diverges_autoencoder"),
            ("too_few_epochs_autoencoder", "zero_grad_once_an_epoch_autoencoder"),
        ],
        "autoencoder_flat.py": [
            ("other_architecture_autoencoder", "other_activations_autoencoder", "cells_out_of_order_autoencoder"),
            ("rate_never_halved_autoencoder", "other_batches_autoencoder", "numbers_typed_in_autoencoder"),
            ("same_order_autoencoder", "other_layer_name_autoencoder"),
        ],
    },
    "modules": {
        "main_in_order.py": [
            (
                "torch_main",
                "toy_without_rate_main",
                "no_mean_subtraction_main",
                "no_opinion_main",
                "no_split_main",
                "constant_rate_main",
            ),
            (
                "toy_of_one_cloud_main",
                "diverged_main",
                "plots_apart_main",
                "dropout_never_on_again_main",
                "final_model_learned_little_main",
                "claimed_accuracy_main",
            ),
            ("two_activations_main", "unlabelled_plot_main", "dropout_left_on_main"),
            ("no_dropout_main", "every_number_main"),
            ("losses_near_the_accuracy_main", "one_activation_missing_main"),
        ]
    },
}


def groups(assignment: str) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield what a notebook is made of, and the names of bugs that are handed in with it together."""
    for base, members in TOGETHER[assignment].items():
        for names in members:
            yield ROOT / "mutants" / assignment / "parts" / base, names


def joined(assignment: str, trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return the trials with those together that are handed in together; KeyError where one of these is not among them."""
    alone = {trial.name: trial for trial in trials}
    several = [together([alone.pop(name) for name in names], base) for base, names in groups(assignment)]
    return (*alone.values(), *several)


def together(trials: Sequence[Trial], base: Path) -> Trial:
    """Return one trial with the bugs of several, which change a few lines each of the notebook that is made of `base`.

    It fails what they fail. ValueError where two change the same lines, and where they differ in more than one notebook.
    """
    first = files(trials[0])
    differing = {name for trial in trials for name, content in files(trial).items() if content != first.get(name)}
    if len(differing) != 1 or len({(frozenset(files(trial)), trial.asked) for trial in trials}) != 1:
        raise ValueError(f"{[trial.name for trial in trials]} differ in {sorted(differing)}, not in one notebook alone")
    (name,) = differing
    must = frozenset().union(*map(must_fail, trials))
    whole = merged(_text(notebook(base.read_text(encoding="utf-8"))), [_text(files(trial)[name]) for trial in trials])
    return replace(
        trials[0],
        name=" and ".join(trial.name for trial in trials),
        source={**first, name: notebook(whole)},
        fails=must,
        may_fail=frozenset().union(*(trial.may_fail.union(trial.fails or ()) for trial in trials)) - must,
        numbers={key: max(trial.numbers.get(key, 0) for trial in trials) for key in trials[0].numbers},
    )


def merged(base: str, others: Sequence[str]) -> str:
    """Return `base` with all lines changed that one of the others changes; ValueError where two change the same ones."""
    lines, hunks = base.split("\n"), []
    for other in others:
        new = other.split("\n")
        found = SequenceMatcher(None, lines, new, autojunk=False).get_opcodes()
        hunks += [(start, end, new[i:j]) for kind, start, end, i, j in found if kind != "equal"]
    hunks.sort(key=lambda hunk: hunk[:2])
    for (_, end, _), (start, _, text) in pairwise(hunks):
        if start < end:
            raise ValueError(f"line {start + 1} is changed twice, the second time to {text}")
    for start, end, text in reversed(hunks):
        lines[start:end] = text
    return "\n".join(lines)


def _text(content: bytes) -> str:
    """Return a notebook as the text that it can be made of."""
    parts = []
    for cell in json.loads(content)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append("# %% [markdown]\n" + "\n".join(f"# {line}" for line in source.split("\n")))
        else:
            parts.append("# %%\n" + source)
    return "\n\n".join(parts) + "\n"
