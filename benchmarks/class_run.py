"""What a class costs: core seconds a right submission, process by process, how busy the cores are, and the grader's memory.

    python benchmarks/class_run.py N [--against CHECKOUT] [--sandbox KIND] [--rounds N] [--parts right,class,stub]

"right" grades right solutions (the reference and the styles of mutants/byomlp), each with a line of its own:
all processor time from the start of the command to its end, divided by their number. "class" grades N submissions,
right and wrong, with `--jobs` side by side; one of twenty hangs. "stub" grades many with code that says nothing, in a
sandbox that does not start anything, and prints the memory of the grader as it goes on.
With an older checkout, both grade in turn, so that a busy moment of the machine meets both.

Processor time is what the system says of every process once it has ended (wait4), also of those whose parents ended
before. Where it went is looked up in /proc forty times a second; what ended between two looks is "in between". A core counts
as at work when a thread of the grading can run, also while it waits for something else on the machine. Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader import pipeline
from grader.assignments import find
from grader.calibration.course import planted
from grader.calibration.trial import RIGHT, Group

ROOT = Path(__file__).resolve().parents[1]
ITEMS = "forward,backprop"
SEED = "20260101"
LOOK_SECONDS = 0.025
TICK = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER = 36
HANGS = ("import time\ntime.sleep(3600)\n", "while True:\n    pass\n")
# the name by which each process is told from others: words of its command line
WORKER, BESIDE = "-I -B -c", "grader.sandbox.between"
# the grader, with a sandbox that starts nothing: every probe has a fault, everything else is as ever
STUB = """
import sys
from grader.errors import HarnessError
from grader.sandbox import lane
def observe_once(self, probe, attempt):
    return lane.Observation(probe.name, {}, None, "a stub", 0.0), False
