"""The container: what it may do, what is said when there is none, and that nothing is left of it."""

from __future__ import annotations

import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.errors import AuthorError, HarnessError
from grader.model import Limits, ProblemKind, SandboxSpec
from grader.sandbox import Inside, Launcher, Probe, Session, SessionEnded, observe
from grader.sandbox import operations as op
from grader.sandbox.containers import LABEL, OWNER, deadline_labels, reap
from grader.sandbox.docker import Reaper, create_arguments, docker_launcher
from grader.sandbox.engines import Engine
from grader.sandbox.system_calls import SYSTEM_CALLS
from kit.asking import LIMITS, session, submission, worker
from kit.inmate import FILES, MADE, MLP, number
from kit.standing_in import stand_in

KIND = "docker"


def containers(*filters: str) -> list[str]:
    """Return the names of containers, running or not."""
    chosen = [part for each in filters for part in ("--filter", each)]
    command = ["docker", "ps", "--all", "--format", "{{.Names}}", *chosen]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.docker
def test_no_capability_can_be_gained(ask: Session) -> None:
    assert number(ask, "status", "CapBnd") == 0.0


@pytest.mark.docker
def test_memory_that_the_kernel_takes_back_is_reported_as_memory(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        asked = session(conversation)
        asked.run(*MADE)
        with pytest.raises(SessionEnded, match="uses more memory than there is") as ended:
            asked.run(op.call("net", "shares"))
        assert ended.value.problem.kind == ProblemKind.MEMORY
        assert conversation.end(1.0) is False


@pytest.mark.docker
def test_no_container_is_left(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        name = conversation.running.process.args[-1]  # type: ignore[index]
        assert containers(f"name={name}") == [name]
        session(conversation).run(*MADE)
    assert containers(f"name={name}") == []


@pytest.mark.docker
def test_a_container_that_somebody_removed_is_our_fault_and_the_rest_goes_on(launcher: Launcher) -> None:
    names: list[str] = []

    def launch(limits: Limits, seconds: float) -> Any:
        running = launcher.launch(limits, seconds)
        names.append(running.process.args[-1])
        return running

    def lose(session: Session, _data: dict[str, Any], _rng: np.random.Generator) -> None:
        session.run(*MADE)
        subprocess.run(["docker", "rm", "--force", names[-1]], check=True, capture_output=True)
        session.run(op.fetch("net"))

    def fine(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        data["problems"] = [answer.problem for answer in session.run(*MADE)]

    probes = [Probe("lose", "", lose), Probe("fine", "", fine)]
    kept = replace(launcher, launch=launch)
    seen = observe(submission(MLP), probes, Inside(), launcher=kept, seed=1, limits=LIMITS).observations
    assert "was killed from outside" in seen["lose"].fault
    assert (seen["fine"].fault, seen["fine"].data) == ("", {"problems": [None, None]})


@pytest.mark.docker
def test_containers_past_their_deadline_are_reaped_and_no_others(sandbox_image: str) -> None:
    ids: dict[str, str] = {}

    def leave(name: str, *labels: str) -> str:
        chosen = [part for label in (f"{LABEL}=1", *labels) for part in ("--label", label)]
        command = ["docker", "create", "--name", name, *chosen, sandbox_image]
        ids[name] = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        return name

    now = int(time.time())
    old = leave(f"test-old-{now}", f"mlpgrader.deadline={now - 10}")
    odd = leave(f"test-odd-{now}", "mlpgrader.deadline=soon")
    new = leave(f"test-new-{now}", f"mlpgrader.deadline={now + 1_000}")
    reaped = reap("docker")
    left = set(containers(f"label={LABEL}=1"))
    subprocess.run(["docker", "rm", "--force", new], check=True, capture_output=True)
    assert (old in left, odd in left, new in left) == (False, False, True)
    # which of the two it was that we reaped is not asked: graders of other tests, which run beside this one, reap as well
    assert ids[new] not in reaped


@pytest.mark.docker
def test_a_container_whose_grader_is_gone_is_reaped_at_once_and_that_of_another_one_stays(sandbox_image: str) -> None:
    name = f"test-owner-{time.time_ns()}"
    labels = deadline_labels(1_000.0)
    made = {f"{name}-gone": labels | {OWNER: labels[OWNER][:-1]}, f"{name}-here": labels}
    for each, texts in made.items():
        chosen = [part for key, value in {LABEL: "1", **texts}.items() for part in ("--label", f"{key}={value}")]
        subprocess.run(["docker", "create", "--name", each, *chosen, sandbox_image], check=True, capture_output=True)
    reap("docker")
    left = containers(f"name={name}")
    subprocess.run(["docker", "rm", "--force", *left], check=True, capture_output=True)
    assert left == [f"{name}-here"]


@pytest.mark.docker
def test_a_container_that_somebody_kills_is_no_fault_of_the_code(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        asked = session(conversation)
        asked.run(*MADE)
        subprocess.run(["docker", "kill", conversation.running.process.args[-1]], check=True, capture_output=True)  # type: ignore[index]
        with pytest.raises(HarnessError, match="was killed from outside"):
            asked.run(op.fetch("net"))


@pytest.mark.docker
def test_a_clock_that_jumps_does_not_reap_what_still_runs(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = time.time() + 100_000
    with worker(launcher, FILES, Inside()) as conversation:
        monkeypatch.setattr("grader.sandbox.containers.time.time", lambda: tomorrow)
        reap("docker")
        assert session(conversation).run(*MADE)[0].problem is None


@pytest.mark.parametrize(("minutes", "passes"), [(0.0, 1), (2.0, 2)])
def test_it_is_reaped_once_a_minute_while_containers_are_made(tmp_path: Path, minutes: float, passes: int) -> None:
    client = stand_in(tmp_path, f"echo x >> {tmp_path}/asked")
    reaper = Reaper(client, time.monotonic() - 61)
    reaper.pass_by()
    reaper._last -= 60 * minutes
    reaper.pass_by()
    assert len((tmp_path / "asked").read_text().split()) == passes


@pytest.mark.docker
def test_a_container_that_has_ended_by_itself_is_removed_too(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        name = conversation.running.process.args[-1]  # type: ignore[index]
        conversation.running.process.stdin.close()  # type: ignore[union-attr]
        conversation.running.process.wait(timeout=30)
    assert containers(f"name={name}") == []


@pytest.mark.docker
def test_a_child_killed_for_memory_under_a_session_that_lives_is_no_problem(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        *_, answer = session(conversation).run(*MADE, op.call("net", "child_shares"))
    assert (answer.problem, float(answer.value)) == (None, 9.0)


@pytest.mark.docker
def test_the_digest_that_grades_is_a_fact(launcher: Launcher) -> None:
    assert launcher.facts["image"].startswith("sha256:")
    assert launcher.facts["engine"].startswith("docker ")


@pytest.mark.docker
def test_without_the_image_it_is_said_how_to_build_it() -> None:
    with pytest.raises(AuthorError, match=r"no image 'no-such-image'; build it with `make image`"):
        docker_launcher(SandboxSpec(image="no-such-image"))


def test_without_a_client_it_is_said_what_to_install() -> None:
    with pytest.raises(AuthorError, match=r"'no-such-client'.*install Docker.*--sandbox process.*your own rights"):
        docker_launcher(SandboxSpec(engine="no-such-client"))


def test_without_an_engine_its_words_are_passed_on(tmp_path: Path) -> None:
    client = stand_in(tmp_path, "echo 'Cannot connect to the daemon' >&2; exit 1")
    with pytest.raises(AuthorError, match=r"Cannot connect to the daemon.*--sandbox process"):
        docker_launcher(SandboxSpec(engine=client))


def engine(folder: Path, info: str) -> str:
    """Return a client whose engine has every image, and says `info` of itself."""
    return stand_in(
        folder, f"""case "$1" in version) echo 1.0;; image) echo '[{{"Id": "0"}}]';; info) echo '{info}';; esac"""
    )


@pytest.mark.parametrize(
    ("info", "lacking"),
    [
        ('{"MemoryLimit": false, "PidsLimit": true, "SwapLimit": false}', "memory"),
        ('{"MemoryLimit": true, "PidsLimit": false, "CpuCfsQuota": false}', "processes, processor time"),
        ('{"host": {"cgroupControllers": ["memory", "pids"]}}', "processor time"),
        ('{"host": {"cgroupControllers": []}}', "memory, processes, processor time"),
    ],
)
def test_an_engine_without_limits_is_not_graded_in(info: str, lacking: str, tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=rf"cannot limit the {lacking} of a container; .*--sandbox bubblewrap"):
        docker_launcher(SandboxSpec(engine=engine(tmp_path, info)))


@pytest.mark.parametrize(
    "info",
    [
        "",
        "[]",
        '{"host": 1}',
        '{"MemoryLimit": true, "SwapLimit": true}',
        '{"host": {"cgroupControllers": ["cpu", "memory", "pids"]}}',
    ],
)
def test_what_an_engine_does_not_say_is_not_held_against_it(info: str, tmp_path: Path) -> None:
    assert "weaker" not in docker_launcher(SandboxSpec(engine=engine(tmp_path, info))).facts


def test_swap_without_a_limit_is_said_in_the_report(tmp_path: Path) -> None:
    assert (
        "swap is not limited"
        in docker_launcher(SandboxSpec(engine=engine(tmp_path, '{"SwapLimit": false}'))).facts["weaker"]
    )


def test_a_container_that_cannot_be_made_is_our_fault(tmp_path: Path) -> None:
    answers = """version) echo 1.0;; image) echo '[{"Id": "sha256:0"}]';; create) echo full disk >&2; exit 1;;"""
    client = stand_in(tmp_path, f'case "$1" in {answers} esac')
    launcher = docker_launcher(SandboxSpec(engine=client))
    with pytest.raises(HarnessError, match="cannot make a container: full disk"):
        launcher.start(LIMITS, 1.0)


def test_a_container_gets_every_lock_and_numbers_from_the_limits() -> None:
    limits = Limits(memory_mb=300, cpus=0.5, processes=9, files_mb=7)
    words = create_arguments(
        Engine("docker", "sha256:abc", "runsc"), "name", limits, 123, labels={"k": "v"}, cpu_seconds=8
    )
    text = " ".join(words[: words.index("sha256:abc")])
    wanted = (
        "--network none", "--ipc none", "--read-only", "--user 47123:47123", "--cap-drop ALL", "no-new-privileges",
        f"--security-opt seccomp={SYSTEM_CALLS}",
        "--memory 300m --memory-swap 300m", "--cpus 0.5", "--pids-limit 9", "fsize=7340032:7340032",
        "--log-driver none", "size=7m,mode=1777,nr_inodes=4k", "noexec,nosuid,nodev", "--pull never", "--interactive",
        "core=0:0", "--label mlpgrader=1", "--label mlpgrader.deadline=123", "--label k=v", "cpu=8:8",
        "--runtime runsc", "OMP_NUM_THREADS=1",
    )  # fmt: skip
    assert [each for each in wanted if each not in text] == []
    assert words[words.index("sha256:abc") + 1 :][:4] == ["python3", "-I", "-B", "-c"]
    assert not {"--rm", "--tty", "-t", "--volume", "--privileged", "--init"} & set(words)


def test_podman_is_not_given_what_it_does_not_know() -> None:
    text = " ".join(create_arguments(Engine("podman", "sha256:abc"), "name", Limits(), 123))
    assert "nr_inodes" not in text
    assert text.count("notmpcopyup") == text.count("--tmpfs") == 2
    assert "nproc=4096:4096" in text
