"""Main notebooks that run, and whose networks or words are not what was asked for."""

from __future__ import annotations

from main_notebooks.handed_in import Main, with_points
from notebook_pairs.pair import Points

TRAINED = (
    Main(
        "toy_without_rate",
        "The toy model is trained with a rate of nearly nothing.",
        replace=(("'learning_rate': 1e-1", "'learning_rate': 1e-9"),),
        fails=frozenset({"toy_loss_falls"}),
        # a line through the origin that nobody has turned
        may_fail=frozenset({"toy_separates"}),
        points=with_points(toy_problem=Points(0)),
    ),
    Main(
        "two_activations",
        "Only two of the activations are compared.",
        replace=(("for activation in (ReLU, ELU, LeakyReLU, SoftPlus):", "for activation in (ReLU, LeakyReLU):"),),
        fails=frozenset({"networks_compared", "comparison_losses_fall"}),
        points=with_points(activation_comparison=Points(2, 2)),
    ),
    Main(
        "no_mean_subtraction",
        "The means are never subtracted.",
        replace=(("for mean in (False, True):", "for mean in (False,):"),),
        fails=frozenset({"networks_compared", "comparison_losses_fall"}),
        points=with_points(activation_comparison=Points(2, 2)),
    ),
    Main(
        "diverged",
        "The compared networks are trained with a rate of 1000.",
        replace=(("train(build(activation, mean), X, Y)", "train(build(activation, mean), X, Y, rate=1000.0)"),),
        fails=frozenset({"comparison_losses_fall"}),
        points=with_points(activation_comparison=Points(5, 2)),
    ),
    Main(
        "unlabelled_plot",
        "The plot says neither what its axes are nor which line is which.",
        replace=(
            ("plt.xlabel('iteration')\n", ""),
            ("plt.ylabel('log loss (moving mean)')\n", ""),
            ("plt.legend()\n", ""),
        ),
        fails=frozenset({"plot_labelled"}),
        points=with_points(activation_comparison=Points(6, 2)),
        says=(("plot_labelled", "no x axis label; no y axis label; no legend"),),
    ),
    Main(
        "plots_apart",
        "Every loss has a plot of its own.",
        replace=(("    plt.plot(smooth(losses),", "    plt.figure()\n    plt.plot(smooth(losses),"),),
        fails=frozenset({"plot_labelled", "plot_looks"}),
        points=with_points(activation_comparison=Points(6)),
    ),
    Main(
        "no_opinion",
        "The opinion is still to be written.",
        replace=(
            (
                "All four activations end at nearly the same loss. ReLU and LeakyReLU are the fastest to compute, since ELU and",
                "",
            ),
            ("SoftPlus need an\nexponential for every entry.", "To do."),
            (
                "Mean subtraction helps a little at the beginning: the curves with it fall faster, and in the end the\n",
                "",
            ),
            ("difference is small. I would take LeakyReLU.", ""),
        ),
        fails=frozenset({"opinion_written"}),
        points=with_points(opinion=Points(0)),
    ),
    Main(
        "no_split",
        "What the final model is tried on is what it was trained on.",
        replace=(
            (
                "X_val, labels_val = X[train_part], Y[train_part], X[val], labels[val]",
                "X_val, labels_val = X, Y, X, labels",
            ),
        ),
        fails=frozenset({"validation_split"}),
        points=with_points(digit_model=Points(10)),
    ),
    Main(
        "dropout_left_on",
        "Nobody tells the dropout that the model is being tried.",
        replace=(("        module.training = training\n", "        pass\n"),),
        fails=frozenset({"dropout_off_when_evaluating"}),
        may_fail=frozenset({"accuracy_true"}),
        points=with_points(digit_model=Points(9)),
    ),
    Main(
        "dropout_never_on_again",
        "After the first evaluation the dropout stays off.",
        replace=(
            ("    set_mode(True)\n    return right", "    return right"),
            (
                "losses = train(net, X_train, Y_train, epochs=6,",
                "accuracy(X_val, labels_val)\nlosses = train(net, X_train, Y_train, epochs=6,",
            ),
        ),
        fails=frozenset({"dropout_off_when_evaluating"}),
        points=with_points(digit_model=Points(10)),
    ),
    Main(
        "no_dropout",
        "The final model has no dropout.",
        replace=(("net.add(Dropout(0.2))\n", ""),),
        fails=frozenset({"dropout_off_when_evaluating"}),
        points=with_points(digit_model=Points(10)),
    ),
    Main(
        "constant_rate",
        "The rate of the final model stays what it is.",
        replace=(("epochs=6, rate=0.1, decay=0.8)", "epochs=6, rate=0.1)"),),
        fails=frozenset({"rate_decays"}),
        points=with_points(digit_model=Points(11)),
        says=(("rate_decays", "the learning rate is 0.1 at the start and 0.1 at the end"),),
    ),
    Main(
        "claimed_accuracy",
        "It says 99.2 % whatever comes of it.",
        replace=(
            (
                "print('Validation accuracy: %.4f' % accuracy(X_val, labels_val))",
                "accuracy(X_val, labels_val)\nprint('Validation accuracy: 99.2 %')",
            ),
        ),
        fails=frozenset({"accuracy_true"}),
        points=with_points(digit_model=Points(11)),
        says=(("accuracy_true", "printed: 99.2 %; measured: held-out digits"),),
    ),
)
