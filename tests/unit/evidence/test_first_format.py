"""`format_1` is what mlpgrader 0.1.0 of November 2026 wrote for a submission that loses its biases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import assignments, evidence, pipeline
from grader.errors import HarnessError
from grader.evidence import first_format

OLD = Path(__file__).parent / "format_1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLD, tmp_path / "evidence"))


def test_a_folder_of_the_first_format_is_loaded() -> None:
    loaded, submission, assignment = evidence.load(OLD)
    assert (submission.id, sorted(submission.files), assignment) == (
        "alice",
        ["digits.py", "layers.py", "losses.py", "mlp.py"],
        "byomlp",
    )
    assert (list(loaded.observations), loaded.seed, loaded.items) == (
        ["module", "layers", "forward"],
        3,
        ("forward",),
    )


def test_a_folder_of_the_first_format_is_judged_as_it_was() -> None:
    loaded, submission, assignment = evidence.load(OLD)
    byomlp = assignments.find(assignment)
    judged = pipeline.judge(submission, loaded, byomlp, pipeline.load_rubric(byomlp))
    assert judged.score.marks.earned == 2


def edit(path: Path, change: Callable[[dict[str, object]], object], *, signed: bool = False) -> None:
    manifest = json.loads(path.read_text())
    change(manifest)
    if signed:
        del manifest["digest"]
        manifest["digest"] = first_format._digest(manifest)
    path.write_text(json.dumps(manifest))


HARM: dict[str, tuple[Callable[[Path], object], str]] = {
    "no frame": (lambda folder: (folder / "layers.frame").unlink(), r"layers\.frame: cannot be read"),
    "no submission": (lambda folder: (folder / "submission.frame").unlink(), r"submission\.frame: cannot be read"),
    "half a frame": (
        lambda folder: (folder / "forward.frame").write_bytes((folder / "forward.frame").read_bytes()[:-1]),
        r"forward\.frame: is not what was written",
    ),
    "another's frame": (
        lambda folder: (folder / "layers.frame").replace(folder / "forward.frame"),
        r"(layers\.frame: cannot be read|forward\.frame: is not what was written)",
    ),
    "half a manifest": (
        lambda folder: (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes()[:-9]),
        r"manifest\.json: is damaged \(JSONDecodeError\)",
    ),
    "no text": (lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe{"), r"manifest\.json: is damaged"),
    "nesting": (lambda folder: (folder / "manifest.json").write_text("[" * 100_000), r"manifest\.json: is damaged"),
    "a list": (lambda folder: (folder / "manifest.json").write_text("[]"), r"manifest\.json: is not a manifest"),
    "another schema": (
        lambda folder: edit(folder / "manifest.json", lambda manifest: manifest.update(schema="mlpgrader.evidence/7")),
        r"manifest\.json: has the schema 'mlpgrader\.evidence/7', not 'mlpgrader\.evidence/1'",
    ),
    "another seed": (
        lambda folder: edit(folder / "manifest.json", lambda manifest: manifest.update(seed=1)),
        r"manifest\.json: was altered",
    ),
    "no digest": (
        lambda folder: edit(folder / "manifest.json", lambda manifest: manifest.pop("digest")),
        r"manifest\.json: was altered",
    ),
    "no probes": (
        lambda folder: edit(folder / "manifest.json", lambda manifest: manifest.pop("probes"), signed=True),
        r"manifest\.json: is damaged \(KeyError\)",
    ),
}


@pytest.mark.parametrize("case", HARM)
def test_evidence_that_is_not_as_it_was_written_is_refused_with_the_file(folder: Path, case: str) -> None:
    harm, why = HARM[case]
    harm(folder)
    with pytest.raises(HarnessError, match=f"{why}.*; this evidence cannot be judged, grade the submission again"):
        evidence.load(folder)
