from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import evidence, wire
from grader.errors import AuthorError, HarnessError
from grader.evidence import packing
from grader.model import Evidence, Observation, Problem, ProblemKind, Submission

OLD = Path(__file__).parent / "format_1"
ALICE = Submission("Zoë 1", "sha256:12", {"mlp.py": b"\x00\xff", "$array": b"", "ü/x.py": b"x"}, ("a note",))
DATA = {
    "got": np.arange(6.0).reshape(2, 3),
    "counts": [1, 2.5, None, True, "text\n\x1b"],
    "inner": {"deep": [np.array([1, 2], dtype=np.int64), {"flags": np.array([True, False])}]},
    "odd": [float("nan"), float("inf")],
}


def run(**observations: Observation) -> Evidence:
    return Evidence(observations, 2**60, "docker", 3.25, {"image": "sha256:ab"}, "printed \ud800\x1b[2J")


def full_run() -> Evidence:
    problem = Problem(ProblemKind.RAISED, "ValueError: no", "mlp.py line 3, in forward")
    return run(
        forward=Observation("forward", evidence.normalise(DATA), problem, "", 1.5),
        disc=Observation("disc", {}, None, "the engine went away", 0.0),
    )


def saved(folder: Path, what: Evidence | None = None) -> Path:
    evidence.save(what or full_run(), ALICE, folder / "evidence", assignment="byomlp")
    return folder / "evidence"


def same(first: Evidence, second: Evidence) -> bool:
    bare = [
        replace(each, observations={name: replace(o, data={}) for name, o in each.observations.items()})
        for each in (first, second)
    ]
    for name, observation in first.observations.items():
        np.testing.assert_equal(second.observations[name].data, observation.data)
    return bare[0] == bare[1]


def test_everything_comes_back_as_it_was(tmp_path: Path) -> None:
    loaded, submission, assignment = evidence.load(saved(tmp_path))
    assert same(full_run(), loaded)
    assert (submission, assignment) == (ALICE, "byomlp")


def test_the_observations_keep_their_order(tmp_path: Path) -> None:
    loaded, _, _ = evidence.load(saved(tmp_path))
    assert list(loaded.observations) == ["forward", "disc"]


def test_of_some_probes_only_these_are_taken_apart(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    kept, submission, _ = evidence.load(folder)
    name = list(kept.observations)[-1]
    some, same_files, _ = evidence.load(folder, only={name})
    assert (list(some.observations), same_files) == ([name], submission)
    assert some.observations[name].problem == kept.observations[name].problem
    assert list(evidence.load(folder, only=())[0].observations) == []


def test_an_observation_that_is_missing_is_damage(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    about, frames = packing.unpack((folder / evidence.FILE).read_bytes())
    name = list(about["probes"])[-1]
    (folder / evidence.FILE).write_bytes(packing.pack(about, {each: frames[each] for each in frames if each != name}))
    with pytest.raises(HarnessError, match="is damaged"):
        evidence.load(folder)


def test_normal_data_has_lists_for_tuples_and_plain_numbers() -> None:
    data = evidence.normalise({"a": (1, (2.0,)), "b": np.float64(0.5), "c": np.int64(3)})
    assert data == {"a": [1, [2.0]], "b": 0.5, "c": 3}
    assert [type(data["b"]), type(data["c"])] == [float, int]


def test_normal_data_shares_no_memory_with_what_it_came_from() -> None:
    array = np.zeros(3)
    evidence.normalise({"a": array})["a"][0] = 1
    assert array[0] == 0


def test_arrays_keep_shape_and_kind_when_normalised() -> None:
    arrays = {"a": np.asfortranarray(np.ones((2, 3), np.float32)), "b": np.zeros((0, 4), np.uint8), "c": np.array(1.0)}
    data = evidence.normalise(arrays)
    assert [(data[name].shape, data[name].dtype) for name in arrays] == [(a.shape, a.dtype) for a in arrays.values()]


plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
)
keys = st.text(st.characters(codec="utf-8", exclude_characters="$"))


@given(
    st.dictionaries(
        keys,
        st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=8),
        max_size=5,
    )
)
def test_normalising_twice_changes_nothing(data: dict[str, object]) -> None:
    once = evidence.normalise(data)
    assert once == data
    assert evidence.normalise(once) == once


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array(["a"]), np.array([1j])])
def test_data_that_cannot_be_kept_is_our_fault(tmp_path: Path, value: object) -> None:
    with pytest.raises(HarnessError, match="evidence of 'forward' cannot be kept"):
        saved(tmp_path, run(forward=Observation("forward", {"value": value})))


@pytest.mark.parametrize("name", ["submission", "../up", "a b", "", "Upper"])
def test_a_probe_whose_name_is_no_file_name_is_our_fault(tmp_path: Path, name: str) -> None:
    with pytest.raises(HarnessError, match=f"probe '{name}' cannot be kept under this name"):
        saved(tmp_path, run(**{name: Observation(name)}))


