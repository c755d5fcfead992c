"""What a bubblewrap sandbox shows of this machine: the interpreter wherever it lies, and the grader nowhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader import locations
from grader.errors import AuthorError
from grader.sandbox import visible

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="lays out the folders of a Linux machine")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a machine whose interpreter is an environment in a checkout, made from one in a home."""
    base = tmp_path / "home" / "ann" / "pythons" / "3.11"
    environment = tmp_path / "checkout" / ".venv"
    for folder in (base / "bin", environment / "bin", tmp_path / "checkout" / "grader"):
        folder.mkdir(parents=True)
    (base / "bin" / "python3.11").touch()
    (environment / "bin" / "python").symlink_to(base / "bin" / "python3.11")
    for name, prefix in (("prefix", environment), ("exec_prefix", environment)):
        monkeypatch.setattr(sys, name, str(prefix))
    for name in ("base_prefix", "base_exec_prefix"):
        monkeypatch.setattr(sys, name, str(base))
    monkeypatch.setattr(sys, "executable", str(environment / "bin" / "python"))
    monkeypatch.setattr(locations, "__file__", str(tmp_path / "checkout" / "grader" / "locations.py"))
    monkeypatch.setattr(locations, "checkout", lambda: tmp_path / "checkout")
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "ann"))
    return tmp_path


def words(*, of: str) -> list[str]:
    """Return what follows each `of` among the options of bwrap."""
    options = visible.arguments()
    return [options[at + 1] for at, word in enumerate(options) if word == of]


def shown(machine: Path) -> list[str]:
    """Return which folders of the machine are shown."""
    paths = (Path(word) for word in words(of="--ro-bind"))
    return [str(path.relative_to(machine)) for path in paths if path.is_relative_to(machine)]


def test_an_environment_is_shown_with_what_it_was_made_from_and_nothing_around_it(machine: Path) -> None:
    assert shown(machine) == ["checkout/.venv", "home/ann/pythons/3.11"]
    assert words(of="--tmpfs") == []


def test_every_link_on_the_way_to_the_interpreter_is_there(machine: Path) -> None:
    (machine / "links").mkdir()
    (machine / "links" / "python").symlink_to(machine / "home" / "ann" / "pythons" / "3.11" / "bin" / "python3.11")
    python = machine / "checkout" / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(machine / "links" / "python")
    assert shown(machine) == ["checkout/.venv", "home/ann/pythons/3.11", "links"]


def test_folders_above_are_for_everyone_to_go_through(machine: Path) -> None:
    options = visible.arguments()
    at = options.index(str(machine / "checkout"))
    assert options[at - 3 : at] == ["--perms", "0755", "--dir"]


def test_a_checkout_in_what_is_shown_is_hidden_but_for_its_environment(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "base_prefix", str(machine))
    monkeypatch.setenv("HOME", "/home/ann")
    checkout, environment = str(machine / "checkout"), str(machine / "checkout" / ".venv")
    assert words(of="--tmpfs") == [checkout]
    assert words(of="--remount-ro") == [checkout]
    options = visible.arguments()
    assert options.index(str(machine)) < options.index(checkout, options.index("--tmpfs")) < options.index(environment)


def test_a_checkout_in_the_system_is_hidden_in_the_same_way(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visible, "SYSTEM", machine)
    assert words(of="--tmpfs") == [str(machine / "checkout")]
    assert shown(machine) == [".", "checkout/.venv"]


def test_a_grader_that_is_installed_beside_the_interpreter_is_hidden(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = machine / "checkout" / ".venv" / "lib" / "site-packages" / "grader"
    monkeypatch.setattr(locations, "__file__", str(package / "locations.py"))
    monkeypatch.setattr(locations, "checkout", lambda: None)
    assert words(of="--tmpfs") == [str(package)]


def test_an_interpreter_right_in_a_home_is_refused(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", str(machine / "home" / "ann"))
    with pytest.raises(AuthorError, match=r"installed right in .*/home/ann, .*python3 -m venv"):
        visible.arguments()


def test_of_the_settings_nothing_names_users_or_machines() -> None:
    bound = {*words(of="--ro-bind"), *words(of="--ro-bind-try")}
    assert not {"/", "/etc", "/etc/passwd", "/etc/hosts", "/etc/hostname", "/etc/ssh"} & bound


@pytest.mark.parametrize(
    ("folder", "writable"), [("/work/checkout/.venv", "/tmp"), ("/tmp/checkout/.venv", "/scratch")]
)
def test_an_interpreter_below_the_temporary_folder_is_not_covered_by_it(folder: str, writable: str) -> None:
    assert visible.writable_folder([Path("/opt/python"), Path(folder)]) == writable


def test_what_courses_have_installed_is_covered_after_the_environment_is_shown(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = machine / "checkout" / ".venv" / "lib"
    (packages / "course").mkdir(parents=True)
    (packages / "single.py").touch()
    elsewhere = machine / "elsewhere"
    elsewhere.mkdir()
    found = (packages / "course", packages / "single.py", elsewhere)
    monkeypatch.setattr(locations, "installed_courses", lambda: found)
    options = visible.arguments()
    assert words(of="--tmpfs") == [str(packages / "course")]
    assert options[options.index("/dev/null") + 1] == str(packages / "single.py")
    assert options.index(str(packages / "course")) > options.index(str(machine / "checkout" / ".venv"))
