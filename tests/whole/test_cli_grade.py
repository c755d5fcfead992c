from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main
from grader.cli.grade import show
from grader.runs import Graded, Job, RunFolder
from kit import ROOT
from kit import small_assignment as small

BROKEN = "def forward(:\n"
NAMES = ("alice", "bob")
GRADE = ["--assignment", "byomlp", "--sandbox", "process"]
# without bytecode: where files may not grow, Python would keep its own cut short
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return the out folder of a run over two broken submissions and a stray file, and what the command said."""
    folder = tmp_path_factory.mktemp("classroom")
    for name in NAMES:
        small.hand_in(folder / "submissions" / name, BROKEN)
    (folder / "submissions" / "README.md").write_text("how to hand in", encoding="utf-8")
    handed_in = map(str, sorted((folder / "submissions").iterdir()))
    done = command(folder, *handed_in, "--items", "forward", "--out", "graded", "--jobs", "2", "--seed", "5")
    return folder / "graded", done


def command(folder: Path, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `grade` as a program of its own in `folder`."""
    line = [sys.executable, "-m", "grader", "grade", *GRADE, *words]
    return subprocess.run(line, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, **options)


def jobs(*names: str) -> list[Job]:
    """Return the jobs of grading submissions of these names."""
    return [Job(Path(name), name, "small", Path("graded", name)) for name in names]


def test_one_submission_is_shown_in_full_and_several_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    arguments, folder = argparse.Namespace(json=False), RunFolder(Path("graded"))
    several = {job.id: Graded(job, small.report().result) for job in jobs("alice", "bob")}
    show(jobs("alice"), folder, {"alice": several["alice"]}, arguments)
    assert "✓ mlp.py can be loaded" in (one := capsys.readouterr().out)
    assert "graded/alice/report.html" in one
    show(jobs("alice", "bob"), folder, several, arguments)
    assert "2 graded" in (table := capsys.readouterr().out)
    assert "graded/summary.csv" in table


def test_json_is_the_summary_of_the_folder_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = RunFolder(tmp_path)
    with folder.taken():
        folder.add("alice", small.report().result)
        show(jobs("bob"), folder, {}, argparse.Namespace(json=True))
    assert json.loads(capsys.readouterr().out)["submissions"][0]["earned"] == 7


