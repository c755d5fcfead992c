"""What becomes of every attack in every sandbox that this machine has: held or not, noticed or not, how long it takes.

    python benchmarks/attacks.py [--sandbox KIND] [--only NAME,NAME]

The attacks are those that the tests try (tests/attacks/table.py, notebooks.py, corpus.py, handed_in.py). A verdict is
"held" when the finding reads as it must, everything besides keeps its points and no mark is left on this machine;
"succeeded" otherwise; "declared weaker" where a sandbox does not promise it, so that it is not tried, or where the finding
reads differently there. "Noticed" is what has a line under "Look at this one" for staff. The last table counts by sandbox what
was tried, succeeded and was noticed, of everything and of the corpus alone: whole submissions that once succeeded, which have
"corpus" before their names. "Late" is how long a request that hangs is waited for beyond its own limit: 2 s are allowed
for. Peak memory is that of the grader's own process, which grades everything, one after another. The disk is looked at
all the while: by how much more is in use, on the file systems of the temporary folder and of the engine, than when the
submission had been written.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from attacks import corpus, handed_in, notebooks, table  # noqa: E402
from grader import intake  # noqa: E402
from grader.doctor.refusals import planted  # noqa: E402
from grader.errors import AuthorError, IntakeError  # noqa: E402
from grader.model import Report  # noqa: E402
from grader.sandbox import KINDS, Launcher, Session, open_launcher  # noqa: E402
from grader.sandbox.session import GRACE  # noqa: E402

HELD, SUCCEEDED, WEAKER = "held", "succeeded", "declared weaker"
CORPUS = "corpus "
MOST_MEMORY = 400
# the reports take some, and others may use this disk
MOST_DISK = 50


@dataclass(frozen=True)
class Line:
    """What came of one attack."""

    attack: str
    sandbox: str
    verdict: str
    noticed: bool = False
    is_tried: bool = True
    seconds: float = 0.0
    late: float = 0.0
    disk: float = 0.0


class Clock:
    """Notes by how much requests outlast their own limit."""

    def __init__(self) -> None:
        self.late = 0.0
        whole = Session.run

        def run(session: Session, *operations: dict[str, object], seconds: float | None = None) -> object:
            own = sum(float(str(each.get("seconds", 0.0))) for each in operations)
            limit = seconds if seconds is not None else session._limits.call_seconds + own
            begun = time.monotonic()
            try:
                return whole(session, *operations, seconds=seconds)
            finally:
                self.late = max(self.late, time.monotonic() - begun - limit)

        Session.run = run  # type: ignore[method-assign, assignment]


class Disk:
    """Looks every fifth of a second how much of some file systems is in use."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._first = self._before = self._used()
        self.most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """Count from here: what is to be graded has been written."""
        self._before, self.most = self._used(), 0

    def end(self) -> int:
        """Look no more, and return by how many bytes more is in use than at the very start."""
        self._done.set()
        self._thread.join()
        return self._beyond(self._first)

    def _look(self) -> None:
        while not self._done.wait(0.2):
            self.most = max(self.most, self._beyond(self._before))

    def _used(self) -> list[int]:
        return [shutil.disk_usage(folder).used for folder in self._folders]

    def _beyond(self, before: list[int]) -> int:
        return max(now - then for now, then in zip(self._used(), before, strict=True))


def peak() -> float:
    """Return the most memory in MB that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def engine_folder() -> Path:
    """Return where the engine keeps its containers; the temporary folder where there is no engine on this machine."""
    try:
        asked = subprocess.run(
            ["docker", "info", "--format", "{{.DockerRootDir}}"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return Path(tempfile.gettempdir())
    folder = Path(asked.stdout.strip())
    return folder if folder.is_dir() else Path(tempfile.gettempdir())


def main() -> int:
    """Try everything and print a table; 1 when an attack has succeeded or the grader has used too much memory or disk."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", choices=KINDS, help="this one only")
    parser.add_argument("--only", metavar="NAME,NAME", default="", help="these attacks only")
    arguments = parser.parse_args()
    lines: list[Line] = []
    only = {name for name in arguments.only.split(",") if name}
    disk = Disk(Path(tempfile.gettempdir()), engine_folder())
    for kind in [arguments.sandbox] if arguments.sandbox else KINDS:
        try:
            with open_launcher(kind) as launcher, tempfile.TemporaryDirectory() as folder:
                for line in tried(launcher, Path(folder), only, disk):
                    times = f"{line.seconds:6.1f} s  late {line.late:4.1f} s"
                    amounts = f"disk {line.disk:4.0f} MB  memory so far {peak():4.0f} MB"
                    noticed = "noticed" if line.noticed else ""
                    what = f"{line.attack:30} {line.sandbox:11} {line.verdict:16} {noticed:8}"
                    print(f"{what} {times}  {amounts}", flush=True)
                    lines.append(line)
        except AuthorError as error:
            print(f"{kind}: not on this machine: {error}")
    left = disk.end() / 1e6
    memory = peak()
    counts = {verdict: sum(line.verdict == verdict for line in lines) for verdict in (HELD, WEAKER, SUCCEEDED)}
    print("\n" + "\n".join(by_sandbox(lines)))
    late = max((line.late for line in lines), default=0.0)
    print(f"\n{', '.join(f'{count} {verdict}' for verdict, count in counts.items())}")
    print(f"latest answer {late:.1f} s after its limit ({GRACE:g} s are allowed)")
    print(f"the grader's own peak memory: {memory:.0f} MB (limit {MOST_MEMORY} MB)")
    most = max((line.disk for line in lines), default=0.0)
    print(f"disk in use beyond the submission: at most {most:.0f} MB (limit {MOST_DISK} MB); {left:.0f} MB at the end")
    return int(counts[SUCCEEDED] > 0 or memory > MOST_MEMORY or most > MOST_DISK)


