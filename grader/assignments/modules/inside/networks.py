"""The networks of a notebook: every module object that is called from outside, and what it was called for."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Container, Iterator
from typing import Any

from numpy import array, float64, ndarray, zeros

from grader.watching.logs.projections import Keys
from grader.watching.logs.rates import Steps
from grader.watching.logs.usage import Usage
from grader.watching.recording.classes import Methods, intercept
from grader.watching.recording.looking import arrays_in, rate_in_frames
from grader.watching.recording.outermost import Outermost
from grader.watching.recording.register import Register

METHODS = Methods(
    needed=("updateOutput", "updateGradInput"),
    forward=("forward", "updateOutput"),
    backward=("backward", "updateGradInput"),
)
# our own classes' names count, whatever a student derives from them
KNOWN = frozenset(
    {"Linear", "SoftMax", "LogSoftMax", "BatchMeanSubtraction", "Dropout", "ReLU", "LeakyReLU", "ELU", "SoftPlus"}
)
NETWORKS, LAYERS, DEPTH = 60, 100, 8
LARGE = 500_000


class Network:
    """One network, what it was called for, and what came of it."""

    def __init__(self, net: Any, index: int, cell: int, keys: Keys) -> None:
        self.net, self.index, self.cell = net, index, cell
        self.inputs = self.outputs = self.last = 0
        self.usage, self.steps = Usage(keys), Steps()
        self.criterion = ""
        self.dtype: Any = float64


class Watch:
    """Gathers what modules are called for; calls that modules make among themselves are theirs."""

    def __init__(self, rows: int, cell: Callable[[], int]) -> None:
        keys = Keys(rows)
        self.register: Register[Network] = Register(
            cell, lambda net, index, cell: Network(net, index, cell, keys), most=NETWORKS
        )
        self.calls = Outermost(self._called)
        self._backwards = 0
        self._current: Network | None = None

    def start(self) -> None:
        """Note the calls of every class with a module's methods that is made from now on."""
        intercept(METHODS.has_all, lambda kind: self.calls.watch(kind, METHODS))

    def networks(self) -> list[Network]:
        """Return the networks in the order of their first calls, with everything counted that they were called for."""
        found = list(self.register)
        for network in found:
            network.usage.settle()
        return found

    def _called(self, net: Any, name: str, given: list[Any], result: Any) -> None:
        if is_criterion(type(net)):
            self._measured(net, name, result)
        elif name in METHODS.forward and given:
            self._went_forward(net, given[0], result)
        elif name in METHODS.backward:
            self._went_back(net)

    def _measured(self, criterion: Any, name: str, result: Any) -> None:
        if name in METHODS.forward and self._current is not None:
            self._current.criterion = name_of(type(criterion))
            self._current.usage.measured(float(result))

    def _went_forward(self, net: Any, given: Any, result: Any) -> None:
        X = array(given, copy=None)
        if X.ndim < 1 or X.dtype.kind not in "fiub":
            return
        X = X.reshape(len(X), -1) if X.ndim > 1 else X.reshape(1, -1)
        network = self._current = self._of(net)
        network.inputs = X.shape[1]
        network.outputs = int(result.shape[-1]) if isinstance(result, ndarray) and result.ndim else 0
        network.dtype = X.dtype if X.dtype.kind == "f" else float64
        network.usage.forward(X, dropping=drops(net))

    def _went_back(self, net: Any) -> None:
        network = self._of(net)
        self._backwards += 1
        network.last = self._backwards
        network.usage.backward()
        parameters, gradients = net.getParameters(), net.getGradParameters()
        network.steps.after_backward(list(arrays_in(parameters)), list(arrays_in(gradients)), rate_in_frames)

    def _of(self, net: Any) -> Network:
        known = self.register.of(net)
        if known is None:
            used = {id(module) for module in [net, *leaves(net)]}
            for other in self.register:
                forget_outputs(other, used)
            known = self.register.add(net)
        return known


def is_module(kind: type) -> bool:
    """Tell whether a class has the methods of a module or a criterion."""
    return METHODS.has_all(kind)


def is_criterion(kind: type) -> bool:
    """Tell whether a class is a criterion: its output depends on a target as well."""
    try:
        parameters = list(inspect.signature(kind.updateOutput).parameters.values())  # type: ignore[attr-defined]
    except (ValueError, TypeError):
        parameters = []
    needed = [each for each in parameters if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
    return len(needed) >= 3 or "criterion" in kind.__name__.casefold()


def name_of(kind: type) -> str:
    """Return the name of the assignment's class that a class is, or its own."""
    return next((base.__name__ for base in kind.__mro__ if base.__name__ in KNOWN), kind.__name__)[:80]


def leaves(net: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the modules that a network is made of, in order."""
    inner = getattr(net, "modules", None)
    if not isinstance(inner, list | tuple):
        held = list(getattr(net, "__dict__", {}).values())
        inner = [each for value in held for each in (value if isinstance(value, list | tuple) else [value])]
    modules = [each for each in inner if is_module(type(each)) and not is_criterion(type(each))]
    if not modules or depth >= DEPTH:
        yield net
        return
    for each in modules:
        yield from leaves(each, depth + 1)


def drops(net: Any) -> bool | None:
    """Tell whether any dropout of a network is on; None when it has none."""
    modes = [bool(getattr(leaf, "training", True)) for leaf in leaves(net) if is_dropout(leaf)]
    return any(modes) if modes else None


def is_dropout(leaf: Any) -> bool:
    """Tell whether a module is a dropout."""
    return "dropout" in name_of(type(leaf)).casefold()


def forget_outputs(network: Network, used: Container[int]) -> None:
    """Let go of large outputs of a network that nobody but us holds, but for modules in use: many would fill the memory."""
    # by the network that is noted, and by the call itself
    if sys.getrefcount(network.net) > 2:
        return
    for module in [network.net, *leaves(network.net)]:
        for name in ("output", "gradInput") if id(module) not in used else ():
            value = getattr(module, "__dict__", {}).get(name)
            if type(value) is ndarray and value.nbytes > LARGE:
                vars(module)[name] = zeros(0)


def layers_of(net: Any) -> list[dict[str, Any]]:
    """Return what a network is made of: a kind each, and how wide it is where it has weights."""
    listed = []
    for leaf in list(leaves(net))[:LAYERS]:
        weights = next((each for each in arrays_in(leaf.getParameters()) if each.ndim == 2), None)
        shape = (0, 0) if weights is None else weights.shape
        listed.append({"kind": name_of(type(leaf)), "inputs": int(shape[1]), "outputs": int(shape[0])})
    return listed
