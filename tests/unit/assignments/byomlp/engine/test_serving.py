"""The engine takes whatever bytes come: it carries out calls, or says that they are none, and never stumbles."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignments.byomlp.engine import desk
from grader.assignments.byomlp.engine.serving import Serving
from grader.assignments.byomlp.provided import layers, losses
from grader.watching import frames
from grader.watching.frames import Frame
from grader.watching.recording.thin import lay_over, settle
from grader.wire import WireError
from kit.engine_in_thread import Seat, layers_of

RNG = np.random.default_rng(4)
TRAIN, TEST = (RNG.integers(0, 256, (n, 784), dtype=np.uint8) for n in (60, 20))
DIGITS = {"train": TRAIN, "test": TEST, "train_labels": np.arange(60) % 10, "test_labels": np.arange(20) % 10}
DIGITS = {name: each.astype(np.uint8) for name, each in DIGITS.items()}


class Plain:
    """What the engine lies over."""


@pytest.fixture
def seat() -> Iterator[Seat]:
    made = Seat(digits=DIGITS)
    yield made
    made.beside.close()
    assert made.beside.fault is None


def network(seat: Seat, inputs: int = 784) -> Any:
    net = lay_over(Plain, seat)(inputs, losses.softmax_est_crossentropy_deriv)
    net.add_layer(20, layers.leaky_relu, layers.leaky_relu_deriv)
    net.add_layer(10, layers.softmax, None)
    return net


def recorded() -> bytes:
    """Return the bytes of a short training, as they leave a notebook's process."""
    seat, said = Seat(digits=DIGITS), bytearray()
    write = seat.beside.channel.write
    said += Frame(frames.OPEN, number=1).encoded()

    def note(data: bytearray) -> None:
        said.extend(data)
        write(data)

    seat.beside.channel.write = note  # type: ignore[method-assign]
    net = network(seat)
    X = seat.shipper.images.paper(np.arange(60))
    for k in range(40):
        net.backward(X[k] if k % 7 else RNG.random(784), np.eye(10)[k % 10])
        net.step(0.01)
        net.zero_grad()
    net.forward(X[0])
    net.backward(list(X[1]), np.eye(10)[0])
    settle(net)
    seat.settled()
    seat.beside.close()
    return bytes(said)


SAID = recorded()


def serve(raw: bytes) -> list[bytes]:
    """Feed bytes to an engine of their own; returns its replies."""
    replies: list[bytes] = []

    def more() -> bytes:
        raise EOFError

    serving = Serving(more, replies.append, compile_after=1 << 60)
    serving.ask({"op": "watch", "mode": "engine", **DIGITS})
    try:
        serving.feed(raw)
    except (WireError, EOFError, MemoryError):
        return replies
    serving.ask({"op": "networks"})
    return replies


def test_what_was_recorded_is_carried_out() -> None:
    assert len(serve(SAID)) > 5


@given(st.lists(st.tuples(st.integers(0, len(SAID) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_changed_bytes_are_carried_out_or_refused(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(SAID)
    for at, value in changes:
        raw[at] = value
    serve(bytes(raw))


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(frames.CALLS)), st.integers(0, 3), st.binary(max_size=80), st.integers(0, 3)),
        max_size=6,
    )
)
def test_any_payloads_are_carried_out_or_refused(calls: list[tuple[int, int, bytes, int]]) -> None:
    before = Frame(frames.MADE, 0, struct.pack("<I", 1)).encoded()
    serve(before + b"".join(Frame(kind, net, raw, flags, 1).encoded() for kind, net, raw, flags in calls))


def test_rows_come_to_the_engine_as_they_were(seat: Seat) -> None:
    net = network(seat)
    told: list[Any] = []
    seat.desk.ledger.block = lambda _, X, Y, *__, ids=None: told.append((X.copy(), Y.copy(), ids))
    paper = seat.shipper.images.paper(np.arange(60))
    X = np.concatenate([paper[:20] * 2 - 1, RNG.random((5, 784)), paper[20:40] * 2 - 1])
    for row in np.concatenate([X, X]):
        net.backward(row, np.eye(10)[3])
    settle(net)
    seat.settled()
    assert np.allclose(np.concatenate([each[0] for each in told]), np.concatenate([X, X]), rtol=0, atol=1e-12)
    assert (np.concatenate([each[2] for each in told]) < 0).sum() == 10


def test_no_parameter_comes_from_inside_and_a_seeded_notebook_gets_the_same(seat: Seat) -> None:
    np.random.seed(5)  # noqa: NPY002 - what students draw from
    net = network(seat)
    after = np.random.rand()  # noqa: NPY002
    plain = np.random.RandomState(5)
    want = [(0.1 * plain.randn(m, n), 0.1 * plain.randn(m)) for m, n in ((20, 784), (10, 20))]
    assert all(np.array_equal(layer.W, W) for layer, (W, _) in zip(layers_of(net), want, strict=True))
    assert all(np.array_equal(layer.b, b) for layer, (_, b) in zip(layers_of(net), want, strict=True))
    assert after == plain.rand()


def test_a_layer_that_is_too_large_is_a_want_of_memory_inside(seat: Seat) -> None:
    net = lay_over(Plain, seat)(2**20, losses.squared_loss_deriv)
    with pytest.raises(MemoryError):
        net.add_layer(2**18, layers.relu, layers.relu_deriv)


def test_networks_may_take_so_much_memory_and_no_more(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "BYTES", 500_000)
    net = network(seat)
    net.add_layer(10, layers.relu, layers.relu_deriv)
    with pytest.raises(MemoryError):
        network(seat)
