"""What is right of Sequential, and known mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.assignments.modules.layers import closed_forms
from grader.assignments.modules.layers.sequential_probe import SequentialCase as Case
from grader.assignments.modules.layers.sequential_probe import through, weights_of
from grader.kits.mistakes import Mistake, NotApplicable
from grader.model import Array


def output_of(case: Case) -> Array:
    """Return the right output."""
    return through(case["parts"], case["input"])[-1]


def gradients(case: Case, inputs: Sequence[Array], order: Sequence[int]) -> list[tuple[Array, Array, Array]]:
    """Return the gradients of every module, by its place, when each gets that input and what the one before in `order` gives."""
    grad = case["grad"]
    found: dict[int, tuple[Array, Array, Array]] = {}
    for index in order:
        part = case["parts"][index]
        width = len(part[0]) if part else inputs[index].shape[1]
        found[index] = closed_forms.curved_gradients(inputs[index], *weights_of(part, width), grad)
        grad = found[index][0]
    return [found[index] for index in sorted(found)]


def _backwards(case: Case) -> range:
    return range(len(case["parts"]) - 1, -1, -1)


def gradients_of(case: Case) -> list[tuple[Array, Array, Array]]:
    """Return the right gradients of every module: of its input, w and t."""
    return gradients(case, through(case["parts"], case["input"]), _backwards(case))


def gradient_of(case: Case) -> Array:
    """Return the right gradient of the input."""
    return gradients_of(case)[0][0]


def _same_widths(compute: Callable[[Case], Array]) -> Callable[[Case], Array]:
    """Return a formula for networks whose modules are all as wide as the input; elsewhere the mistake ends in an error."""

    def formula(case: Case) -> Array:
        width = case["input"].shape[1]
        if not all(len(part[0]) == width for part in case["parts"] if part):
            raise NotApplicable
        return compute(case)

    return formula


def _each_first_input(case: Case) -> Array:
    return gradients(case, [case["input"]] * len(case["parts"]), _backwards(case))[0][0]


def _each_own_output(case: Case) -> Array:
    return gradients(case, through(case["parts"], case["input"])[1:], _backwards(case))[0][0]


def _each_same_gradient(case: Case) -> Array:
    return gradients(case, through(case["parts"], case["input"]), [0])[0][0]


def _in_forward_order(case: Case) -> Array:
    return gradients(case, through(case["parts"], case["input"]), range(len(case["parts"])))[-1][0]


def _of_last(case: Case) -> Array:
    return gradients_of(case)[-1][0]


def _without_first(case: Case) -> Array:
    return gradients_of(case)[1][0] if len(case["parts"]) > 1 else case["grad"]


def _without_last(case: Case) -> Array:
    order = range(len(case["parts"]) - 2, -1, -1)
    return gradients(case, through(case["parts"], case["input"]), order)[0][0] if len(order) else case["grad"]


def _each_last(case: Case) -> Array:
    return through(case["parts"][-1:], case["input"])[-1]


LEAVING_OUT: tuple[Mistake[Case], ...] = (
    Mistake(
        "sequential_input_returned",
        "The input comes out as it went in: does `add` keep the modules, and does forward go through them?",
        _same_widths(lambda c: c["input"]),
    ),
    Mistake(
        "sequential_only_last",
        "Only the last module sees the input: each gets the output of the one before it.",
        _same_widths(_each_last),
    ),
    Mistake(
        "sequential_first_only",
        "Only the first module is used.",
        _same_widths(lambda c: through(c["parts"], c["input"])[1]),
    ),
    Mistake(
        "sequential_last_skipped",
        "The last module is skipped.",
        _same_widths(lambda c: through(c["parts"], c["input"])[-2]),
    ),
)
MISTAKES: tuple[Mistake[Case], ...] = (
    *LEAVING_OUT,
    Mistake(
        "sequential_reversed",
        "The modules are used from the last to the first.",
        _same_widths(lambda c: through(c["parts"][::-1], c["input"])[-1]),
    ),
)


CHAIN = "In backward, each module gets the input that it saw in forward, and the gradient that the module after it returned."


GRADIENT_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake("sequential_first_input", f"Every module gets the first input. {CHAIN}", _same_widths(_each_first_input)),
    Mistake("sequential_own_output", f"Every module gets its own output. {CHAIN}", _same_widths(_each_own_output)),
    Mistake(
        "sequential_same_grad_output",
        f"Every module gets the same gradOutput. {CHAIN}",
        _same_widths(_each_same_gradient),
    ),
    Mistake(
        "sequential_forward_order",
        f"backward is called from the first module to the last. {CHAIN}",
        _same_widths(_in_forward_order),
    ),
    Mistake(
        "sequential_gradient_of_last",
        "What the last module gives is returned: return what the first one gives.",
        _same_widths(_of_last),
    ),
    Mistake("sequential_first_skipped", f"The first module is skipped. {CHAIN}", _same_widths(_without_first)),
    Mistake("sequential_last_skipped", f"The last module is skipped. {CHAIN}", _same_widths(_without_last)),
)
