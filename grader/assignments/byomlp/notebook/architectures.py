"""Which of the networks that a notebook made is the one that the assignment asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.assignments.byomlp.notebook.watch_operations import LayerRecord, Network

RECTIFIERS = ("relu", "leaky_relu")


@dataclass(frozen=True)
class Wanted:
    """A network as the assignment describes it: activations are tuples of those that are accepted."""

    inputs: int
    widths: tuple[int, ...]
    activations: tuple[tuple[str, ...], ...]
    names: Mapping[int, str]

    def __str__(self) -> str:
        return " -> ".join(str(width) for width in (self.inputs, *self.widths))


SMALL = Wanted(784, (20, 10), (RECTIFIERS, ("softmax",)), {})
LARGE = Wanted(784, (40, 20, 10), (RECTIFIERS, RECTIFIERS, ("softmax",)), {})
AUTOENCODER = Wanted(
    784,
    (512, 256, 128, 2, 128, 256, 512, 784),
    (*[RECTIFIERS] * 3, ("logistic",), *[RECTIFIERS] * 3, ("logistic",)),
    {3: "latent", 4: "up128"},
)


def choose(networks: Sequence[Network], wanted: Wanted) -> int | None:
    """Return the index of the network that comes nearest to what is wanted, among equals the one that was trained most.

    Nearest is: right widths and activations, then right widths, then the right number of inputs and outputs and the most
    similar widths. None when no network has the right number of outputs.
    """
    fit = [index for index, network in enumerate(networks) if _closeness(network, wanted) > 0]
    return max(fit, key=lambda k: (_closeness(networks[k], wanted), _examples(networks[k]), k), default=None)


def widths_of(network: Network) -> tuple[int, ...]:
    """Return the widths of a network's layers, without its input."""
    return tuple(int(layer["width"]) for layer in network["layers"])


def has_widths(network: Network, wanted: Wanted) -> bool:
    """Tell whether inputs and layers are as many and as wide as wanted."""
    return network["inputs"] == wanted.inputs and widths_of(network) == wanted.widths


def has_code(network: Network, wanted: Wanted) -> bool:
    """Tell whether a network has as many inputs and outputs as wanted, and a narrowest layer as wide: another autoencoder."""
    widths = widths_of(network)
    ends = network["inputs"] == wanted.inputs and widths[-1:] == wanted.widths[-1:]
    return ends and min(widths) == min(wanted.widths)


def wrong_activations(network: Network, wanted: Wanted) -> list[str]:
    """Return a phrase for each layer whose activation or derivative is not as wanted; the widths must be right."""
    last = len(wanted.widths) - 1
    wrong = []
    for index, (layer, accepted) in enumerate(zip(network["layers"], wanted.activations, strict=True)):
        place = f"layer {index + 1} ({called(layer)})"
        if layer["activation"] not in accepted:
            got = layer["activation"] or "a function that is not in layers.py"
            wrong.append(f"{place} has {shown(got)}, expected {' or '.join(map(shown, accepted))}")
        elif index < last and layer["slope"] != layer["activation"]:
            got = shown(layer["slope"]) or "an unknown function"
            wrong.append(f"{place} is {shown(layer['activation'])} with the derivative of {got}")
    return wrong


def called(layer: LayerRecord) -> str:
    """Return how a message calls a layer: its width, and its name where it has one."""
    return f"{layer['width']}" + (f" '{layer['name']}'" if layer.get("name") else "")


def shown(activation: str) -> str:
    """Return an activation as a student reads it."""
    return {"leaky_relu": "leaky ReLU", "relu": "ReLU", "none": "no function"}.get(activation, activation)


def described(network: Network) -> str:
    """Return a network as a student reads it: ``784 -> 20 leaky ReLU -> 10 softmax``."""
    parts = [f"{layer['width']} {shown(layer['activation'])}".strip() for layer in network["layers"]]
    return " -> ".join([str(network["inputs"]), *parts])


def _examples(network: Network) -> int:
    return int(network["log"]["examples"])


def _closeness(network: Network, wanted: Wanted) -> float:
    widths = widths_of(network)
    if not widths or widths[-1] != wanted.widths[-1]:
        return 0.0
    if has_widths(network, wanted):
        return 2.0 if wrong_activations(network, wanted) else 3.0
    if len(widths) != len(wanted.widths):
        return 0.1 / (1 + abs(len(widths) - len(wanted.widths)))
    pairs = zip((network["inputs"], *widths), (wanted.inputs, *wanted.widths), strict=True)
    alike = [min(a, b) / max(a, b, 1) for a, b in pairs]
    return 0.2 + 0.8 * float(sum(alike)) / len(alike)
