"""The networks of a notebook: every module object that is called from outside, and what it was called for."""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

from numpy import array, array_equal, errstate, float64, isfinite, nan, ndarray, prod, zeros

from grader.assignments.modules.inside.looks import Looks, arrays_by, arrays_of
from grader.assignments.modules.inside.slopes import Slopes
from grader.assignments.modules.inside.step_looks import StepLooks
from grader.watching.logs.projections import Keys
from grader.watching.logs.rates import Steps
from grader.watching.logs.usage import Usage
from grader.watching.recording.classes import Methods, intercept
from grader.watching.recording.looking import arrays_in, rate_in_frames
from grader.watching.recording.outermost import Outermost
from grader.watching.recording.register import Register
from grader.worker.alarm import Overtime

METHODS = Methods(
    needed=("updateOutput", "updateGradInput"),
    forward=("forward", "updateOutput"),
    backward=("backward", "updateGradInput"),
)
# our own classes' names count, whatever a student derives from them
KNOWN = frozenset(
    {"Linear", "SoftMax", "LogSoftMax", "BatchMeanSubtraction", "Dropout", "ReLU", "LeakyReLU", "ELU", "SoftPlus"}
)
NETWORKS, LAYERS, DEPTH, LEAVES = 60, 100, 8, 1000
LARGE = 500_000


class Network:
    """One network, what it was called for, and what came of it."""

    def __init__(self, net: Any, index: int, cell: int, keys: Keys, seed: int) -> None:
        self.net, self.index, self.cell = net, index, cell
        self.inputs = self.outputs = self.last = 0
        self.usage, self.steps, self.slopes = Usage(keys), Steps(), Slopes()
        self.looks, self.step_looks = Looks(seed), StepLooks(seed)
        self.criterion = ""
        self.dtype: Any = float64


class Watch:
    """Gathers what modules are called for; calls that modules make among themselves are theirs."""

    def __init__(self, rows: int, cell: Callable[[], int], seed: int = 0) -> None:
        keys = Keys(rows)
        self.register: Register[Network] = Register(
            cell, lambda net, index, cell: Network(net, index, cell, keys, seed), most=NETWORKS, least=least_trained
        )
        self.calls = Outermost(self._called)
        self._backwards = 0
        self._current: Network | None = None
        self._output: Any = None

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
        # a notebook may let numpy raise what it only warns of elsewhere
        with errstate(all="ignore"):
            if is_criterion(type(net)):
                self._measured(net, name, given, result)
            elif name in METHODS.forward and given:
                self._went_forward(net, given[0], result)
            elif name in METHODS.backward:
                self._went_back(net, given)

    def _measured(self, criterion: Any, name: str, given: list[Any], result: Any) -> None:
        if self._current is None:
            return
        usage = self._current.usage
        if name in METHODS.forward:
            self._current.criterion = name_of(type(criterion))
            usage.measured(as_loss(result))
        elif not usage.is_measured:
            # a notebook that has no need of the loss asks for its gradient only
            self._current.criterion = name_of(type(criterion))
            usage.measured(loss_by(criterion, given))

    def _went_forward(self, net: Any, given: Any, result: Any) -> None:
        self._current = None
        X = rows_of(given)
        if X is None:
            return
        network = self._current = self._of(net)
        self._output = result
        if X.size:
            network.inputs = X.shape[1]
            network.outputs = int(result.shape[-1]) if isinstance(result, ndarray) and result.ndim else 0
            network.dtype = X.dtype if X.dtype.kind == "f" else float64
        modules = list(leaves(net))
        network.looks.meet(
            modules, lambda weights: self._origin(weights, network), lambda: arrays_by(net, "getParameters")
        )
        network.step_looks.forward(modules, X)
        network.usage.forward(X, dropping=drops(modules))

    def _went_back(self, net: Any, given: list[Any]) -> None:
        network = self._of(net)
        if network is self._current and len(given) > 1 and not network.usage.is_measured:
            # without a criterion the loss is computed by hand, where nothing sees it
            network.slopes.add(self._output, given[1])
        self._backwards += 1
        network.last = self._backwards
        network.usage.backward()
        parameters, gradients = arrays_by(net, "getParameters"), arrays_by(net, "getGradParameters")
        network.steps.after_backward(parameters, gradients, rate_in_frames)
        before, here = network.looks.step(parameters, net, leaves)
        network.step_looks.back(given[1] if len(given) > 1 else None, before, here)

    def _origin(self, weights: Any, of: Network) -> int:
        """Return the number of a network met before that has these weights now, or -1."""
        for other in self.register:
            if other is not of and other.index < of.index:
                held = [each for leaf in leaves(other.net) for each in arrays_of(leaf)]
                if any(
                    each is weights or (each.shape == weights.shape and array_equal(each, weights)) for each in held
                ):
                    return other.index
        return -1

    def _of(self, net: Any) -> Network:
        known = self.register.of(net)
        if known is None:
            used = {id(module) for module in [net, *leaves(net)]}
            for other in self.register:
                forget_outputs(other, used)
            known = self.register.add(net)
        return known


