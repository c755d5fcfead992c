"""The networks of a notebook: every module object that is called from outside, and what it was called for."""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
from collections.abc import Callable, Container, Iterator
from typing import Any

from numpy import array, float32, float64, ndarray, zeros

from grader.assignments.modules.inside.rows import Keys, Usage
from grader.assignments.modules.inside.series import Series
from grader.assignments.modules.inside.steps import Steps, arrays_in

Array = ndarray[Any, Any]
FORWARD, BACKWARD = ("forward", "updateOutput"), ("backward", "updateGradInput")
# our own classes' names count, whatever a student derives from them
KNOWN = frozenset(
    {"Linear", "SoftMax", "LogSoftMax", "BatchMeanSubtraction", "Dropout", "ReLU", "LeakyReLU", "ELU", "SoftPlus"}
)
NETWORKS, LAYERS, DEPTH, SAMPLES = 60, 100, 8, 8
LARGE = 500_000


class Network:
    """One network, what it was called for, and what came of it."""

    def __init__(self, net: Any, index: int, cell: int) -> None:
        self.net, self.index, self.cell = net, index, cell
        self.inputs = self.outputs = 0
        self.usage, self.steps = Usage(), Steps()
        self.losses, self.asked_losses = Series(), Series()
        self.backwards = self.last = 0
        self.criterion, self.loss = "", float("nan")
        # rows that went forward with dropout on and off, and how many of each went back as well
        self.modes = {"trained_on": 0, "trained_off": 0, "asked_on": 0, "asked_off": 0}
        self.samples: list[Array] = []
        self.waiting: tuple[Array, int, bool | None, Array] | None = None
        self.dtype: Any = float64


class Register:
    """Gathers what modules are called for; calls that modules make among themselves are theirs."""

    def __init__(self, rows: int, cell: Callable[[], int]) -> None:
        self.keys, self.cell = Keys(rows), cell
        self.busy, self.fault, self.calls = False, "", 0
        self._networks: dict[int, Network] = {}
        self._current: Network | None = None

    def __iter__(self) -> Iterator[Network]:
        return iter(self._networks.values())

    def watch(self) -> None:
        """Record the calls of every class with a module's methods that is made from now on."""
        original = builtins.__build_class__

        def build_class(*args: Any, **kwargs: Any) -> Any:
            made = original(*args, **kwargs)
            if isinstance(made, type) and is_module(made):
                for name in (*FORWARD, *BACKWARD):
                    function = vars(made).get(name)
                    if inspect.isfunction(function):
                        setattr(made, name, self._recorded(function, name))
            return made

        builtins.__build_class__ = build_class

    def _recorded(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def method(net: Any, /, *args: Any, **kwargs: Any) -> Any:
            if self.busy:
                return function(net, *args, **kwargs)
            self.busy = True
            try:
                result = function(net, *args, **kwargs)
                self._called(net, name, [*args, *kwargs.values()], result)
            finally:
                self.busy = False
            return result

        return method

    def _called(self, net: Any, name: str, args: list[Any], result: Any) -> None:
        try:
            if is_criterion(type(net)):
                self._measured(net, name, result)
            elif name in FORWARD and args:
                self._went_forward(net, args[0], result)
            elif name in BACKWARD:
                self._went_back(net)
        except Exception as error:  # noqa: BLE001 - what we make of it must not stop the student's code
            self.fault = self.fault or f"{type(error).__name__}: {error}"[:200]

    def _measured(self, criterion: Any, name: str, result: Any) -> None:
        if name in FORWARD and self._current is not None:
            self._current.criterion = name_of(type(criterion))
            self._current.loss = float(result)

    def _went_forward(self, net: Any, given: Any, result: Any) -> None:
        X = array(given, copy=None)
        if X.ndim < 1 or X.dtype.kind not in "fiub":
            return
        X = X.reshape(len(X), -1) if X.ndim > 1 else X.reshape(1, -1)
        network = self._current = self._of(net)
        self.settle(network)
        network.inputs, network.loss = X.shape[1], float("nan")
        network.outputs = int(result.shape[-1]) if isinstance(result, ndarray) and result.ndim else 0
        network.dtype = X.dtype if X.dtype.kind == "f" else float64
        network.waiting = (self.keys.of(X), len(X), drops(net), X[:2].astype(float32))

    def settle(self, network: Network) -> None:
        """Let a pass forward count after which none went back."""
        if network.waiting is not None:
            keys, rows, on, X = network.waiting
            network.waiting = None
            network.usage.ask(keys, rows)
            if on is not None:
                network.modes["asked_on" if on else "asked_off"] += rows
            if network.loss == network.loss:
                network.asked_losses.add(network.loss)
            network.samples = [*network.samples[-(SAMPLES - 2) :], *X]

    def _went_back(self, net: Any) -> None:
        network = self._of(net)
        self.calls += 1
        network.backwards, network.last = network.backwards + 1, self.calls
        if network.waiting is not None:
            keys, rows, on, X = network.waiting
            network.waiting = None
            network.usage.train(keys, rows)
            network.losses.add(network.loss)
            if on is not None:
                network.modes["trained_on" if on else "trained_off"] += rows
            if len(network.samples) < 2:
                network.samples = [*network.samples, *X]
        parameters, gradients = net.getParameters(), net.getGradParameters()
        network.steps.after_backward(list(arrays_in(parameters)), list(arrays_in(gradients)))

    def _of(self, net: Any) -> Network:
        if id(net) not in self._networks:
            used = {id(module) for module in [net, *leaves(net)]}
            for other in self:
                forget_outputs(other, used)
            index = len(self._networks)
            if index >= NETWORKS:
                raise RuntimeError("more networks than can be followed")
            # kept alive: another object must not get its id
            self._networks[id(net)] = Network(net, index, self.cell())
        return self._networks[id(net)]


def is_module(kind: type) -> bool:
    """Tell whether a class has the methods of a module or a criterion."""
    return all(callable(getattr(kind, name, None)) for name in ("updateOutput", "updateGradInput"))


def is_criterion(kind: type) -> bool:
    """Tell whether a class is a criterion: its output hangs on a target as well."""
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
