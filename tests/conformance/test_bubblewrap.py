"""bubblewrap: what student code may do inside, what of this machine it sees, and that nothing of it is left."""

from __future__ import annotations

import errno
import os
import platform
import select
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader import assignments, pipeline
from grader.errors import AuthorError, HarnessError
from grader.model import Limits, ProblemKind
from grader.sandbox import Inside, Launcher, Session, SessionEnded
from grader.sandbox import operations as op
from grader.sandbox.bubblewrap import bubblewrap_launcher, create_arguments
from grader.sandbox.launching import ENVIRONMENT
from grader.sandbox.watching import memory, tree
from grader.sandbox.wrapping import ENTRY, Wrap, end_orphans, is_readable
from kit.asking import LIMITS, session, worker
from kit.inmate import FILES, MADE, number
from kit.standing_in import stand_in

bubblewrap = pytest.mark.bubblewrap
CANARY = "5ecre7"
# what `launcher` opens
KIND = "bubblewrap"


@bubblewrap
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers of system calls are those of x86-64")
def test_files_in_memory_are_refused(ask: Session) -> None:
    assert number(ask, "asks", 319, 0) == errno.EPERM


@bubblewrap
@pytest.mark.parametrize(
    "path", ["/var", "/run", "/srv", "/boot", "/sys", "/etc/passwd", "/etc/hostname", "/var/run/docker.sock"]
)
def test_the_machine_is_not_to_be_seen(ask: Session, path: str) -> None:
    assert number(ask, "sees", path) == 0.0


@bubblewrap
def test_a_canary_in_files_and_environment_is_not_found(
    launcher: Launcher, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "canary").write_text(CANARY)
    monkeypatch.setenv("MLPGRADER_TEST", CANARY)
    folders = ("/etc", "/root/.cache", "/home", "/var", "/tmp", str(root / "tests"), str(tmp_path))
    with worker(launcher, FILES, Inside()) as conversation:
        answer = session(conversation).run(*MADE, op.call("net", "finds", CANARY, *folders))[2]
    assert (answer.problem, answer.text) == (None, "'nowhere'")


@bubblewrap
def test_the_environment_is_clean(ask: Session) -> None:
    assert ask.run(op.call("net", "secrets", *ENVIRONMENT))[0].text == "[]"


@bubblewrap
@pytest.mark.parametrize(
    "attack", [op.call("net", "shares"), op.call("net", "divides", 200), op.call("net", "makes_files")]
)
def test_what_all_processes_use_together_is_limited_and_reported_as_memory(
    launcher: Launcher, attack: op.Operation
) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        asked = session(conversation)
        asked.run(*MADE)
        with pytest.raises(SessionEnded, match="uses more memory than there is") as ended:
            asked.run(attack)
        assert ended.value.problem.kind == ProblemKind.MEMORY


