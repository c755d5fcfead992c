"""Assignment byomlp: build your own multilayer perceptron."""

from __future__ import annotations

from pathlib import Path

from grader.assignments.assignment import Assignment
from grader.assignments.byomlp.accumulation_checks import gradients_accumulate, zero_grad_clears
from grader.assignments.byomlp.autoencoder_checks import (
    autoencoder_activations,
    autoencoder_layers,
    latent_codes,
    mini_batches,
    rate_halved,
    reconstruction_beats_pca,
    reconstructions_shown,
)
from grader.assignments.byomlp.autoencoder_probe import autoencoder, autoencoder_own, had_bad_luck
from grader.assignments.byomlp.backward_checks import gradients_match
from grader.assignments.byomlp.backward_probes import backward
from grader.assignments.byomlp.classification_checks import (
    each_image_once,
    hundred_epochs,
    large_accuracy,
    large_architecture,
    small_accuracy,
    small_architecture,
)
from grader.assignments.byomlp.classification_probe import classification, classification_own
from grader.assignments.byomlp.disc_checks import disc_separates
from grader.assignments.byomlp.disc_probe import disc
from grader.assignments.byomlp.forward_checks import forward_values, output_shapes
from grader.assignments.byomlp.forward_probes import forward, layers, module
from grader.assignments.byomlp.layers_checks import initialisation, layer_shapes
from grader.assignments.byomlp.loading_checks import mlp_loads
from grader.assignments.byomlp.notebook_checks import autoencoder_runs, classification_runs, imports_allowed
from grader.assignments.byomlp.parts_checks import start_and_end
from grader.assignments.byomlp.reporting_checks import accuracies_reported, comparison_written
from grader.assignments.byomlp.step_checks import step_descends
from grader.assignments.byomlp.trajectory_checks import trajectory_matches
from grader.assignments.byomlp.trajectory_probe import trajectory
from grader.assignments.byomlp.updates_probes import updates
from grader.sandbox import Inside, Probe

_HERE = Path(__file__).parent
# the number of a size that limits the run of a notebook
_SECONDS = "notebook_seconds"
_PROVIDED = ("digits.py", "layers.py", "losses.py")
_GRADER = _HERE.parent.parent
# what watches the networks of notebooks inside; the engine is not in what students install
_WATCH = ("functions.py", "replay/*.py", "assignments/byomlp/inside/*.py")

ASSIGNMENT = Assignment(
    id="byomlp",
    title="Build Your Own Multilayer Perceptron",
    required=("mlp.py",),
    provided={name: (_HERE / "provided" / name).read_bytes() for name in _PROVIDED},
    inside=Inside(
        modules={"aids.py": (_HERE / "aids.py").read_bytes()},
        preload=("layers", "losses"),
        unhurried=("digits",),
        tapped=("layers.logistic", "layers.leaky_relu", "layers.softmax", "layers.relu", "aids.identity"),
        ours={
            f"grader/{path.relative_to(_GRADER).as_posix()}": path.read_bytes()
            for pattern in _WATCH
            for path in sorted(_GRADER.glob(pattern))
        },
        notebook_plugins=("grader.assignments.byomlp.inside.watch",),
        kernel=True,
    ),
    probes=(
        Probe("module", "loading mlp.py", module),
        Probe("layers", "building networks", layers),
        Probe("forward", "the forward pass", forward),
        Probe("backward", "gradients", backward),
        Probe("updates", "accumulating, clearing and stepping", updates),
        Probe("trajectory", "following many training steps", trajectory),
        Probe("disc", "training on the disc", disc, lane=1, seconds=120.0),
        Probe(
            "classification",
            "running Classification.ipynb",
            classification,
            seconds=_SECONDS,
            digits=True,
            kernel=True,
            lane=2,
        ),
        Probe(
            "classification_own",
            "running it on the own class",
            classification_own,
            seconds=_SECONDS,
            digits=True,
            kernel=True,
            lane=2,
        ),
        Probe(
            "autoencoder",
            "running Autoencoder.ipynb",
            autoencoder,
            seconds=_SECONDS,
            digits=True,
            kernel=True,
            lane=3,
            again=had_bad_luck,
            tries=5,
        ),
        Probe(
            "autoencoder_own",
            "running it on the own class",
            autoencoder_own,
            seconds=_SECONDS,
            digits=True,
            kernel=True,
            lane=3,
        ),
    ),
    checks=(
        mlp_loads,
        layer_shapes,
        initialisation,
        output_shapes,
        forward_values,
        start_and_end,
        gradients_match,
        gradients_accumulate,
        zero_grad_clears,
        step_descends,
        trajectory_matches,
        disc_separates,
        classification_runs,
        imports_allowed,
        small_architecture,
        large_architecture,
        each_image_once,
        hundred_epochs,
        small_accuracy,
        large_accuracy,
        accuracies_reported,
        comparison_written,
        autoencoder_runs,
        autoencoder_layers,
        autoencoder_activations,
        mini_batches,
        rate_halved,
        reconstruction_beats_pca,
        latent_codes,
        reconstructions_shown,
    ),
    size_numbers=(
        "classification_train",
        "classification_test",
        "autoencoder_train",
        "autoencoder_test",
        "cell_seconds",
        _SECONDS,
    ),
)