def test_a_class_is_graded_whatever_lies_among_it(classroom: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, done = classroom
    summary = json.loads((out / "summary.json").read_bytes())
    assert done.returncode == 1
    assert [(row["id"], row["earned"], row["possible"]) for row in summary["submissions"]] == [
        ("alice", 0, 10),
        ("bob", 0, 10),
    ]
    assert [failure["id"] for failure in summary["failures"]] == ["README.md"]
    assert "2 graded, 1 could not be read" in done.stdout


def test_one_seed_for_a_class_is_the_seed_of_each(classroom: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = classroom
    assert [json.loads((out / name / "report.json").read_bytes())["seed"] for name in NAMES] == [5, 5]


def test_another_rubric_is_graded_by_and_gone_on_with(tmp_path: Path) -> None:
    small.hand_in(tmp_path / "alice", BROKEN)
    own = (ROOT / "rubrics" / "byomlp.toml").read_text(encoding="utf-8").replace("points = 45", "points = 46")
    other = own.replace("points = 10", "points = 11", 1).replace("mlp_loads = 0", "mlp_loads = 1")
    (tmp_path / "mine.toml").write_text(other, encoding="utf-8")
    words = "alice", "--items", "forward", "--rubric", "mine.toml", "--out", "out"
    assert command(tmp_path, *words).returncode == 0
    report = json.loads((tmp_path / "out" / "alice" / "report.json").read_bytes())
    assert report["score"]["possible"] == 11
    assert report["rubric_digest"] == f"sha256:{hashlib.sha256(other.encode()).hexdigest()}"
    assert "1 of 1 is graded already and skipped" in command(tmp_path, *words).stderr
    assert "1 of 1 is judged again from kept evidence" in command(tmp_path, *words[:3], "--out", "out").stderr
    refused = command(tmp_path, "alice", "--rubric", str(ROOT / "rubrics" / "modules.toml"))
    assert (refused.returncode, "is a rubric of the assignment 'modules', not of 'byomlp'" in refused.stderr) == (
        2,
        True,
    )


def test_files_are_asked_for_by_the_names_of_the_rubric(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "network.py").write_text("class MLP:\n    def forward(self, h): ...\n", encoding="utf-8")
    own = (ROOT / "rubrics" / "byomlp.toml").read_text(encoding="utf-8").replace('"mlp.py"', '"network.py"')
    (tmp_path / "mine.toml").write_text(own.replace("Autoencoder.ipynb", "Codes.ipynb"), encoding="utf-8")
    words = "ann", "--items", "forward,autoencoder", "--rubric", "mine.toml", "--size", "quick", "--out", "out"
    assert command(tmp_path, *words).returncode == 0
    items = json.loads((tmp_path / "out" / "ann" / "report.json").read_bytes())["items"]
    assert items[0]["findings"][0]["verdict"] == "passed"
    assert "there is no notebook Codes.ipynb" in [finding["message"] for finding in items[1]["findings"]]


def test_an_interrupt_keeps_what_is_done_and_leaves_nothing_running(tmp_path: Path) -> None:
    small.hand_in(tmp_path / "a", BROKEN)
    # so many that hang that all of them would take minutes, however late the interrupt is heard
    hanging = [small.hand_in(tmp_path / f"b{k:02}", "import time\ntime.sleep(1000)\n").name for k in range(20)]
    line = [sys.executable, "-m", "grader", "grade", *GRADE, "a", *hanging, "--items", "forward", "--out", "out"]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen(line, cwd=tmp_path, env=ENVIRONMENT, **pipes) as running:
        first = next(line for line in running.stderr if line.startswith("["))
        running.send_signal(signal.SIGINT)
        output, errors = running.communicate(timeout=120)
    assert (first.partition(" (about ")[0], running.returncode, output) == ("[1/21] a: 0 of 10", 130, "")
    kept = {path.parent.name for path in (tmp_path / "out").glob("*/report.json")}
    assert "a" in kept < {"a", *hanging}
    assert f"stopped; {len(kept)} of 21 graded are in out" in errors.splitlines()[-1]
    summary = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert {row["id"] for row in summary["submissions"]} == kept
    assert (tmp_path / "out" / "summary.csv").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_disk_that_is_full_stops_the_run_and_leaves_no_half_report(tmp_path: Path) -> None:
    import resource

    small.hand_in(tmp_path / "alice", BROKEN)
    full = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))  # noqa: E731
    done = command(tmp_path, "alice", "--items", "forward", "--out", "out", preexec_fn=full)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "stopped; 0 of 1 graded are in out" in done.stderr
    assert not (tmp_path / "out" / "alice" / "report.json").exists()
    assert not list((tmp_path / "out").rglob(".*"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["alice", "--assignment", "byompl"], "did you mean 'byomlp'"),
        (["alice", "sub/alice", *GRADE], "two submissions are called 'alice'"),
        (["alice", *GRADE, "--items", "forwrad"], "did you mean 'forward'"),
        (["alice", *GRADE, "--data", "nowhere"], "there is no such folder"),
        (["alice", *GRADE, "--image", "mine"], "leave one of them out"),
        (["alice", *GRADE, "--runtime", "runsc"], "--runtime runsc: there are no containers in --sandbox process"),
        (["alice", *GRADE, "--engine", "podman"], "--engine podman: there are no containers in --sandbox process"),
        (["alice", *GRADE, "--out", "alice"], "choose another folder"),
        (["alice", *GRADE, "--out", "a file"], "a file: is a file, and a folder is needed there; choose another --out"),
    ],
)
def test_what_cannot_go_well_is_refused_before_anything_runs(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small.hand_in(tmp_path / "alice")
    small.hand_in(tmp_path / "sub" / "alice")
    (tmp_path / "a file").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["grade", *words]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "graded").exists()