def test_a_second_grading_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / ".evidence.zst.k3x_9").write_bytes(b"left by a grader that was killed")
    (folder / "notes of staff.txt").touch()
    saved(tmp_path, run(backward=Observation("backward", {"a": 1})))
    assert {path.name for path in folder.iterdir()} == {"evidence.zst", "notes of staff.txt"}
    assert set(evidence.load(folder)[0].observations) == {"backward"}


def test_evidence_of_the_first_format_is_replaced(tmp_path: Path) -> None:
    shutil.copytree(OLD, tmp_path / "evidence")
    (tmp_path / "evidence" / ".module.frame.k3x_9").write_bytes(b"left by a grader that was killed")
    saved(tmp_path)
    assert {path.name for path in (tmp_path / "evidence").iterdir()} == {"evidence.zst"}


@pytest.mark.parametrize("old", [True, False])
def test_a_folder_has_evidence_until_it_is_withdrawn(tmp_path: Path, old: bool) -> None:
    folder = Path(shutil.copytree(OLD, tmp_path / "evidence")) if old else saved(tmp_path)
    assert evidence.has(folder)
    evidence.withdraw(folder)
    assert not evidence.has(folder)


def test_an_interrupted_grading_is_not_taken_for_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = saved(tmp_path)
    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        saved(tmp_path)
    assert list(folder.iterdir()) == []


def interrupt(_: int) -> None:
    raise KeyboardInterrupt


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file")
    with pytest.raises(AuthorError, match="evidence: is a file, and a folder is needed there"):
        saved(tmp_path)


def test_evidence_that_cannot_be_cleared_is_named(tmp_path: Path) -> None:
    (tmp_path / "evidence" / "evidence.zst").mkdir(parents=True)
    with pytest.raises(AuthorError, match="cannot be cleared"):
        saved(tmp_path)


def test_evidence_is_a_fraction_of_what_it_says(tmp_path: Path) -> None:
    same_twice = np.random.default_rng(1).standard_normal(20_000)
    folder = saved(tmp_path, run(layers=Observation("layers", {"first": same_twice, "again": same_twice})))
    assert (folder / "evidence.zst").stat().st_size < 0.6 * 2 * same_twice.nbytes


HARM: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda raw: b"", r"is damaged \(ValueError\)"),
    "half of it": (lambda raw: raw[: len(raw) // 2], r"is damaged \(ValueError\)"),
    "all but the last byte": (lambda raw: raw[:-1], r"is damaged \(ValueError\)"),
    "a byte more": (lambda raw: raw + b"0", r"is damaged \(ValueError\)"),
    "it twice": (lambda raw: raw + raw, r"is damaged \(ValueError\)"),
    "zeros": (lambda raw: bytes(4096), r"is damaged \(ValueError\)"),
    "another schema": (
        lambda raw: packing.pack({"schema": "mlpgrader.evidence/3"}, {}),
        r"has the schema 'mlpgrader\.evidence/3', not 'mlpgrader\.evidence/2'",
    ),
    "a manifest without probes": (lambda raw: without(raw, "probes"), r"is damaged \(KeyError\)"),
    "an observation that is a list": (
        lambda raw: packing.pack(packing.unpack(raw)[0], {**packing.unpack(raw)[1], "forward": wire.encode([1, 2])}),
        r"is damaged \(TypeError\)",
    ),
    "facts that are a list": (lambda raw: with_other(raw, facts=["a"]), r"is damaged \(AttributeError\)"),
    "facts that are no texts": (lambda raw: with_other(raw, facts={"items": 3}), r"is damaged \(TypeError\)"),
    "a seed that is a text": (lambda raw: with_other(raw, seed="1"), r"is damaged \(TypeError\)"),
    "a frame that is missing": (
        lambda raw: packing.pack(packing.unpack(raw)[0], {}),
        r"is damaged \(KeyError\)",
    ),
}


def with_other(raw: bytes, **values: object) -> bytes:
    about, frames = packing.unpack(raw)
    return packing.pack({**about, **values}, frames)


def without(raw: bytes, name: str) -> bytes:
    about, frames = packing.unpack(raw)
    del about[name]
    return packing.pack(about, frames)


@pytest.mark.parametrize("case", HARM)
def test_evidence_that_is_not_as_it_was_written_is_refused_with_the_file(tmp_path: Path, case: str) -> None:
    harm, why = HARM[case]
    folder = saved(tmp_path)
    (folder / "evidence.zst").write_bytes(harm((folder / "evidence.zst").read_bytes()))
    with pytest.raises(
        HarnessError, match=rf"evidence\.zst: {why}; this evidence cannot be judged, grade the submission"
    ):
        evidence.load(folder)


def test_evidence_that_is_not_there_is_refused_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"evidence\.zst: cannot be read"):
        evidence.load(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_bit_that_is_turned_is_noticed_or_means_nothing(tmp_path: Path, at: float, bit: int) -> None:
    raw = bytearray((saved(tmp_path) / "evidence.zst").read_bytes())
    raw[int(at * len(raw))] ^= 1 << bit
    (tmp_path / "evidence" / "evidence.zst").write_bytes(raw)
    with contextlib.suppress(HarnessError):
        loaded, submission, _ = evidence.load(tmp_path / "evidence")
        assert same(full_run(), loaded)
        assert submission == ALICE
