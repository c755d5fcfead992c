"""Main notebooks that stumble, or that are hardly begun."""

from __future__ import annotations

from main_notebooks.handed_in import Main, with_points
from notebook_pairs.pair import Points

COMPARED = frozenset({"networks_compared", "comparison_losses_fall", "plot_labelled", "plot_looks"})
DIGITS = frozenset(
    {"digit_accuracy", "validation_split", "dropout_off_when_evaluating", "rate_decays", "accuracy_true"}
)
BROKEN = (
    Main(
        "old_print",
        "The last cell prints as in Python 2, so that nothing is tried and printed.",
        replace=(
            (
                "print('Validation accuracy: %.4f' % accuracy(X_val, labels_val))",
                "print 'accuracy', accuracy(X_val, labels_val)",
            ),
        ),
        fails=frozenset({"validation_split", "dropout_off_when_evaluating", "accuracy_true"}),
        points=with_points(digit_model=Points(7)),
        says=(("main_runs", "code cell 12, line 1: SyntaxError: Missing parentheses in call to 'print'"),),
    ),
    Main(
        "torch",
        "It imports torch, and does without it after all.",
        replace=(
            ("----- code\n%run HW3_Modules.ipynb", "----- code\nimport torch\n----- code\n%run HW3_Modules.ipynb"),
        ),
        fails=frozenset({"libraries_allowed"}),
        says=(("libraries_allowed", "torch (code cell 2 of HW3_main.ipynb)"),),
    ),
    Main(
        "undefined_name",
        "The comparison stops at a name that there is not, after two of its networks.",
        replace=(
            (
                "        print('%s: %.2f s, loss %.3f' % (name,",
                "        print('%s: %.2f s, loss %.3f' % (name if not mean else nmae,",
            ),
        ),
        fails=COMPARED,
        points=with_points(activation_comparison=Points(0)),
        says=(("main_runs", "code cell 9, line 7: NameError: name 'nmae' is not defined"),),
    ),
    Main(
        "modules_not_run",
        "The modules are never run, so that no cell finds them.",
        replace=(("%run HW3_Modules.ipynb", "# %run the modules"),),
        fails=COMPARED | DIGITS | {"main_runs", "toy_loss_falls", "toy_separates"},
        points=with_points(toy_problem=Points(0), activation_comparison=Points(0), digit_model=Points(0)),
        says=(("main_runs", "NameError: name 'Sequential' is not defined"),),
    ),
    Main(
        "no_digits",
        "Only the toy problem was done.",
        replace=(("with np.load('mnist.npz') as data:", "with np.load('digits.npz') as data:"),),
        fails=COMPARED | DIGITS,
        points=with_points(activation_comparison=Points(0), digit_model=Points(0)),
    ),
)
