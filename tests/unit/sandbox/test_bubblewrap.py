"""What bubblewrap is asked for, and what is said where a machine cannot have it; that it holds is for tests/conformance."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.model import Limits
from grader.sandbox.bubblewrap import bubblewrap_launcher, create_arguments
from grader.sandbox.wrapping import USER, Wrap

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap needs Linux")
WRAP = Wrap("bwrap", ("--ro-bind", "/usr", "/usr"), b"", True, "/tmp")


def program(folder: Path, *, version: str, said: str = "") -> str:
    """Write what says that it is bubblewrap of some version, and else complains."""
    path = folder / "bwrap"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" && exit\necho "{said}" >&2\nexit 1\n')
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("as_root", [True, False])
def test_a_sandbox_has_no_network_no_rights_and_little_room(as_root: bool) -> None:
    options = create_arguments(WRAP, Limits(files_mb=7), as_root=as_root)
    assert {"--unshare-net", "--unshare-pid", "--unshare-user", "--die-with-parent", "--clearenv", "--as-pid-1"} <= set(
        options
    )
    assert options[options.index("--cap-drop") + 1] == "ALL"
    assert options[options.index("--size") + 1] == str(7 * 2**20)
    assert options[-4:] == ["--remount-ro", "/", "--chdir", "/tmp"]
    # who is no root becomes another user by name only, and needs no right for it
    assert ("--cap-add" in options) is as_root
    assert (str(USER) in options) is not as_root


def test_without_the_program_it_is_said_how_to_get_it() -> None:
    with pytest.raises(
        AuthorError, match=r"there is no 'no-such-bwrap'; install bubblewrap .* or choose --sandbox docker"
    ):
        bubblewrap_launcher(program="no-such-bwrap")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("bubblewrap 0.4.1", "bubblewrap 0.4.1 is too old; install 0.8.0 or later"),
        ("none", "does not say which version"),
    ],
)
def test_a_version_that_is_too_old_or_unknown_is_refused(tmp_path: Path, version: str, said: str) -> None:
    with pytest.raises(AuthorError, match=said):
        bubblewrap_launcher(program=program(tmp_path, version=version))


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("bwrap: Creating new namespace failed: Operation not permitted", "let this user make user namespaces"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths=unconfined"),
        ("PermissionError: Permission denied: numpy", "let everybody read and enter the folders of Python"),
        ("something else", "run mlpgrader doctor"),
    ],
)
def test_what_a_machine_does_not_allow_is_told_in_its_own_words_with_what_to_do(
    tmp_path: Path, said: str, advice: str
) -> None:
    with pytest.raises(AuthorError) as refused:
        bubblewrap_launcher(program=program(tmp_path, version="bubblewrap 0.11.0", said=said))
    assert str(refused.value).startswith(f"bubblewrap cannot make a sandbox: {said}; ")
    assert advice in str(refused.value)
