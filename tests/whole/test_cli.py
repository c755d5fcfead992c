from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import grader.cli.rubric
from grader import __version__, locations
from grader.cli import main
from grader.errors import AuthorError, HarnessError, IntakeError
from kit import ROOT

PROGRAM = [sys.executable, "-m", "grader"]
# a command that prints many lines, as a class of hundreds does
TALKATIVE = """
import sys, grader.cli, grader.cli.rubric
grader.cli.rubric.run = lambda arguments: [print("line", number) for number in range(10000)]
sys.exit(grader.cli.main(["rubric", "byomlp"]))
"""


def ending_with(error: BaseException, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Return the exit status of a command that meets `error`."""

    def run(arguments: object) -> int:
        raise error

    # the commands are found by name, so there is nowhere to pass one in
    monkeypatch.setattr(grader.cli.rubric, "run", run)
    return main(["rubric", "byomlp", *words])


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (AuthorError("no such rubric"), 2, "mlpgrader: no such rubric\n"),
        (IntakeError("alice: is empty"), 1, "mlpgrader: alice: is empty\n"),
        (HarnessError("no container"), 1, "mlpgrader: no container\n"),
        (KeyError("W"), 1, "mlpgrader: this is a fault of the grader: KeyError: 'W'; run again with --debug\n"),
        (OSError(28, "No space left on device"), 2, "mlpgrader: standard output: No space left on device\n"),
        (PermissionError(13, "Permission denied", "graded"), 2, "mlpgrader: graded: Permission denied\n"),
        (KeyboardInterrupt(), 130, "stopped\n"),
    ],
)
def test_an_error_is_one_line_and_a_status(
    error: BaseException,
    status: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ending_with(error, monkeypatch) == status
    assert capsys.readouterr().err == message


def test_a_traceback_is_shown_when_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ending_with(KeyError("W"), monkeypatch, "--debug")
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_no_message_steers_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ending_with(AuthorError("a\x1b[2Jb\nc\u202ed"), monkeypatch)
    assert capsys.readouterr().err == "mlpgrader: a\\x1b[2Jb\nc\\u202ed\n"


def test_the_version_is_printed() -> None:
    done = subprocess.run([*PROGRAM, "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"mlpgrader {__version__}\n"


@pytest.mark.parametrize(
    "line",
    [[*PROGRAM, "rubric", "byomlp"], [*PROGRAM, "rubric", "byomlp", "--json"], [sys.executable, "-c", TALKATIVE]],
)
def test_a_reader_that_has_gone_ends_the_command_quietly(line: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(line, cwd=ROOT, stdout=pipe, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
@pytest.mark.parametrize("line", [[*PROGRAM, "rubric", "byomlp"], [sys.executable, "-c", TALKATIVE]])
def test_an_output_that_cannot_be_written_is_said(line: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(line, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (2, b"mlpgrader: standard output: No space left on device\n")


def test_a_terminal_that_knows_only_ascii_gets_ascii(tmp_path: Path) -> None:
    text = (
        locations.rubric_file("byomlp")
        .read_text(encoding="utf-8")
        .replace('title = "', 'title = "\N{GREEK SMALL LETTER PI}: ')
    )
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    line = [*PROGRAM, "rubric", str(tmp_path / "mine.toml")]
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(b"\\u03c0: ")


def test_a_command_needs_nobody_to_listen() -> None:
    program = (
        "import sys; sys.stdout = sys.stderr = None; import grader.cli; sys.exit(grader.cli.main(['rubric', 'byomlp']))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
