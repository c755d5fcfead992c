"""Pairs in which the networks are trained in another way than the assignment asks for, or are others."""

from __future__ import annotations

from notebook_pairs.pair import BOTH, Pair, Points, edit

IN_ORDER = "idx = np.random.permutation(len(X))\n"
SHOWS_SHAPES = "X_train.shape, y_train.shape, X_test.shape"
TEST_ACCURACY = """pred = np.array([net.forward(x).argmax() for x in Xt])
print('Test accuracy:', round(100 * np.mean(pred == Yt), 2), '%')
"""
EACH_IMAGE = """    for x, t in zip(X_shuffled, T_shuffled):
        nn.backward(x, t)
        nn.step(eta)
        nn.zero_grad()
"""
IN_BATCHES = """    for n, (x, t) in enumerate(zip(X_shuffled, T_shuffled)):
        nn.backward(x, t)
        if n % 32 == 31:
            nn.step(eta / 4)
            nn.zero_grad()
"""
DISCUSSION = """The large network is better on both sets. With only 20 neurons right after the pixels the small one cannot
represent enough strokes. The difference between train and test accuracy is overfitting. It is larger for the large
network, but it still wins on the test set.
"""
TRAIN_1, TRAIN_2 = "accs1 = train(model1, X_train, y_train)", "accs2 = train(model2, X_train, y_train)"


def of(names: str) -> frozenset[str]:
    """Return the names between blanks."""
    return frozenset(names.split())


RATES = (
    Pair(
        "diverges",
        "learning rates far too large: the classifiers end as NaN or nearly so, the autoencoder in a corner",
        edit("classification_functions", ("lr=2e-4", "lr=0.5")),
        edit("autoencoder_functions", ("alpha = 1e-4", "alpha = 0.1")),
        {"classification": Points(5, 2), "autoencoder": Points(5)},
        of("small_accuracy large_accuracy rate_halved reconstruction_beats_pca latent_codes"),
    ),
    Pair(
        "too_few_epochs",
        "20 epochs instead of 100, 2 instead of 3",
        edit("classification_functions", ("epochs=100", "epochs=20")),
        edit("autoencoder_functions", ("for epoch in range(3)", "for epoch in range(2)")),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("hundred_epochs rate_halved"),
        few=BOTH,
    ),
    Pair(
        "rate_never_halved",
        "the test set is the training set by mistake; the rate of the autoencoder stays what it was",
        edit("classification_flat", ("Xt, Yt = get_digits('DigitsTest')", "Xt, Yt = get_digits('Digits')")),
        edit("autoencoder_flat", ("    alpha = alpha / 2\n", "")),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("accuracies_reported rate_halved"),
        few=BOTH,
    ),
)

GRADIENTS = (
    Pair(
        "target_not_input",
        "images are shuffled without their labels; the autoencoder's target is the image that is next in the file",
        edit("classification_arrays", ("X[perm], np.eye(10)[Y][perm]", "X[perm], np.eye(10)[Y]")),
        edit("autoencoder_flat", ("net.backward(X[i], X[i])", "net.backward(X[i], X[count])")),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("each_image_once small_accuracy large_accuracy mini_batches reconstruction_beats_pca"),
        of("latent_codes"),
    ),
    Pair(
        "zero_grad_once_an_epoch",
        "gradients are cleared once an epoch by the classifiers, and never by the autoencoder",
        edit("classification_functions", ("            model.zero_grad()\n", "        model.zero_grad()\n")),
        edit("autoencoder_functions", ("        ae.zero_grad()\n", "")),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("each_image_once mini_batches"),
        few=BOTH,
    ),
    Pair(
        "other_batches",
        "batches of 32 in both notebooks, and nothing said of how the networks compare",
        edit("classification_arrays", (EACH_IMAGE, IN_BATCHES), (DISCUSSION, "See above.\n")),
        edit("autoencoder_flat", ("count % 16 == 0", "count % 32 == 0")),
        {"classification": Points(4), "autoencoder": Points(5)},
        of("each_image_once comparison_written mini_batches"),
        few=BOTH,
    ),
)

