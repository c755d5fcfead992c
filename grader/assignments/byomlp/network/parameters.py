"""Reading the parameters of a student's network by behaviour, whatever its attributes are called.

Three ways, tried in this order, because each survives bugs that stop the others:

- ``names``: with the activations switched to the identity, ``forward(v, start=l, end=l)`` is W v + b.
- ``taps``: the activation functions are ours, so a forward pass can be watched. Layer l-1's activation is made to return v,
  and layer l's is handed W v + b. This needs no ``start`` and no ``end``.
- ``attributes``: the arrays that the object holds, recognised by their shapes. This needs no working ``forward``.

A network without layer names is read through its ``twin`` first: the same one with names, built from the same seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader.assignments.byomlp.network.naming import NOWHERE
from grader.assignments.byomlp.network.networks import FUNCTIONS, LOSS_DERIVATIVES, Network, Parameters, forward
from grader.model import Array
from grader.numerics import error_of_largest
from grader.sandbox import Answer, Session
from grader.sandbox import operations as ask
from grader.sandbox.operations import Operation

WAYS = ("names", "taps", "attributes")
AGREES = 1e-6
# how many times the parameters that are held forward may use: some multiply by 0.1 where they are used
FACTORS = (1.0, 0.1)


def construction(target: str, network: Network, *, seed: int) -> list[Operation]:
    """Return the operations that build `network` as the object `target` after ``np.random.seed(seed)``."""
    operations = [
        ask.seed(seed),
        ask.create(target, "mlp.MLP", network.inputs, ask.function(LOSS_DERIVATIVES[network.loss])),
    ]
    for layer in network.layers:
        f, slope = FUNCTIONS[layer.activation]
        fderiv = ask.function(slope) if slope and layer.derivative else None
        placed, named = network.naming.arguments(layer.name)
        operations.append(ask.call(target, "add_layer", layer.width, ask.function(f), fderiv, *placed, **named))
    return operations


def basis(n: int) -> Array:
    """Return the inputs (n + 1, n) that reveal an affine map: zero, then the unit vectors."""
    return np.concatenate([np.zeros((1, n)), np.eye(n)])


def questions(target: str, network: Network, way: str) -> list[Operation]:
    """Return the operations that read all parameters of `target` in one way."""
    if way == "attributes":
        return [ask.arrays(target)]
    operations = []
    for index, (layer, n) in enumerate(zip(network.layers, network.widths, strict=False)):
        if way == "names":
            asked = ask.map_rows(target, "forward", basis(n), identity=True, start=layer.name, end=layer.name)
        else:
            # the last layer's output is looked at instead of its activation's argument: some leave that call out
            last = index == len(network.layers) - 1
            asked = ask.map_rows(
                target,
                "forward",
                basis(n),
                identity=True,
                fixed=np.zeros(network.inputs) if index else None,
                force=index - 1 if index else None,
                record=None if last else index,
            )
        operations.append(asked)
    return operations


def understand(network: Network, way: str, answers: Sequence[Answer]) -> Parameters | None:
    """Return the parameters that the answers to `questions` reveal, or None when they reveal none."""
    if way == "attributes":
        return in_attributes(network, named_arrays(answers[0]))
    parameters = []
    for answer, n, m in zip(answers, network.widths, network.widths[1:], strict=False):
        results = results_of(answer)
        if results is None or results.shape != (n + 1, m) or not np.all(np.isfinite(results)):
            return None
        b = results[0]
        parameters.append(((results[1:] - b).T, b))
    return tuple(parameters)


def results_of(answer: Answer) -> Array | None:
    """Return the rows (N, m) that `map_rows` collected, or None when it has none."""
    results = answer.value.get("results") if isinstance(answer.value, Mapping) else None
    return results if isinstance(results, np.ndarray) and not answer.problem else None


def named_arrays(answer: Answer) -> dict[str, Array]:
    """Return what `arrays` found, path -> array, as float64."""
    if answer.problem or not isinstance(answer.value, list):
        return {}
    found = {}
    for entry in answer.value:
        if isinstance(entry, Mapping) and isinstance(entry.get("array"), np.ndarray):
            found[str(entry.get("path"))] = np.asarray(entry["array"], dtype=np.float64)
    return found


def in_attributes(network: Network, arrays: Mapping[str, Array]) -> Parameters | None:
    """Return the parameters among an object's arrays, as far as their shapes tell.

    Weights may lie as (m, n) or (n, m); freshly built networks hold nothing else of that shape that is not constant.
    """
    paths = parameter_paths(network, arrays)
    return None if paths is None else at_paths(network, paths, arrays)


def layouts(network: Network, arrays: Mapping[str, Array]) -> tuple[Parameters, ...]:
    """Return what the parameters among an object's arrays may be: all weights as they lie, or all of them transposed.

    The shapes of small networks, and of those with square weights, do not always tell which.
    """
    found = []
    for transposed in (False, True):
        paths = _laid_out(network, arrays, transposed=transposed)
        if paths is not None:
            found.append(tuple((arrays[W].T if transposed else arrays[W], arrays[b].ravel()) for W, b in paths))
    return tuple(found)


def parameter_paths(network: Network, arrays: Mapping[str, Array]) -> tuple[tuple[str, str], ...] | None:
    """Return the paths of (W, b) of every layer of a freshly built network, or None when a shape is not there.

    All weights lie as (m, n), or all as (n, m).
    """
    return _laid_out(network, arrays, transposed=False) or _laid_out(network, arrays, transposed=True)


def _laid_out(network: Network, arrays: Mapping[str, Array], *, transposed: bool) -> tuple[tuple[str, str], ...] | None:
    left = {path: array for path, array in arrays.items() if np.any(array)}
    paths = []
    for n, m in zip(network.widths, network.widths[1:], strict=False):
        shape = (n, m) if transposed else (m, n)
        W = next((p for p in left if left[p].shape == shape), None)
        if W:
            del left[W]
        # a row of weights of the next layer may have the shape of a row of biases
        flat_first = sorted(left, key=lambda path: left[path].ndim)
        b = next((p for p in flat_first if left[p].shape in {(m,), (m, 1), (1, m)}), None)
        if b:
            del left[b]
        if W is None or b is None:
            return None
        paths.append((W, b))
    return tuple(paths)


def at_paths(network: Network, paths: Sequence[tuple[str, str]], arrays: Mapping[str, Array]) -> Parameters | None:
    """Return the parameters that lie at known paths, weights as (m, n); how square ones lie is told by the others."""
    found = []
    for (W_path, b_path), n, m in zip(paths, network.widths, network.widths[1:], strict=False):
        W, b = arrays.get(W_path), arrays.get(b_path)
        if W is None or b is None or W.shape not in {(m, n), (n, m)} or b.size != m:
            return None
        found.append((W, b.ravel(), W.shape != (m, n)))
    transposed = any(turned for *_, turned in found)
    return tuple((W.T if turned or (transposed and is_square(W)) else W, b) for W, b, turned in found)


def is_square(W: Array) -> bool:
    """Tell whether weights have the shape of their transpose."""
    return bool(W.shape == W.shape[::-1])


def read(session: Session, target: str, network: Network, ways: Sequence[str] = WAYS) -> dict[str, Parameters]:
    """Return what each of `ways` reveals of `target`; a way that reveals nothing is left out."""
    found = {}
    for way in ways:
        if way == "names" and not network.named:
            continue
        parameters = understand(network, way, session.run(*questions(target, network, way)))
        if parameters is not None:
            found[way] = parameters
    return found


def predicts(network: Network, parameters: Parameters, inputs: Array, outputs: Array | None) -> bool:
    """Tell whether these parameters explain what a forward pass returned: inputs (N, d), outputs (N, m)."""
    if outputs is None or outputs.shape != (len(inputs), network.widths[-1]):
        return False
    return error_of_largest(outputs, forward(network, parameters, inputs)) <= AGREES


def explain(
    session: Session,
    target: str,
    network: Network,
    inputs: Array,
    *,
    seed: int | None = None,
    held: Sequence[Parameters] | None = None,
) -> tuple[str, dict[str, Parameters]]:
    """Return the first way whose parameters explain the network's own forward pass ("" when none), and all that was read.

    Ways after the first that explains are not tried: reading costs the student's computing time; but what the object holds
    is there, too, when forward uses something else. `seed` is what the network was built from; with it, one without names
    can be read through its twin. A forward pass leaves arrays behind that have the shape of biases: `held` is what the object
    may have held before the first one, None where it is still to come.
    """
    fresh, answer = session.run(ask.arrays(target), ask.map_rows(target, "forward", inputs))
    outputs = results_of(answer)
    if held is None:
        held = layouts(network, named_arrays(fresh))
    found: dict[str, Parameters] = {}
    nameless = network.naming.how == NOWHERE
    for way in WAYS if seed is None or network.named or nameless else ("twin", *WAYS):
        found |= _read_twin(session, network, seed) if way == "twin" else read(session, target, network, [way])
        if way not in found or not predicts(network, found[way], inputs, outputs):
            continue
        if not held or all(np.any(each) for layer in found[way] for each in layer):
            if not any(is_multiple(found[way], each) for each in held):
                # forward may use them in another way than it should: what becomes of them is seen there, too
                found |= {"attributes": held[0]} if held else {}
            return way, found
        # weights or biases look like zero only because forward does not use those that the object holds
        del found[way]
    return "", found


def _read_twin(session: Session, network: Network, seed: int | None) -> dict[str, Parameters]:
    twin = _named(network)
    session.run(*construction("twin", twin, seed=seed or 0))
    seen = read(session, "twin", twin, ["names"])
    return {"twin": seen["names"]} if seen else {}


def _named(network: Network) -> Network:
    """Return the same network with a name for each layer."""
    layers = (replace(layer, name=layer.name or f"twin_{index}") for index, layer in enumerate(network.layers))
    return replace(network, layers=tuple(layers))


def is_multiple(used: Parameters, held: Parameters) -> bool:
    """Tell whether forward uses the parameters that an object holds, or, block by block, one of the `FACTORS` of them."""
    blocks = [pair for layers in zip(used, held, strict=True) for pair in zip(*layers, strict=True)]
    return all(any(error_of_largest(seen, factor * kept) <= AGREES for factor in FACTORS) for seen, kept in blocks)
