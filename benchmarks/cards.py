"""Count the cards that each planted bug is told in: one mistake should be one cause.

    python benchmarks/cards.py modules [--only NAME,NAME] [--most 1]

Grades every planted bug of an assignment for which no notebook is run, from kept evidence where there is some, and prints those
that are told in more than `--most` cards, with what each card says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from grader import evidence, pipeline, rubric, sandbox
from grader.assignments import find
from grader.calibration.course import plain_items, planted
from grader.calibration.trial import Group
from grader.causes import of_items

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Print the cards of each bug."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assignment")
    parser.add_argument("--only", default="", help="names of bugs, with commas between them")
    parser.add_argument("--most", type=int, default=1)
    arguments = parser.parse_args()
    assignment = find(arguments.assignment)
    whole = pipeline.load_rubric(assignment)
    asked = rubric.restrict(whole, plain_items(assignment, whole))
    chosen = {name for name in arguments.only.split(",") if name}
    with sandbox.open_launcher("process") as launcher:
        for trial in planted(ROOT, assignment, whole):
            if trial.group is not Group.PLANTED or trial.asked or (chosen and trial.name not in chosen):
                continue
            with tempfile.TemporaryDirectory() as folder:
                assert not isinstance(trial.source, Path)
                for name, content in trial.source.items():
                    Path(folder, name).write_bytes(content)
                report = pipeline.grade(
                    Path(folder), assignment, rubric=asked, launcher=launcher, seed=7, store=evidence.of_the_user()
                )
            told = of_items(report.score.items)
            print(f"{trial.name}: {len(told)}")
            for cause in told if len(told) > arguments.most else ():
                print(f"    {cause.lost:g} {cause.lead.finding.check}: {cause.title}: {cause.message[:200]}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
