"""What is asked about construction and the forward pass."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

import numpy as np

from grader.assignments.byomlp.network import random_networks
from grader.assignments.byomlp.network.loading import FILE, KIND, load
from grader.assignments.byomlp.network.naming import NOWHERE, naming_of
from grader.assignments.byomlp.network.networks import Layer, Network, NetworkRecord, flatten
from grader.assignments.byomlp.network.parameters import (
    at_paths,
    construction,
    explain,
    layouts,
    named_arrays,
    parameter_paths,
    read,
)
from grader.model import Array, ProblemKind
from grader.plain import PlainAnswer, PlainProblem, as_plain, first_problem, plain_problem
from grader.sandbox import Session
from grader.sandbox import operations as ask
from grader.suggestions import similar_names
from grader.text import printable

# the example of the course page: special_start and special_end in the middle of five layers
COURSE = Network(
    10,
    (
        Layer(20, "leaky_relu", None),
        Layer(5, "leaky_relu", None),
        Layer(8, "leaky_relu", "special_start"),
        Layer(7, "leaky_relu", "special_end"),
        Layer(1, "leaky_relu", None),
    ),
    "squared",
)
# characters of an error
SAID = 300


class BuiltRecord(NetworkRecord):
    """A network that was built and only looked at: its parameters (k,) by each way of reading.

    Where none reads any, `forward` is what goes wrong there.
    """

    readings: dict[str, Array]
    flat_biases: bool
    forward: NotRequired[PlainProblem | None]


class PartRecord(TypedDict):
    """One call of forward with a start, an end or both (numbers of layers), and what it gave."""

    start: int | None
    end: int | None
    input: Array
    output: PlainAnswer


class CompositionRecord(TypedDict):
    """One input: through the whole network, up to layer `split`, and from there on through the rest."""

    split: int
    whole: PlainAnswer
    first: PlainAnswer
    second: PlainAnswer


class ForwardRecord(NetworkRecord):
    """What forward of one network, built after `seed`, gave for `inputs` (N, d), as far as it could be asked.

    `again` are the outputs of the first input, asked twice more, and `input_after` is that input afterwards. `readings` are
    the parameters (k,) by each way of reading, `way` the first that explains the outputs ("" when none does), and `held`
    what those that lie on the object may be.
    """

    inputs: Array
    seed: NotRequired[int]
    outputs: NotRequired[list[PlainAnswer]]
    again: NotRequired[list[PlainAnswer]]
    input_after: NotRequired[PlainAnswer]
    way: NotRequired[str]
    readings: NotRequired[dict[str, Array]]
    held: NotRequired[list[Array] | Array | None]
    parts: NotRequired[list[PartRecord]]
    compositions: NotRequired[list[CompositionRecord]]


Built = tuple[str, Network, BuiltRecord]


def module(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Load mlp.py and list what it defines; where there is none, note which files may be meant for it."""
    (answer,) = session.run(load())
    seen["problem"] = plain_problem(answer.problem)
    if answer.problem and answer.problem.kind is ProblemKind.MISSING:
        seen["similar"] = [printable(name) for name in similar_names(FILE, session.files)]
    seen["taken"] = printable(session.taken.get(FILE, ""))
    classes = answer.value.get("classes", {}) if isinstance(answer.value, dict) else {}
    seen["classes"] = {str(name): sorted(map(str, methods)) for name, methods in classes.items()}
    seen["stumbled"] = _stumbled(answer.value.get("stumbled") if isinstance(answer.value, dict) else None)
    told = answer.value if isinstance(answer.value, dict) else {}
    seen["called"] = printable(told.get("called", {}).get(KIND, ""))
    seen["jupyter"] = told.get("jupyter", [])


def _stumbled(told: Any) -> PlainProblem | None:
    """Return the error that importing ended in below the class, as the process tells of it, with suspicion."""
    if not isinstance(told, dict):
        return None
    message, where = (printable(str(told.get(key, ""))[:SAID]) for key in ("message", "where"))
    return {"kind": str(ProblemKind.RAISED), "message": message, "where": where}


