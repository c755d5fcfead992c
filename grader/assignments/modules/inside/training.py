"""Training a chain of modules, many steps in one crossing: the course's loop, with its gradient descent with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.assignments.modules.inside.layer_calls import flat, go_back, go_forward, set_mode, target_of

Array = np.ndarray[Any, Any]


def _train(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Take a step for every batch of `order`; then, if asked, evaluate once, as notebooks do after an epoch."""
    chain = [target_of(bench, name) for name in operation["chain"]]
    criterion = target_of(bench, operation["criterion"]) if operation["criterion"] else None
    # changes of the parameters, by their place in the lists: they go on from one stretch of training to the next
    speeds: dict[int, Array] = bench.session.setdefault("speeds", {}).setdefault(operation["run"], {})
    for index in operation["order"].tolist():
        for each in chain:
            # who learns nothing may have lost it together with its base class
            if hasattr(each, "zeroGradParameters"):
                each.zeroGradParameters()
        target = np.array(operation["targets"][index])
        given = [np.array(operation["batches"][index])]
        for each in chain:
            # what comes next is not to multiply as a matrix does
            given.append(as_array(go_forward(each, given[-1])))
        grad = _slope(criterion, given.pop(), target)
        for each, seen in zip(reversed(chain), reversed(given), strict=True):
            grad = as_array(go_back(each, seen, grad))
        _descend(chain, speeds, operation["rate"], operation["momentum"])
    if operation["evaluated"] is not None:
        _evaluate(chain, np.array(operation["evaluated"]))
    return {}


def as_array(value: Any) -> Any:
    """Return a matrix of numpy's as the array that it is, and anything else as it is."""
    return np.ndarray.view(value, np.ndarray) if type(value) is np.matrix else value


def _slope(criterion: Any, output: Any, target: Array) -> Any:
    """Return the gradient of the loss: the criterion's, or of the sum of squares divided by the size of the batch."""
    if criterion is None:
        return 2 * (output - target) / len(target)
    go_forward(criterion, output, target)
    return go_back(criterion, output, target)


def _descend(chain: list[Any], speeds: dict[int, Array], rate: float, momentum: float) -> None:
    learning = [module for module in chain if hasattr(module, "getParameters") or hasattr(module, "getGradParameters")]
    parameters = [each for module in learning for each in flat(module.getParameters(), 0)]
    gradients = [each for module in learning for each in flat(module.getGradParameters(), 0)]
    if len(parameters) != len(gradients):
        raise ValueError("getGradParameters() returns another number of arrays than getParameters()")
    for place, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
        speeds[place] = momentum * speeds.get(place, 0.0) + rate * as_array(gradient)
        np.subtract(parameter, speeds[place], out=parameter, casting="same_kind")


def _evaluate(chain: list[Any], batch: Array) -> None:
    for each in chain:
        set_mode(each, training=False)
    for each in chain:
        batch = as_array(go_forward(each, batch))
    for each in chain:
        set_mode(each, training=True)


OPERATIONS = {"module_train": _train}
