"""What it takes to read what a class has answered, to read it once more, and to put 10,000 answers into groups.

    python benchmarks/answers.py FOLDER [--copies 60] [--answers 10000]

FOLDER is that of one graded submission in a run, with answers that wait for a person, whose
evidence is copied with other words in it.
It prints a line of figures each, and ends with status 1 when groups take more than two core seconds.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from grader import evidence  # noqa: E402  ours are found by the line above
from grader.answers import Answer, groups  # noqa: E402
from grader.answers.words import normal  # noqa: E402
from grader.runs import SubmissionFolder, Today  # noqa: E402
from grader.runs.answering import gather  # noqa: E402
from grader.runs.kept_answers import Answers  # noqa: E402

SECONDS = 2.0
# of a made class: words of an answer, how many are somebody else's, how many of these in another order
LENGTH, COPIED, TURNED = 60, 0.6, 0.3


@contextmanager
def timed(what: str) -> Iterator[list[float]]:
    """Print the core seconds and the seconds of a block, and leave them in the list."""
    spent: list[float] = []
    began, used = time.perf_counter(), _used()
    yield spent
    spent += [_used() - used, time.perf_counter() - began]
    print(f"{what}: {spent[0]:.2f} core seconds, {1000 * spent[1]:.0f} ms")


def _used() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, whose))


def copied(source: SubmissionFolder, run_dir: Path, count: int) -> list[str]:
    """Copy a submission's folder so often, each with evidence of other words, and return the names."""
    kept, submission, assignment = evidence.load(source.evidence)
    names = [f"student{number:04}" for number in range(count)]
    for name in names:
        folder = SubmissionFolder(run_dir / name)
        folder.path.mkdir(parents=True)
        shutil.copy(source.report, folder.report)
        seen = {key: replace(each, data=_said(each.data, name)) for key, each in kept.observations.items()}
        made = replace(kept, observations=seen)
        evidence.save(made, replace(submission, id=name), folder.evidence, assignment=assignment, durable=False)
    return names


def _said(data: object, name: str) -> dict[str, object]:
    said = dict(data)  # type: ignore[call-overload]
    cells = said.get("cells")
    if isinstance(cells, list):
        added = f"\n\nThat is what I think, says {name}."
        said["cells"] = [
            {**cell, "source": cell["source"] + added} if cell.get("kind") == "markdown" and cell["source"] else cell
            for cell in cells
        ]
    return said


def made_class(count: int) -> list[tuple[str, Answer]]:
    """Return answers of made words, common ones as common as in a language; many are those of somebody else."""
    chance = random.Random(1)
    letters = string.ascii_lowercase
    words = ["".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(20_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    texts: list[list[str]] = []
    for _ in range(count):
        if texts and chance.random() < COPIED:
            text = list(chance.choice(texts[:300]))
            if chance.random() < TURNED:
                chance.shuffle(text)
            texts.append(text)
        else:
            texts.append(chance.choices(words, weights, k=LENGTH))
    return [(f"student{number}", Answer(" ".join(text))) for number, text in enumerate(texts)]


def main() -> int:
    """Measure all of it and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=60)
    parser.add_argument("--answers", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        run_dir = Path(place)
        names = copied(SubmissionFolder(given.folder), run_dir, given.copies)
        with timed(f"{len(names)} submissions read"):
            failed = gather(run_dir, names, Today())
        with timed("read once more"):
            gather(run_dir, names, Today())
        answers = Answers(run_dir)
        checks = [each.check for each in SubmissionFolder(given.folder).result().findings if each.verdict == "pending"]  # type: ignore[union-attr]
        with timed(f"said by all to {len(checks)} questions, and put into groups"):
            found = [groups((name, answers.said(name, check)) for name in names) for check in checks]
        for check, each in zip(checks, found, strict=True):
            print(f"  {check}: {dict(Counter(group.kind.value for group in each))}")
        size = sum(file.stat().st_size for name in names for file in (run_dir / name / "answers").iterdir())
        print(f"{size / len(names) / 1000:.0f} kB kept a submission; not read: {failed or 'none'}")
    entries = made_class(given.answers)
    with timed(f"{len(entries)} answers of {LENGTH} words taken apart"):
        entries = [(name, replace(answer, normal=normal(answer.text))) for name, answer in entries]
    with timed("and put into groups") as spent:
        found_all = groups(entries)
    print(f"  {dict(Counter(group.kind.value for group in found_all))}")
    return 1 if failed or spent[0] > SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