IMAGES = (
    Pair(
        "trains_on_test",
        "test images are put to the training images",
        edit(
            "classification_functions",
            (SHOWS_SHAPES, "X_all, y_all = np.vstack([X_train, X_test]), np.append(y_train, y_test)"),
            (TRAIN_1, "accs1 = train(model1, X_all, y_all)"),
            (TRAIN_2, "accs2 = train(model2, X_all, y_all)"),
        ),
        edit("autoencoder_functions", ("train_epoch(ae, X, alpha)", "train_epoch(ae, np.vstack([X, X_test]), alpha)")),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("each_image_once mini_batches"),
        few=BOTH,
    ),
    Pair(
        "unshuffled",
        "the images come as they lie in the file, all zeros first",
        edit("classification_functions", (IN_ORDER, "idx = range(len(X))\n")),
        edit("autoencoder_functions", (IN_ORDER, "idx = np.arange(len(X))\n")),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("each_image_once small_accuracy large_accuracy mini_batches reconstruction_beats_pca"),
        of("latent_codes"),
    ),
    Pair(
        "same_order",
        "the order is drawn once, before the first epoch",
        edit(
            "classification_functions",
            ("        " + IN_ORDER, ""),
            ("    accs = []\n", "    accs = []\n    " + IN_ORDER),
        ),
        edit(
            "autoencoder_flat",
            ("    perm = np.random.permutation(N)\n", ""),
            ("alpha = 0.0001\n", "alpha = 0.0001\nperm = np.random.permutation(N)\n"),
        ),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("each_image_once mini_batches"),
        few=BOTH,
    ),
    Pair(
        "drawn_with_replacement",
        "each image is drawn by itself, so that some come twice in an epoch and some never",
        edit("classification_functions", (IN_ORDER, "idx = np.random.randint(len(X), size=len(X))\n")),
        edit("autoencoder_functions", (IN_ORDER, "idx = np.random.choice(len(X), len(X))\n")),
        {"classification": Points(4, 2), "autoencoder": Points(5)},
        of("each_image_once mini_batches"),
        few=BOTH,
    ),
    Pair(
        "a_tenth_of_the_images",
        "every tenth image only, because it takes so long, and the accuracy on these is what is reported",
        edit("classification_functions", (SHOWS_SHAPES, "X_train, y_train = X_train[::10], y_train[::10]")),
        edit(
            "autoencoder_functions",
            ('Y = get_digits("Digits")\n', 'Y = get_digits("Digits")\nX, Y = X[::10], Y[::10]\n'),
        ),
        {"classification": Points(2, 2), "autoencoder": Points(4)},
        of("each_image_once hundred_epochs accuracies_reported mini_batches rate_halved reconstruction_beats_pca"),
        of("small_accuracy large_accuracy latent_codes"),
    ),
)

NETWORKS = (
    Pair(
        "other_architecture",
        "64 neurons where 40 were asked for, 300 where 256 were",
        edit("classification_functions", ("model2.add_layer(40", "model2.add_layer(64")),
        edit(
            "autoencoder_flat",
            (
                "net.add_layer(256, leaky_relu, leaky_relu_deriv, 'd",
                "net.add_layer(300, leaky_relu, leaky_relu_deriv, 'd",
            ),
        ),
        {"classification": Points(4, 2), "autoencoder": Points(4)},
        of("large_architecture large_accuracy autoencoder_layers"),
        few=BOTH,
    ),
    Pair(
        "other_activations",
        "ten logistic outputs instead of softmax; a code that is leaky ReLU, not logistic",
        edit("classification_arrays", ("layers.softmax, None", "layers.logistic, layers.logistic_deriv")),
        edit(
            "autoencoder_flat",
            ("net.add_layer(2, logistic, logistic_deriv", "net.add_layer(2, leaky_relu, leaky_relu_deriv"),
        ),
        {"classification": Points(1, 2), "autoencoder": Points(5)},
        of(
            "small_architecture large_architecture each_image_once hundred_epochs small_accuracy large_accuracy "
            "autoencoder_activations"
        ),
        few=BOTH,
    ),
    Pair(
        "other_layer_name",
        "the layer above the code is named decoder, not up128; only training accuracies are printed",
        edit(
            "classification_flat",
            (f"{TEST_ACCURACY}----- text\nNow", "----- text\nNow"),
            (f"{TEST_ACCURACY}----- text\nThe", "----- text\nThe"),
        ),
        edit("autoencoder_flat", ("'up128'", "'decoder'")),
        {"classification": Points(4, 2), "autoencoder": Points(4)},
        of("accuracies_reported autoencoder_layers"),
        few=BOTH,
    ),
)

TRAINING = (*RATES, *GRADIENTS, *IMAGES, *NETWORKS)
