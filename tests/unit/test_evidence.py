from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import evidence
from grader.errors import AuthorError, HarnessError
from grader.evidence import folder as folder_of_evidence
from grader.model import Evidence, Observation, Problem, ProblemKind, Submission

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


@settings(max_examples=50)
@given(st.dictionaries(keys, st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(keys, inner))))
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
    (folder / ".old.frame.k3x_9").write_bytes(b"left by a grader that was killed")
    (folder / ".manifest.json.abc").write_bytes(b"")
    (folder / "notes of staff.txt").touch()
    saved(tmp_path, run(backward=Observation("backward", {"a": 1})))
    names = {"backward.frame", "submission.frame", "manifest.json", "notes of staff.txt"}
    assert {path.name for path in folder.iterdir()} == names
    assert set(evidence.load(folder)[0].observations) == {"backward"}


def test_an_interrupted_grading_is_not_taken_for_the_earlier_one(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / "forward.frame").unlink()
    (folder / "forward.frame").mkdir()
    with pytest.raises(AuthorError, match=r"forward\.frame: cannot be written"):
        saved(tmp_path)
    with pytest.raises(HarnessError, match=r"manifest\.json: cannot be read"):
        evidence.load(folder)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file")
    with pytest.raises(AuthorError, match="cannot be written"):
        saved(tmp_path)


def edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


HARM = {
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), r"manifest\.json: cannot be read"),
    "no frame": (lambda folder: (folder / "disc.frame").unlink(), r"disc\.frame: cannot be read"),
    "no submission": (lambda folder: (folder / "submission.frame").unlink(), r"submission\.frame: cannot be read"),
    "half a frame": (
        lambda folder: (folder / "forward.frame").write_bytes((folder / "forward.frame").read_bytes()[:-1]),
        r"forward\.frame: is not what was written",
    ),
    "a longer frame": (
        lambda folder: (folder / "forward.frame").write_bytes((folder / "forward.frame").read_bytes() + b"0"),
        r"forward\.frame: is not what was written",
    ),
    "another's frame": (
        lambda folder: (folder / "disc.frame").replace(folder / "forward.frame"),
        r"forward\.frame: is not what was written",
    ),
    "half a manifest": (
        lambda folder: (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes()[:-9]),
        r"manifest\.json: is damaged \(JSONDecodeError\)",
    ),
    "no text": (lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe{"), r"manifest\.json: is damaged"),
    "nesting": (lambda folder: (folder / "manifest.json").write_text("[" * 100_000), r"manifest\.json: is damaged"),
    "a list": (lambda folder: (folder / "manifest.json").write_text("[]"), r"manifest\.json: is not a manifest"),
    "another schema": (
        lambda folder: edit(folder / "manifest.json", lambda manifest: manifest.update(schema="mlpgrader.evidence/2")),
        r"manifest\.json: has the schema 'mlpgrader\.evidence/2', not 'mlpgrader\.evidence/1'",
    ),
    "another seed": (
        lambda folder: edit(folder / "manifest.json", lambda manifest: manifest.update(seed=1)),
        r"manifest\.json: was altered",
    ),
    "no digest": (
        lambda folder: edit(folder / "manifest.json", lambda manifest: manifest.pop("digest")),
        r"manifest\.json: was altered",
    ),
}


@pytest.mark.parametrize("case", HARM)
def test_evidence_that_is_not_as_it_was_written_is_refused_with_the_file(tmp_path: Path, case: str) -> None:
    harm, why = HARM[case]
    folder = saved(tmp_path)
    harm(folder)
    with pytest.raises(HarnessError, match=f"{why}.*; this evidence cannot be judged, grade the submission again"):
        evidence.load(folder)


def test_a_manifest_that_lacks_a_part_is_damaged_even_if_its_digest_fits(tmp_path: Path) -> None:
    folder = saved(tmp_path)

    def change(manifest: dict[str, object]) -> None:
        del manifest["probes"], manifest["digest"]
        manifest["digest"] = folder_of_evidence._digest(manifest)

    edit(folder / "manifest.json", change)
    with pytest.raises(HarnessError, match=r"manifest\.json: is damaged \(KeyError\)"):
        evidence.load(folder)
