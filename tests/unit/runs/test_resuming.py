from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from grader.assignments import Assignment
from grader.model import Observation, Report, Rubric
from grader.runs import Bench, Job, Plan, RunFolder, SubmissionFolder, planned, standards
from grader.sandbox import Launcher
from kit import small_assignment as small


def refused(*_: object) -> None:
    """Start nothing."""
    raise AssertionError("nothing is to be started")


@dataclass
class Course:
    """One submission and a folder for its run, with an assignment, a rubric and a sandbox that can be changed."""

    folder: Path
    assignment: Assignment = small.ASSIGNMENT
    rubric: Rubric = small.RUBRIC
    facts: dict[str, str] = field(default_factory=dict)

    def bench(self) -> Bench:
        """Return a bench for a grader as it is now."""
        launcher = Launcher("process", self.facts, refused)  # type: ignore[arg-type]
        return Bench(find=lambda _: self.assignment, load_rubric=lambda *_: self.rubric, open=lambda _: launcher)

    def job(self, **options: object) -> Job:
        """Return the job of grading ann."""
        path = small.hand_in(self.folder / "ann") if not (self.folder / "ann").exists() else self.folder / "ann"
        return replace(Job(path, "ann", "small", self.folder / "out" / "ann"), **options)  # type: ignore[arg-type]

    @contextmanager
    def run(self) -> Iterator[RunFolder]:
        """Give the folder of the run to write to."""
        folder = RunFolder(self.folder / "out")
        with folder.taken():
            yield folder

    def graded(self, made: Report | None = None, **options: object) -> Course:
        """Grade ann, as far as the folder is concerned."""
        bench, job, report = self.bench(), self.job(**options), made or small.report()
        report = replace(report, submission=replace(report.submission, digest=bench.received(job).digest))
        with self.run() as folder:
            folder.begin([job])
            SubmissionFolder(self.folder / "out" / "ann").deliver(report)
            folder.add("ann", report.result, key=bench.key(job), judged=bench.judged(job))
            folder.summarise()
        return self

    def planned(self, **options: object) -> Plan:
        """Say what a run would do now."""
        with self.run() as folder:
            return planned([self.job(**options)], folder, self.bench())


def verdict(plan: Plan) -> str:
    """Say in a word what is done about ann."""
    return "skipped" if plan.done else "judged" if plan.kept else "run"


def test_what_is_done_is_skipped_and_its_result_is_at_hand(tmp_path: Path) -> None:
    plan = Course(tmp_path).graded().planned()
    assert verdict(plan) == "skipped"
    assert plan.done[0].result is not None
    assert plan.done[0].result.findings == small.report().result.findings


def test_what_was_never_graded_is_run(tmp_path: Path) -> None:
    assert verdict(Course(tmp_path).planned()) == "run"


def in_one_lane(course: Course) -> None:
    """Ask everything in one process."""
    probes = tuple(replace(probe, lane=0) for probe in course.assignment.probes)
    course.assignment = replace(course.assignment, probes=probes)


def more_seconds(course: Course) -> None:
    """Give each call another limit."""
    course.rubric = replace(course.rubric, limits=replace(course.rubric.limits, call_seconds=9.0))


def hand_in_nothing(course: Course) -> None:
    """Put something that cannot be read in the place of the submission."""
    shutil.rmtree(course.folder / "ann")
    (course.folder / "ann").touch()


