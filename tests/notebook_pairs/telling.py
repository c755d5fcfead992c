"""Pairs whose notebooks tell what is not so, do not tell, or hardly run at all."""

from __future__ import annotations

import json

from notebook_pairs.pair import AUTOENCODER, BOTH, Notebook, Pair, Points, printed
from notebook_pairs.training import of

OF_CLASSIFICATION = of(
    "classification_runs small_architecture large_architecture each_image_once hundred_epochs small_accuracy "
    "large_accuracy accuracies_reported comparison_written"
)
OF_AUTOENCODER = of(
    "autoencoder_runs autoencoder_layers autoencoder_activations mini_batches rate_halved reconstruction_beats_pca "
    "latent_codes reconstructions_shown"
)

TELLING = (
    Pair(
        "numbers_typed_in",
        "accuracies are typed in, not computed; no picture of what the autoencoder gives back",
        Notebook(
            "classification_functions",
            (
                (
                    'print("Model 1: train accuracy", train1, "test accuracy", test1)',
                    'print("Model 1: train accuracy 0.9948, test accuracy 0.9921")',
                ),
                (
                    'print("Model 2: train accuracy", train2, "test accuracy", test2)',
                    'print("Model 2: train accuracy 0.9986, test accuracy 0.9963")',
                ),
            ),
        ),
        Notebook("autoencoder_flat", (("plot_digits_dimreduced_examples(X, Y, net)", "print('it works very well')"),)),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("accuracies_reported reconstructions_shown"),
        few=BOTH,
    ),
    Pair(
        "outputs_of_another_run",
        "stored outputs claim 99 %, but what is handed in trains for one epoch, or loads weights that are not there",
        Notebook(
            "classification_functions",
            (("epochs=100", "epochs=1"),),
            saved={
                6: (
                    printed(
                        "Model 1: train accuracy 0.9931 test accuracy 0.9902\n"
                        "Model 2: train accuracy 0.999 test accuracy 0.9924\n"
                    ),
                )
            },
        ),
        Notebook(
            "autoencoder_flat",
            (("alpha = 0.0001\nfor epoch", "alpha = 0.0001\nweights = np.load('trained_weights.npy')\nfor epoch"),),
            saved={2: (printed("0 1000 31.2\n0 2000 25.0\n"),)},
        ),
        {"classification": Points(4, 2), "autoencoder": Points(3)},
        of(
            "hundred_epochs small_accuracy large_accuracy mini_batches rate_halved reconstruction_beats_pca "
            "latent_codes reconstructions_shown"
        ),
    ),
    Pair(
        "cells_out_of_order",
        "functions are defined below where they are called first; the picture is drawn before the training",
        Notebook("classification_functions", order=(0, 1, 2, 4, 5, 3, 6, 7, 8, 9, 10, 11)),
        Notebook("autoencoder_flat", order=(0, 1, 3, 2)),
        {"classification": Points(4.5, 2), "autoencoder": Points(5)},
        of("each_image_once hundred_epochs small_accuracy reconstructions_shown"),
        few=AUTOENCODER,
    ),
)

HARDLY = (
    Pair(
        "nothing_in_it",
        "a notebook without cells, and a file that is no notebook",
        Notebook(raw=json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()),
        Notebook(raw=b'{"cells": [{"cell_type": "code", "source": ["import numpy'),
        {"classification": Points(0), "autoencoder": Points(0)},
        OF_CLASSIFICATION | OF_AUTOENCODER,
    ),
    Pair(
        "one_not_handed_in",
        "the name of the network is misspelt in the first cell that needs it; there is no Autoencoder.ipynb",
        Notebook("classification_flat", (("from mlp import MLP\n", "from mlp import MPL\n"),)),
        None,
        {"classification": Points(0), "autoencoder": Points(0)},
        OF_CLASSIFICATION | OF_AUTOENCODER,
    ),
    Pair(
        "another_library",
        "the networks are those of a library, which is not there",
        Notebook(
            "classification_functions",
            (
                ("from mlp import *\n", "from sklearn.neural_network import MLPClassifier\n"),
                (
                    "model1 = MLP(784, softmax_est_crossentropy_deriv)\n"
                    'model1.add_layer(20, leaky_relu, leaky_relu_deriv, name="hidden")\n'
                    'model1.add_layer(10, softmax, None, name="out")\naccs1 = train(model1, X_train, y_train)\n',
                    "model1 = MLPClassifier((20,), max_iter=100).fit(X_train, y_train)\n",
                ),
                (
                    "model2 = MLP(784, softmax_est_crossentropy_deriv)\nmodel2.add_layer(40, relu, relu_deriv)\n"
                    "model2.add_layer(20, leaky_relu, leaky_relu_deriv)\nmodel2.add_layer(10, softmax, None)\n"
                    "accs2 = train(model2, X_train, y_train)\n",
                    "model2 = MLPClassifier((40, 20), max_iter=100).fit(X_train, y_train)\n",
                ),
            ),
        ),
        Notebook("autoencoder_functions", (("from mlp import *\n", "import torch.nn as nn\n"),)),
        {"classification": Points(0), "autoencoder": Points(0)},
        OF_CLASSIFICATION | OF_AUTOENCODER | of("imports_allowed"),
    ),
)

OTHERS = (*TELLING, *HARDLY)