def by_sandbox(lines: list[Line]) -> Iterator[str]:
    """Yield a table of how many were tried, succeeded and were noticed, by sandbox: of everything, and of the corpus."""
    yield f"{'sandbox':20} {'tried':>6} {'succeeded':>10} {'noticed':>8}"
    for kind in dict.fromkeys(line.sandbox for line in lines):
        whole = [line for line in lines if line.sandbox == kind and line.is_tried]
        of_corpus = [line for line in whole if line.attack.startswith(CORPUS)]
        for name, some in ((kind, whole), (f"{kind}, the corpus", of_corpus)):
            succeeded = sum(line.verdict == SUCCEEDED for line in some)
            yield f"{name:20} {len(some):6} {succeeded:10} {sum(line.noticed for line in some):8}"


def tried(launcher: Launcher, folder: Path, only: set[str], disk: Disk) -> Iterator[Line]:
    """Try every attack in one sandbox."""
    clock = Clock()
    with planted("mlpgrader-benchmark") as asked:
        words = table.reaching(asked)
        for number, attack in enumerate((*table.ATTACKS, *notebooks.NOTEBOOKS)):
            if only and attack.name not in only:
                continue
            pattern, place = attack.pattern(launcher.name), folder / str(number)
            name = attack.name if isinstance(attack, table.Attack) else f"notebook {attack.name}"
            if pattern is None:
                # a notebook that is not tried here is the same everywhere
                yield from [Line(name, launcher.name, WEAKER, is_tried=False)] * isinstance(attack, table.Attack)
                continue
            begun, clock.late = time.monotonic(), 0.0
            if isinstance(attack, table.Attack):
                disk.begin()
                made = table.graded(attack, launcher, place, **words)
            else:
                elsewhere(lambda attack=attack, place=place: notebooks.write(attack, place))
                disk.begin()
                made = notebooks.grade(place / "hostile", launcher, place, attack.numbers)
            held = is_held(made, attack.check, pattern, attack.keeps) and not (place / "mark").exists()
            full = re.search(attack.said, table.finding(made, attack.check).message) is not None
            verdict = SUCCEEDED if not held else HELD if full else WEAKER
            seconds = time.monotonic() - begun
            yield Line(
                name,
                launcher.name,
                verdict,
                noticed=bool(made.notices),
                seconds=seconds,
                late=clock.late,
                disk=disk.most / 1e6,
            )
            shutil.rmtree(place)
    yield from of_the_corpus(launcher, folder / "corpus", only, disk, clock)
    yield from refused(launcher, folder / "handed-in", only, disk)


def of_the_corpus(launcher: Launcher, folder: Path, only: set[str], disk: Disk, clock: Clock) -> Iterator[Line]:
    """Grade the whole submissions that once succeeded; what they earn now is known to the point."""
    for case in corpus.CASES:
        if only and case.name not in only:
            continue
        disk.begin()
        begun, clock.late = time.monotonic(), 0.0
        made = corpus.graded(case, launcher, folder / case.name)
        reads = all(re.search(said, table.finding(made, check).message) for check, said in case.said.items())
        shown = (folder / case.name / "out" / "report.html").read_text(encoding="utf-8")
        is_silent = not case.leaks or case.leaks not in shown
        fine = (made.score.marks.earned, made.score.marks.withheld) == (case.earned, 0.0)
        yield Line(
            f"{CORPUS}{case.name}",
            launcher.name,
            HELD if reads and is_silent and fine else SUCCEEDED,
            noticed=bool(made.notices),
            seconds=time.monotonic() - begun,
            late=clock.late,
            disk=disk.most / 1e6,
        )
        shutil.rmtree(folder / case.name)


def elsewhere(make: Callable[[], object]) -> None:
    """Make something large in another process, so that it is not counted as the grader's memory."""
    process = multiprocessing.get_context("fork").Process(target=make)
    process.start()
    process.join()


def is_held(made: Report, check: str, pattern: str, keeps: float) -> bool:
    """Say whether the report says what it must, and nothing besides has suffered."""
    reads = re.search(pattern, table.finding(made, check).message) is not None
    fine = made.score.marks.withheld == 0 and made.score.marks.earned >= keeps
    return reads and fine and table.PLANTED not in made.evidence.output


def refused(launcher: Launcher, folder: Path, only: set[str], disk: Disk) -> Iterator[Line]:
    """Hand in what must be refused before anything is started, whichever the sandbox."""
    folder.mkdir()
    for each in handed_in.HANDED_IN:
        if only and each.name not in only:
            continue
        elsewhere(lambda each=each: each.make(folder / each.name))
        disk.begin()
        begun = time.monotonic()
        try:
            intake.receive(folder / each.name, required=("mlp.py",), provided={})
            verdict = SUCCEEDED
        except IntakeError as error:
            verdict = HELD if re.search(each.why, str(error)) else SUCCEEDED
        seconds = time.monotonic() - begun
        name = repr(each.name)[1:-1][:22]
        yield Line(name, launcher.name, verdict, seconds=seconds, disk=disk.most / 1e6)


if __name__ == "__main__":
    sys.exit(main())