CHANGES: dict[str, Callable[[Course], object]] = {
    "another submission": lambda course: (course.folder / "ann" / "mlp.py").write_text(small.WRONG),
    "another file handed in": lambda course: (course.folder / "ann" / "notes.txt").write_text("more"),
    "another way to ask": in_one_lane,
    "another image": lambda course: course.facts.update(image="sha256:7"),
    "another limit": more_seconds,
    "no evidence": lambda course: SubmissionFolder(course.folder / "out" / "ann").withdraw(),
    "nothing that can be read": hand_in_nothing,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_makes_a_difference_to_what_is_seen_is_run_again(tmp_path: Path, change: str) -> None:
    course = Course(tmp_path).graded()
    CHANGES[change](course)
    assert verdict(course.planned()) == "run"


@pytest.mark.parametrize(("options", "expected"), [({"items": ("code",)}, "run"), ({"seed": 7}, "run")])
def test_what_is_asked_for_makes_a_difference(tmp_path: Path, options: dict[str, object], expected: str) -> None:
    assert verdict(Course(tmp_path).graded().planned(**options)) == expected


def test_a_seed_that_was_given_is_part_of_it_and_one_that_was_drawn_is_not(tmp_path: Path) -> None:
    course = Course(tmp_path).graded(seed=7)
    assert [verdict(course.planned(seed=seed)) for seed in (7, 8, None)] == ["skipped", "run", "run"]


def test_what_is_judged_by_something_else_is_judged_again_and_not_run(tmp_path: Path) -> None:
    course = Course(tmp_path).graded()
    course.rubric = replace(course.rubric, digest="sha256:" + "77" * 32)
    assert verdict(course.planned()) == "judged"


def test_what_lost_its_report_is_judged_again_and_not_run(tmp_path: Path) -> None:
    course = Course(tmp_path).graded()
    (tmp_path / "out" / "ann" / "report.json").unlink()
    assert verdict(course.planned()) == "judged"


def test_what_a_fault_of_ours_met_is_run_again(tmp_path: Path) -> None:
    made = small.report(Observation("module", fault="the engine went away"), small.DICE)
    assert verdict(Course(tmp_path).graded(made).planned()) == "run"


def test_what_was_judged_again_by_hand_is_still_known(tmp_path: Path) -> None:
    course = Course(tmp_path).graded()
    for judged, expected in (("", "judged"), (standards(course.assignment, course.rubric), "skipped")):
        with course.run() as folder:
            result = folder.of("ann").result()
            assert result is not None
            folder.judged("ann", result, judged=judged)
        assert verdict(course.planned()) == expected


def test_a_line_that_was_lost_means_that_it_is_run(tmp_path: Path) -> None:
    course = Course(tmp_path).graded()
    (tmp_path / "out" / "journal.jsonl").unlink()
    assert verdict(course.planned()) == "run"


def test_evidence_that_is_kept_is_judged_and_nothing_is_run(tmp_path: Path) -> None:
    course = Course(tmp_path).graded()
    course.rubric = replace(course.rubric, thresholds={"rolls": {"most": 1.0}}, digest="sha256:" + "77" * 32)
    (job,) = course.planned().to_do
    graded = course.bench().grade(job)
    assert graded.result is not None
    assert (graded.result.marks.earned, graded.result.seed) == (3, 7)


def test_evidence_that_was_damaged_since_means_that_the_code_is_run(tmp_path: Path) -> None:
    course = Course(tmp_path).graded()
    for path in (tmp_path / "out" / "ann" / "evidence").iterdir():
        path.write_bytes(b"nonsense")
    graded = course.bench().grade(course.job(kept=True))
    # it was tried, in a sandbox that starts nothing
    assert graded.result is not None
    assert graded.result.marks.withheld == 7


def test_what_was_handed_in_again_is_told_and_run_and_what_cannot_be_read_too(tmp_path: Path) -> None:
    course = Course(tmp_path).graded()
    assert not course.planned(seed=3).to_do[0].again
    small.hand_in(tmp_path / "ann", small.WRONG)
    (job,) = course.planned().to_do
    assert (job.again, job.kept) == (True, False)
    (tmp_path / "ann" / "mlp.py").unlink()
    assert course.planned().to_do[0].again


def test_nothing_is_done_when_all_is_to_be_done_anew(tmp_path: Path) -> None:
    course = Course(tmp_path).graded()
    with course.run() as folder:
        plan = planned([course.job()], folder, course.bench(), anew=True)
    assert (verdict(plan), plan.to_do[0].again) == ("run", False)