lane.Lane._observe_once = observe_once
from grader.cli import main
sys.exit(main(sys.argv[1:]))
"""


@dataclass
class Cost:
    """What one run of the grader took: `seconds` of the processor by process, `busy` from 0 to 1, megabytes by process."""

    wall: float = 0.0
    cpu: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    started: dict[str, int] = field(default_factory=dict)
    busy: float = 0.0
    peak: dict[str, float] = field(default_factory=dict)
    early: float = 0.0
    late: float = 0.0


@dataclass
class Looks:
    """Looks at the processes below one again and again, until `end`."""

    first: int
    used: dict[int, float] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    memory: list[float] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look until the end."""
        while not self._ended.wait(LOOK_SECONDS):
            found = list(_below(self.first, self.first))
            ready = 0
            for process, parent in found:
                ready += self._look(process, parent)
            self.ready.append(ready)

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def _look(self, process: int, parent: int) -> int:
        try:
            text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
            fields = text.rpartition(")")[2].split()
            self.used[process] = (int(fields[11]) + int(fields[12])) / TICK
            known = self.names.get(process, "")
            # a copy has the command line of its parent until it starts another program
            if known in ("", "other", "grader, reading and judging"):
                self.names[process] = self._name(process, parent)
            status = dict(line.split(":", 1) for line in _text(process, "status").splitlines() if ":" in line)
            megabytes = int(status.get("VmRSS", "0 kB").split()[0]) / 1024
            name = self.names[process]
            self.peaks[name] = max(self.peaks[name], megabytes)
            if process == self.first:
                self.memory.append(megabytes)
            tasks = _listed(f"/proc/{process}/task")
            states = (_text(process, f"task/{task}/stat").rpartition(")")[2].split() for task in tasks)
            return sum(state[0] == "R" for state in states if state)
        except (OSError, ValueError, IndexError):
            return 0

    def _name(self, process: int, parent: int) -> str:
        words = _text(process, "cmdline").replace("\0", " ")
        if process == self.first:
            return "grader"
        if WORKER in words:
            above = self.names.get(parent, "")
            if BESIDE in words:
                return "beside the sandbox"
            return "student code, a session" if above in ("worker", "student code, a session") else "worker"
        if words.startswith("bwrap") or "bwrap" in words[:40]:
            return "bwrap"
        if "grader" in words or not words:
            return {"grader": "grader, makes processes"}.get(self.names.get(parent, ""), "grader, reading and judging")
        return "other"


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """Run a command to its end and return what it and everything below it took."""
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    looks = Looks(process.pid)
    looking = threading.Thread(target=looks.run)
    looking.start()
    said = process.stderr.read() if process.stderr else ""
    cost, status = Cost(), None
    # this process is told of those as well whose own parents have ended
    while True:
        try:
            pid, ended, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cost.cpu += used.ru_utime + used.ru_stime
        if pid == process.pid:
            status = process.returncode = os.waitstatus_to_exitcode(ended)
            cost.wall = time.monotonic() - began
    looks.end()
    looking.join()
    if status not in (0, 1):
        sys.exit(f"{' '.join(command[:6])} ...: exit status {status}\n{said[-2000:]}")
    for pid, seconds in looks.used.items():
        name = looks.names.get(pid, "other")
        cost.seconds[name] = cost.seconds.get(name, 0.0) + seconds
        cost.started[name] = cost.started.get(name, 0) + 1
    cost.seconds["in between"] = cost.cpu - sum(cost.seconds.values())
    cores = os.cpu_count() or 1
    cost.busy = statistics.mean(min(each, cores) / cores for each in looks.ready or [0])
    cost.peak = dict(looks.peaks)
    tenth = max(len(looks.memory) // 10, 1)
    cost.early = max(looks.memory[tenth : 2 * tenth] or [0.0])
    cost.late = max(looks.memory[-tenth:] or [0.0])
    return cost


def right_ones() -> Iterator[bytes]:
    """Yield right solutions, over and over, no two alike."""
    sources = [each for group, each in _sources() if group in RIGHT]
    for number in itertools.count():
        yield sources[number % len(sources)] + f"\n# {number}\n".encode()


def a_class() -> Iterator[bytes]:
    """Yield right and wrong ones and, one of twenty, some that hang, over and over, no two alike."""
    sources = [each for _, each in _sources()]
    for number in itertools.count():
        own = sources[number * 7 % len(sources)]
        if number % 20 == 10:
            hang = HANGS[number // 20 % len(HANGS)]
            own += f"\ndef _hang(self, *_a, **_k):\n    {hang.strip().replace(chr(10), chr(10) + '    ')}\n".encode()
            own += b"MLP.backward = _hang\n"
        yield own + f"\n# {number}\n".encode()


def _sources() -> list[tuple[Group, bytes]]:
    assignment = find("byomlp")
    trials = planted(ROOT, assignment, pipeline.load_rubric(assignment))
    found = [(Group.REFERENCE, (ROOT / "reference" / "byomlp" / "mlp.py").read_bytes())]
    for trial in trials:
        if (
            isinstance(trial.source, Mapping)
            and set(trial.source) == {"mlp.py"}
            and b"class MLP" in trial.source["mlp.py"]
        ):
            found.append((trial.group, trial.source["mlp.py"]))
    return found


def submissions(sources: Iterator[bytes], count: int, folder: Path) -> list[str]:
    """Write so many submissions and return their paths."""
    for number, source in enumerate(itertools.islice(sources, count)):
        own = folder / f"student{number:04}"
        own.mkdir(parents=True)
        (own / "mlp.py").write_bytes(source)
    return [str(own) for own in sorted(folder.iterdir())]


def command(paths: Sequence[str], out: Path, *, sandbox: str, jobs: int, stub: bool = False) -> list[str]:
    """Return the command line that grades the submissions."""
    start = ["-c", STUB] if stub else ["-m", "grader"]
    asked = ["--assignment", "byomlp", "--items", ITEMS, "--sandbox", sandbox, "--seed", SEED, "--jobs", str(jobs)]
    return [sys.executable, *start, "grade", *paths, *asked, "--out", str(out)]


def measured(part: str, count: int, checkout: Path, *, sandbox: str, jobs: int) -> Cost:
    """Grade once with the code of a checkout."""
    sources = right_ones() if part == "right" else a_class()
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
    with tempfile.TemporaryDirectory() as folder:
        paths = submissions(sources, count, Path(folder, "class"))
        line = command(paths, Path(folder, "out"), sandbox=sandbox, jobs=jobs, stub=part == "stub")
        return run(line, environment, Path(folder))


def show(part: str, count: int, found: Mapping[str, Sequence[Cost]]) -> None:
    """Print a column for each checkout: the medians over all rounds."""
    print(f"\n{part}: {count} submissions, median of {len(next(iter(found.values())))}")
    print(f"{'':34}" + "".join(f"{name[-20:]:>22}" for name in found))

    def row(label: str, values: Sequence[float], form: str = "{:.2f}") -> None:
        print(f"{label:34}" + "".join(f"{form.format(value):>22}" for value in values))

    def middle(of: Sequence[float]) -> float:
        return statistics.median(of)

    all_costs = list(found.values())
    row("core seconds a submission", [middle([each.cpu / count for each in costs]) for costs in all_costs], "{:.3f}")
    names = sorted({name for costs in all_costs for each in costs for name in each.seconds})
    for name in names:
        row(
            f"  {name}",
            [middle([each.seconds.get(name, 0.0) / count for each in costs]) for costs in all_costs],
            "{:.3f}",
        )
    for name in names:
        row(
            f"  {name}: how many",
            [middle([each.started.get(name, 0) / count for each in costs]) for costs in all_costs],
        )
    row("wall clock, s", [middle([each.wall for each in costs]) for costs in all_costs])
    row(
        "cores at work",
        [middle([each.busy for each in costs]) for costs in all_costs],
        "{:.0%}",
    )
    row(
        "core seconds / (cores * wall)",
        [middle([each.cpu / each.wall / (os.cpu_count() or 1) for each in costs]) for costs in all_costs],
        "{:.0%}",
    )
    for name in ("grader", "grader, makes processes", "grader, reading and judging"):
        row(
            f"peak memory of {name}, MB"[:34],
            [max(each.peak.get(name, 0.0) for each in costs) for costs in all_costs],
            "{:.0f}",
        )
    row("memory of grader, 2nd tenth, MB", [middle([each.early for each in costs]) for costs in all_costs], "{:.0f}")
    row("memory of grader, last tenth, MB", [middle([each.late for each in costs]) for costs in all_costs], "{:.0f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, metavar="N", help="how many submissions")
    parser.add_argument(
        "--against", type=Path, metavar="CHECKOUT", help="an older checkout, measured in turn with this one"
    )
    parser.add_argument("--sandbox", default="process", choices=("process", "bubblewrap"))
    parser.add_argument(
        "--jobs", type=int, default=2, help="how many of the class are graded side by side (default: 2)"
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--parts", default="right,class", help="right, class, stub, one or more (default: right,class)")
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    checkouts = [*([given.against.resolve()] if given.against else []), ROOT]
    for part in given.parts.split(","):
        found: dict[str, list[Cost]] = defaultdict(list)
        for _, checkout in itertools.product(range(given.rounds), checkouts):
            found[str(checkout)].append(measured(part, given.count, checkout, sandbox=given.sandbox, jobs=given.jobs))
        show(part, given.count, found)


def _below(process: int, parent: int) -> Iterator[tuple[int, int]]:
    """Yield a process and all below it, each with its parent."""
    yield process, parent
    for task in _listed(f"/proc/{process}/task"):
        for child in _text(process, f"task/{task}/children").split():
            yield from _below(int(child), process)


def _listed(folder: str) -> list[str]:
    try:
        return [path.name for path in Path(folder).iterdir()]
    except OSError:
        return []


def _text(process: int, name: str) -> str:
    try:
        return Path(f"/proc/{process}/{name}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    main()