def rows_of(given: Any) -> ndarray[Any, Any] | None:
    """Return what a network was given as rows (N, d), N or d of which can be 0; None where it is no array of numbers."""
    try:
        X = array(given, copy=None)
    except (TypeError, ValueError):
        return None
    if X.ndim < 1 or X.dtype.kind not in "fiub":
        return None
    # the width of no rows is no matter of how many numbers there are
    return X.reshape(len(X), int(prod(X.shape[1:]))) if X.ndim > 1 else X.reshape(1, -1)


def as_loss(result: Any) -> float:
    """Return what a criterion returned as a number: the mean of several, NaN where there is none."""
    try:
        numbers = array(result, dtype=float64)
    except (TypeError, ValueError):
        return nan
    return float(numbers.mean()) if numbers.size else nan


def loss_by(criterion: Any, given: list[Any]) -> float:
    """Return the loss that a criterion has for what its backward was given, and leave it as it was; NaN where it has none.

    Which of the two it takes first is not known: the other way round a log loss is larger.
    """
    loss = _loss_of(criterion, given)
    turned = _loss_of(criterion, [*given[1::-1], *given[2:]])
    return turned if isfinite(turned) and (not isfinite(loss) or 0 <= turned < loss) else loss


def _loss_of(criterion: Any, given: list[Any]) -> float:
    held = dict(getattr(criterion, "__dict__", {}))
    try:
        return as_loss(criterion.updateOutput(*given))
    except Overtime:
        raise
    except BaseException:  # noqa: BLE001 - its methods are the student's
        return nan
    finally:
        if held:
            vars(criterion).clear()
            vars(criterion).update(held)


def least_trained(networks: list[Network]) -> Network:
    """Return the network to be forgotten when there are too many: trained on the fewest rows, of equals the first."""
    return min(networks[:-1], key=lambda each: (each.usage.trained_rows, each.index))


def is_module(kind: type) -> bool:
    """Tell whether a class has the methods of a module or a criterion."""
    return METHODS.has_all(kind)


def is_criterion(kind: type) -> bool:
    """Tell whether a class is a criterion: its output depends on a target as well."""
    try:
        return _is_criterion(kind)
    except TypeError:
        # a metaclass of the student's has taken the hash away
        return _is_criterion.__wrapped__(kind)


@functools.lru_cache(maxsize=512)
def _is_criterion(kind: type) -> bool:
    try:
        parameters = list(inspect.signature(kind.updateOutput).parameters.values())  # type: ignore[attr-defined]
    except (ValueError, TypeError):
        parameters = []
    needed = [each for each in parameters if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
    return len(needed) >= 3 or "criterion" in kind.__name__.casefold()


def name_of(kind: type) -> str:
    """Return the name of the assignment's class that a class is, or its own."""
    return next((base.__name__ for base in kind.__mro__ if base.__name__ in KNOWN), kind.__name__)[:80]


def leaves(net: Any) -> Iterator[Any]:
    """Yield the modules that a network is made of, in order; no more than LEAVES of one that holds itself again and again."""
    return itertools.islice(_leaves(net, 0, itertools.count()), LEAVES)


def _leaves(net: Any, depth: int, looked_at: Iterator[int]) -> Iterator[Any]:
    inner = getattr(net, "modules", None)
    if not isinstance(inner, list | tuple):
        held = list(getattr(net, "__dict__", {}).values())
        inner = [each for value in held for each in (value if isinstance(value, list | tuple) else [value])]
    modules = [each for each in inner if is_module(type(each)) and not is_criterion(type(each))]
    if not modules or depth >= DEPTH or next(looked_at) >= LEAVES:
        yield net
        return
    for each in modules:
        yield from _leaves(each, depth + 1, looked_at)


def drops(modules: Iterable[Any]) -> bool | None:
    """Tell whether any dropout among modules is on; None when there is none."""
    modes = [is_training(leaf) for leaf in modules if is_dropout(leaf)]
    return any(modes) if modes else None


def is_training(module: Any) -> bool:
    """Tell whether a module is in training; one that does not say is."""
    try:
        return bool(getattr(module, "training", True))
    except Overtime:
        raise
    except BaseException:  # noqa: BLE001 - the attribute is the student's
        return True


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