MLP = "class MLP:\n    def forward(self, h): ...\n    def backward(self, g): ...\n"


@pytest.mark.parametrize(
    ("words", "files", "message"),
    [
        (
            ["cls"],
            ["cls/ann/mlp.py", "cls/ben/mlp.py"],
            "looks like a whole class, not like one submission: mlp.py is in 2 folders",
        ),
        (["dl"], ["dl/ann_11_101_mlp.py", "dl/ben_12_102_mlp.py"], "files of 2 students, as Canvas packs them"),
        (
            ["dl/ann_11_101_mlp.py", "dl/ann_11_102_Main.ipynb", "dl/ben_12_103_mlp.py"],
            ["dl/ann_11_101_mlp.py", "dl/ann_11_102_Main.ipynb", "dl/ben_12_103_mlp.py"],
            "several of them one student's (ann_11: 2 files, as ann_11_101_mlp.py); put the files of each student into a folder",
        ),
    ],
)
def test_a_class_given_as_one_submission_is_refused_before_anything_runs(
    words: list[str], files: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(MLP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["grade", *words, *GRADE]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "graded").exists()


def test_one_of_several_that_is_a_class_does_not_stop_the_others(tmp_path: Path) -> None:
    small.hand_in(tmp_path / "ann", BROKEN)
    for name in ("v1", "v2"):
        small.hand_in(tmp_path / "ben" / name, BROKEN)
    done = command(tmp_path, "ann", "ben", "--items", "forward", "--out", "out")
    assert done.returncode == 1
    assert "ben: not graded: ben: looks like a whole class" in done.stderr
    assert json.loads((tmp_path / "out" / "summary.json").read_bytes())["submissions"][0]["id"] == "ann"


def test_files_of_other_names_are_graded_and_told_and_what_could_only_be_guessed_is_not(tmp_path: Path) -> None:
    handed_in: dict[str, dict[str, str]] = {
        "ann": {"hw6 mlp.py": MLP},
        "ben": {},
        "carl": {"digits.py": "x = 1", "a.py": "x = 1"},
        "dora": {"mlp-1.py": MLP, "MLP.py": f"{MLP}\n"},
    }
    for who, files in handed_in.items():
        (tmp_path / who).mkdir()
        for name, text in files.items():
            (tmp_path / who / name).write_text(text, encoding="utf-8")
    done = command(tmp_path, *handed_in, "--items", "forward", "--out", "out")
    report = json.loads((tmp_path / "out" / "ann" / "report.json").read_bytes())
    summary = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert "hw6 mlp.py was taken for mlp.py" in report["items"][0]["findings"][0]["message"]
    assert (done.returncode, [row["id"] for row in summary["submissions"]]) == (1, ["ann"])
    assert [failure["error"].partition(";")[0] for failure in summary["failures"]] == [
        "ben: there is no mlp.py",
        "carl: there is no mlp.py",
        "dora: 2 files could be mlp.py: MLP.py and mlp-1.py",
    ]
    assert "handed in: a.py" in summary["failures"][1]["error"]


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_the_engine_and_the_runtime_that_were_asked_for_make_the_containers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    podman = tmp_path / "podman"
    image = '[{"Id": "sha256:abc", "Config": {}}]'
    podman.write_text(
        f"#!/bin/sh\necho \"$@\" >>'{tmp_path}/asked'\n"
        f"case $1 in version) echo 5;; image) echo '{image}';; create) echo 'full' >&2; exit 1;; esac\n"
    )
    podman.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    small.hand_in(tmp_path / "alice")
    line = ["--assignment", "byomlp", "--items", "forward", "--engine", "podman", "--runtime", "crun"]
    assert main(["grade", str(tmp_path / "alice"), *line, "--out", str(tmp_path / "out")]) == 1
    assert "10 withheld" in capsys.readouterr().err
    asked = (tmp_path / "asked").read_text().splitlines()
    assert all("--runtime crun" in words for words in asked if words.startswith("create"))
    assert any(words.startswith("create") for words in asked)