@bubblewrap
def test_no_process_is_left(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        session(conversation).run(*MADE, op.call("net", "leaves"))
        before = list(tree(conversation.running.process.pid))
    assert len(before) >= 4
    assert [process for process in before if Path(f"/proc/{process}").exists()] == []


@bubblewrap
def test_nothing_outlives_a_bwrap_that_is_killed(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        session(conversation).run(*MADE, op.call("net", "leaves"))
        _, first, *_ = tree(conversation.running.process.pid)
        descriptor = os.pidfd_open(first)
        conversation.running.process.kill()
        ended = select.select([descriptor], [], [], 30.0)[0]
        os.close(descriptor)
    assert ended == [descriptor]


@bubblewrap
def test_the_reference_has_all_points_in_it(launcher: Launcher, root: Path) -> None:
    assignment = assignments.find("byomlp")
    rubric = pipeline.load_rubric(assignment)
    report = pipeline.grade(
        root / "reference" / "byomlp",
        assignment,
        rubric=rubric,
        launcher=launcher,
        seed=1,
        items=("forward", "backprop"),
    )
    assert report.score.marks.earned == report.score.marks.possible
    assert report.evidence.sandbox == "bubblewrap"


@bubblewrap
def test_notebooks_run_in_it_and_draw(launcher: Launcher) -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('drawn')"
    with worker(launcher, FILES, Inside(kernel=True), limits=replace(LIMITS, memory_mb=1024)) as conversation:
        _, answer = session(conversation).run(op.open_kernel(), op.cell(source, 1, seconds=60))
    kinds = [output["kind"] for output in answer.value["outputs"]]
    assert (answer.value["error"], "png" in kinds) == (None, True)


@bubblewrap
def test_what_it_cannot_promise_is_a_fact(launcher: Launcher) -> None:
    assert launcher.facts["isolation"].startswith("bubblewrap ")
    assert "memory of each process" in launcher.facts["weaker"]


def test_without_bubblewrap_it_is_said_what_to_install() -> None:
    with pytest.raises(AuthorError, match=r"no 'no-such-bwrap'; install bubblewrap .*--sandbox docker"):
        bubblewrap_launcher(program="no-such-bwrap")


def test_a_version_without_the_options_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"bubblewrap 0\.4\.1 is too old; install 0\.8\.0 or later"):
        bubblewrap_launcher(program=stand_in(tmp_path, "echo bubblewrap 0.4.1"))


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("bwrap: setting up uid map: Permission denied", "apparmor_restrict_unprivileged_userns=0"),
        ("bwrap: No permissions to create a new namespace", "unprivileged_userns_clone=1"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths=unconfined"),
    ],
)
def test_where_the_kernel_refuses_it_is_said_what_to_allow(tmp_path: Path, words: str, advice: str) -> None:
    script = f'[ "$1" = --version ] && echo bubblewrap 0.8.0 && exit; echo "{words}" >&2; exit 1'
    with pytest.raises(AuthorError) as error:
        bubblewrap_launcher(program=stand_in(tmp_path, script))
    assert words in str(error.value)
    assert advice in str(error.value)


def test_a_sandbox_gets_every_lock_and_numbers_from_the_limits() -> None:
    wrap = Wrap("bwrap", ("--ro-bind", "/usr", "/usr"), b"", counts_processes=True, folder="/here")
    text = " ".join(create_arguments(wrap, Limits(files_mb=7), as_root=False))
    wanted = (
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--new-session", "--die-with-parent", "--clearenv", "--cap-drop ALL", "--uid 47123 --gid 47123", "--proc /proc",
        "--size 7340032 --tmpfs /here", "--remount-ro /dev", "--remount-ro / --chdir /here", "TMPDIR /here", "OMP_NUM_THREADS 1",
    )  # fmt: skip
    assert [each for each in wanted if each not in text] == []
    assert "--cap-add" not in text


@bubblewrap
def test_nothing_outlives_a_grader_that_is_killed(root: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from kit.asking import LIMITS; from grader.sandbox import open_launcher\n"
        "print(open_launcher('bubblewrap').start(LIMITS, 60.0).process.pid, flush=True); sys.stdin.read()"
    )
    grader = subprocess.Popen(
        [sys.executable, "-c", program], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert grader.stdin is not None
    assert grader.stdout is not None
    descriptors = [os.pidfd_open(process) for process in tree(int(grader.stdout.readline()))]
    grader.kill()
    ended = [bool(select.select([each], [], [], 30.0)[0]) for each in descriptors]
    grader.wait()
    grader.stdin.close()
    grader.stdout.close()
    for each in descriptors:
        os.close(each)
    assert ended == [True] * len(descriptors)
    assert len(ended) >= 2


@bubblewrap
def test_a_start_that_breaks_off_is_our_fault_and_leaves_nothing(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def fail(process: int) -> None:
        begun.append(process)
        raise PermissionError(errno.EPERM, "not today")

    monkeypatch.setattr("grader.sandbox.wrapping._wait_for_session", fail)
    with pytest.raises(HarnessError, match=r"cannot make a sandbox: .*not today"):
        launcher.start(LIMITS, 60.0)
    assert memory(list(tree(begun[0]))) == 0


@bubblewrap
def test_what_a_bwrap_that_was_killed_at_once_left_is_ended_at_the_next_start() -> None:
    # it waits for the word of a parent that is gone, as the first process of a sandbox does when bwrap dies too early
    script = (
        "import os, sys, time; open('/proc/self/comm', 'w').write('bwrap'); os.setsid(); process = os.fork(); "
        "process or time.sleep(600); print(process, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, ENTRY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        left = os.pidfd_open(int(starter.stdout.readline()))
    # another grader that starts at this moment may have been first
    end_orphans()
    ended = is_readable(left, 5.0)
    os.close(left)
    assert ended