def layers(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Build networks and read their parameters: small ones for shapes, wide ones for the distribution.

    Their arrays are looked at before forward is called at all: whatever happens there, what add_layer made has been seen.
    """
    session.run(load())
    naming = naming_of(session)
    a, b, c, d = (int(n) for n in rng.choice(np.arange(2, 9), 4, replace=False))
    first, other = (int(n) for n in rng.choice(2**31, 2, replace=False))
    built: list[Built] = []
    seen["shapes"], seen["wide"] = [], []
    for widths in ((a, b), (a, b, c, 1), (1, c, d, b)):
        net = random_networks.network(rng, widths, "identity", "squared").built_by(naming)
        seen["shapes"].append(_build(session, built, net, seed=int(rng.integers(2**31))))
    for widths in ((7, 1500), (30, 30, 30, 30)):
        net = random_networks.network(rng, widths, "identity", "squared").built_by(naming)
        for seed in (first, first, other):
            seen["wide"].append(_build(session, built, net, seed=seed))
        # a network without seeding again must not be a copy of one before
        seen["wide"].append(_build(session, built, net, seed=None))
    for target, net, record in built:
        found = {} if record["problem"] else read(session, target, net, ("names", "taps"))
        record["readings"] |= {way: flatten(parameters) for way, parameters in found.items()}
        if not record["readings"] and not record["problem"]:
            (answer,) = session.run(ask.call(target, "forward", np.zeros(net.inputs)))
            record["forward"] = plain_problem(answer.problem)


def _build(session: Session, built: list[Built], net: Network, *, seed: int | None) -> BuiltRecord:
    """Build the next network, after ``np.random.seed(seed)`` unless `seed` is None, and note the arrays it holds."""
    target = f"built{len(built)}"
    operations = construction(target, net, seed=seed or 0)[0 if seed is not None else 1 :]
    *answers, arrays = session.run(*operations, ask.arrays(target))
    held = named_arrays(arrays)
    paths = parameter_paths(net, held)
    parameters = at_paths(net, paths, held) if paths else None
    record: BuiltRecord = {
        "network": net.as_data(),
        "problem": plain_problem(first_problem(answers)),
        "readings": {"attributes": flatten(parameters)} if parameters else {},
        "flat_biases": bool(paths) and all(held[b].ndim == 1 for _, b in paths or ()),
    }
    built.append((target, net, record))
    return record


def forward(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Feed inputs through random networks, whole and in parts."""
    session.run(load())
    naming = naming_of(session)
    seen["networks"] = networks = []
    for index, net in enumerate(each.built_by(naming) for each in _forward_networks(rng)):
        target = f"net{index}"
        inputs = 2 * rng.standard_normal((4, net.inputs))
        seed = int(rng.integers(2**31))
        *built, fresh = session.run(*construction(target, net, seed=seed), ask.arrays(target))
        held = layouts(net, named_arrays(fresh))
        record: ForwardRecord = {
            "network": net.as_data(),
            "inputs": inputs,
            "seed": seed,
            "problem": plain_problem(first_problem(built)),
        }
        networks.append(record)
        if record["problem"]:
            continue
        answers = session.run(
            *(ask.call(target, "forward", x) for x in inputs),
            ask.hold("x", inputs[0]),
            ask.call(target, "forward", ask.ref("x")),
            ask.call(target, "forward", ask.ref("x")),
            ask.fetch("x"),
        )
        record["outputs"] = [as_plain(answer) for answer in answers[:4]]
        record["again"] = [as_plain(answer) for answer in answers[5:7]]
        record["input_after"] = as_plain(answers[7])
        way, found = explain(session, target, net, inputs, seed=seed, held=held)
        record["way"] = way
        record["readings"] = {name: flatten(parameters) for name, parameters in found.items()}
        record["held"] = [flatten(each) for each in held]
        record["parts"] = _parts(session, target, net, rng)
        record["compositions"] = [] if way or not net.named else _compositions(session, target, net, inputs[0])
        session.run(ask.forget(target))


def _forward_networks(rng: np.random.Generator) -> list[Network]:
    p, q, r, s = (int(n) for n in rng.integers(2, 7, 4))
    pick = random_networks.HIDDEN
    return [
        random_networks.network(rng, (p, q), "logistic", "logistic"),
        random_networks.network(rng, (1, q, 1), "leaky_relu", "squared", hidden=pick),
        random_networks.network(rng, (p, p, p), "softmax", "crossentropy", hidden=pick, named=False),
        random_networks.network(rng, (p, q, 1, r), "identity", "squared", hidden=pick),
        random_networks.network(rng, (q, q, r, s, 2), "softmax", "crossentropy", hidden=pick),
        random_networks.network(
            rng, (r, q + 1, q, 1), "logistic", "logistic", hidden=pick, named=False, derivative=True
        ),
        COURSE,
    ]


def _parts(session: Session, target: str, net: Network, rng: np.random.Generator) -> list[PartRecord]:
    """Ask for every stretch of named layers: with start alone, with end alone, and with both."""
    if net.naming.how == NOWHERE:
        return []
    names = [layer.name for layer in net.layers]
    last = len(names) - 1
    spans: list[tuple[int | None, int | None]] = [(None, end) for end in range(last + 1) if names[end]]
    spans += [(start, None) for start in range(last + 1) if names[start]]
    spans += [(i, k) for i in range(last + 1) for k in range(i, last + 1) if names[i] and names[k]]
    inputs = [2 * rng.standard_normal(net.widths[start or 0]) for start, _ in spans]
    asked = []
    for (start, end), x in zip(spans, inputs, strict=True):
        chosen = {"start": start, "end": end}
        asked.append(ask.call(target, "forward", x, **{key: names[i] for key, i in chosen.items() if i is not None}))
    answers = session.run(*asked)
    return [
        {"start": start, "end": end, "input": x, "output": as_plain(answer)}
        for (start, end), x, answer in zip(spans, inputs, answers, strict=True)
    ]


def _compositions(session: Session, target: str, net: Network, x: Array) -> list[CompositionRecord]:
    """Go through a network in two parts, wherever it can be split: needed where forward is not understood as a whole."""
    made: list[CompositionRecord] = []
    for split in range(len(net.layers) - 1):
        end, start = net.layers[split].name, net.layers[split + 1].name
        whole, first = session.run(ask.call(target, "forward", x), ask.call(target, "forward", x, end=end))
        halfway = first.value if isinstance(first.value, np.ndarray) else np.zeros(net.widths[split + 1])
        (second,) = session.run(ask.call(target, "forward", halfway, start=start))
        made.append({"split": split, "whole": as_plain(whole), "first": as_plain(first), "second": as_plain(second)})
    return made
