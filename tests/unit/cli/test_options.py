from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from grader.cli import options, values
from grader.errors import AuthorError
from kit import ROOT

COMMANDS = ["grade", "check", "regrade", "pending", "mark", "release", "rubric", "template", "calibrate", "doctor"]


def parsed(*words: str) -> argparse.Namespace:
    """Return the arguments of a command line."""
    return options.parser().parse_args(words)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(command, "--help")
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"example:\n  mlpgrader {command}" in text
    assert "exit status:" in text


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--help")
    text = capsys.readouterr().out
    assert all(f"\n    {command} " in text for command in COMMANDS)


def test_docker_is_the_sandbox_that_nobody_has_to_choose() -> None:
    arguments = parsed("grade", "alice", "bob.zip", "--assignment", "byomlp")
    assert (arguments.sandbox, arguments.out, arguments.jobs, arguments.seed) == ("docker", Path("graded"), 1, None)
    assert arguments.submissions == [Path("alice"), Path("bob.zip")]


def test_a_check_is_of_this_folder_and_of_what_is_in_it_unless_something_else_is_said() -> None:
    arguments = parsed("check")
    assert (arguments.folder, arguments.assignment, arguments.watch) == (Path(), None, False)


@pytest.mark.parametrize("words", [("--debug", "doctor"), ("doctor", "--debug")])
def test_tracebacks_can_be_asked_for_before_and_after_the_command(words: tuple[str, str]) -> None:
    assert parsed(*words).debug


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "COMMAND"),
        (["grad"], "invalid choice: 'grad'"),
        (["grade", "alice"], "--assignment"),
        (["grade", "alice", "--assignment", "byomlp", "--sandbox", "chroot"], "invalid choice: 'chroot'"),
        (["grade", "alice", "--assignment", "byomlp", "--seed", "-1"], "from 0 to 4294967295"),
        (["grade", "alice", "--assignment", "byomlp", "--jobs", "0"], "from 1 to 256"),
        (["grade", "alice", "--assignment", "byomlp", "--fail-under", "101"], "from 0 to 100"),
        (["grade", "alice", "--assignment", "byomlp", "--items", ","], "names nothing"),
        (["grade", "alice", "--assig", "byomlp"], "--assignment"),
        (["rubric"], "FILE"),
    ],
)
def test_a_wrong_command_line_is_explained(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(*words)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (values.seed, "0", 0),
        (values.seed, "4294967295", 4294967295),
        (values.jobs, "2", 2),
        (values.percent, "99.5", 99.5),
        (values.names, "forward, backprop", ("forward", "backprop")),
    ],
)
def test_values_are_read(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (values.seed, "4294967296"),
        (values.seed, "1e3"),
        (values.seed, "9" * 5000),
        (values.jobs, "two"),
        (values.percent, "nan"),
        (values.percent, "-0.1"),
        (values.percent, ""),
        (values.names, " , "),
    ],
)
def test_values_that_make_no_sense_are_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        read(text)


@pytest.mark.parametrize(
    "words",
    [
        ["grade", "ann", "ben & co", "--assignment", "byomlp", "--sandbox", "process", "--seed", "7", "--jobs", "2"],
        ["grade", "ann", "--assignment", "byomlp", "--items", "forward,backprop", "--fail-under", "50.0", "--again"],
        ["calibrate", "--assignment", "byomlp", "--assignment", "modules", "--only", "a,b", "--generated"],
        ["check"],
    ],
)
def test_a_command_can_be_repeated_from_what_was_understood_of_it(words: list[str]) -> None:
    own = argparse.ArgumentParser()
    import_module(f"grader.cli.{words[0]}").add_arguments(own)
    again = shlex.split(options.repeated(own, parsed(*words)))
    assert parsed(words[0], *again) == parsed(*words)
    assert set(again) == set(words[1:])


def test_a_command_imports_only_what_it_needs_itself() -> None:
    program = (
        "import sys; import grader.cli; from grader.cli import options; options.parser('rubric'); "
        "print([name for name in options.COMMANDS if f'grader.cli.{name}' in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True) == "['rubric']\n"


def test_who_is_not_known_is_asked_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", unknown)
    assert options.author(argparse.Namespace(author="Jane")) == "Jane"
    with pytest.raises(AuthorError, match="--as NAME"):
        options.author(argparse.Namespace(author=None))
