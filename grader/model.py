"""The nouns of the grader: frozen data that every other module speaks in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Verdict(StrEnum):
    """What a check concluded; `PENDING` that a person decides, `UNDECIDED` that a fault of ours was in the way.

    >>> from mlpgrader import Verdict
    >>> Verdict("failed") is Verdict.FAILED
    True
    """

    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"
    PENDING = "pending"
    UNDECIDED = "undecided"


class ProblemKind(StrEnum):
    """What student code did instead of answering."""

    RAISED = "raised"
    MISSING = "missing"
    TIMEOUT = "timeout"
    DIED = "died"
    MEMORY = "memory"
    VIOLATION = "violation"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Problem:
    """One thing that went wrong inside student code: what it was, and where in the student's files.

    `message` is one bounded line without control characters; `where` is like ``mlp.py line 12, in forward`` or empty.
    """

    kind: ProblemKind
    message: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.message} ({self.where})" if self.where else self.message


@dataclass(frozen=True)
class Wanted:
    """A file that an assignment asks for: its name, or that of the parameter which gives it.

    `needed_for` are the probes that cannot do without it. Probes find it as `laid_as`, where that is given, whatever the course
    calls it. `taken_from(path, content)` returns what a file of another name would
    be as this one, None when it is something else.

    >>> from mlpgrader.authoring import Wanted
    >>> Wanted("mlp.py", taken_from=lambda path, content: content if b"class MLP" in content else None).needed_for
    ()
    """

    name: str
    needed_for: tuple[str, ...] = ()
    laid_as: str = ""
    taken_from: Callable[[str, bytes], bytes | None] | None = None


@dataclass(frozen=True)
class Submission:
    """What one student handed in, as bytes: nothing of it is ever opened by path again.

    `files` maps relative POSIX paths to contents, provided files already laid over the student's copies.
    `digest` is ``sha256:...`` over the files as handed in. `notes` are facts for the staff report. `left_out` says of files
    that were handed in and not read why they were not, path -> the rest of a sentence. `taken` are files that were handed in
    under another name, name that was asked for -> path as handed in, and `missing` says of those that are not there why not.
    These three are not kept with the evidence.
    """

    id: str
    digest: str
    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)


# what a course sets in its rubric for its own edition of an assignment: a number, a text, or several texts
Parameter = float | str | tuple[str, ...]

# what notebooks can be run at: as the assignment says, or quickly; and what a run on the student's own class falls back on
SIZES = ("full", "quick")
REDUCED = "reduced"


@dataclass(frozen=True)
class Data:
    """A declared data set as it was found: `value` is what probes work with.

    `kind` says in which of its forms it is there, like ``mnist`` or ``drawn``, `title` what that is called, and `digest` of
    what is in it.

    >>> from mlpgrader.authoring import Data
    >>> Data("prices", "drawn", "made-up prices", digest="5a", value=[2.5, 1.0]).value[0]
    2.5
    """

    name: str
    kind: str
    title: str
    digest: str
    value: Any


@dataclass(frozen=True)
class Setting:
    """At which size notebooks are run, and on which data.

    `numbers` are what the rubric says of that size, `reduced` what it says of a run on the student's own class; `data` has the
    data sets that probes need, each by its name. `parameters` are those of the rubric: a probe finds the ones that it declares.

    >>> from mlpgrader.authoring import Setting
    >>> Setting("quick", numbers={"images": 1000.0}).numbers["images"]
    1000.0
    """

    size: str = "quick"
    numbers: Mapping[str, float] = field(default_factory=dict)
    reduced: Mapping[str, float] = field(default_factory=dict)
    data: Mapping[str, Data] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def given(self, names: Iterable[str]) -> Setting:
        """Return the setting with only the parameters of these names."""
        return replace(self, parameters={name: self.parameters[name] for name in names})


@dataclass(frozen=True)
class Limits:
    """What one submission may use; the numbers come from the rubric's ``[limits]``."""

    call_seconds: float = 5.0
    session_seconds: float = 60.0
    memory_mb: int = 2048
    cpus: float = 1.0
    processes: int = 64
    files_mb: int = 64
    answer_mb: int = 64
    output_kb: int = 64


@dataclass(frozen=True)
class SandboxSpec:
    """Which sandbox student code runs in: its kind, and for ``docker`` what containers are made with.

    `engine` is the command-line client (``docker``, ``podman``), `image` the name of the image, empty for the one that
    `make image` builds, `runtime` that of the engine's runtime (``runsc``), empty for its own choice.

    >>> from mlpgrader import SandboxSpec
    >>> SandboxSpec("docker", engine="podman").engine
    'podman'
    """

    kind: str = "docker"
    engine: str = "docker"
    image: str = ""
    runtime: str = ""


@dataclass(frozen=True)
class Observation:
    """What one probe saw.

    `data` holds what was asked and what came back: None, bool, int, float, str, arrays, and lists, tuples and
    string-keyed dicts of them. `problem` is set when student code ended the conversation early, `fault` when we did;
    what was seen before stays in `data`.

    >>> from mlpgrader.authoring import Observation
    >>> Observation("fitting", {"weights": [1.0, 2.0]}).data["weights"]
    [1.0, 2.0]
    """

    probe: str
    data: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    fault: str = ""
    seconds: float = 0.0


def tables_in(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every dict that there is in plain data, in its lists and dicts as well."""
    waiting = [data]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            yield each
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each


@dataclass(frozen=True)
class Evidence:
    """All observations of one submission, with the facts of the run that made them.

    `items` are those of the rubric that they were gathered for, empty for all; `parameters` those that it had then, empty where
    that is not known.
    """

    observations: Mapping[str, Observation]
    seed: int
    sandbox: str
    seconds: float
    facts: Mapping[str, str] = field(default_factory=dict)
    output: str = ""
    items: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True)
class HeatMaps:
    """Expected and got matrices of the same shapes, a pair a panel: (label, expected (m, n), got (m, n)).

    `rows` and `columns` say what one of each is; a vector (m,) has rows alone.

    >>> import numpy as np
    >>> from mlpgrader.authoring import HeatMaps
    >>> HeatMaps("Gradients", (("layer 1", np.zeros((2, 3)), np.ones((2, 3))),)).rows
    'neuron'
    """

    title: str
    panels: tuple[tuple[str, Array, Array], ...]
    rows: str = "neuron"
    columns: str = "input"


@dataclass(frozen=True)
class Scatter:
    """Points (N, 2) with integer classes (N,), and optionally a line a*x + b*y + c = 0 that separates them.

    >>> import numpy as np
    >>> from mlpgrader.authoring import Scatter
    >>> Scatter("Points", np.zeros((2, 2)), np.array([0, 1]), ("out", "in"), "x", "y").class_names
    ('out', 'in')
    """

    title: str
    points: Array
    classes: Array
    class_names: tuple[str, ...]
    x_label: str
    y_label: str
    line: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Curve:
    """Named series of values (K,) over positions (K,).

    >>> import numpy as np
    >>> from mlpgrader.authoring import Curve
    >>> Curve("Loss", "epoch", "loss", np.arange(3), (("training", np.array([3.0, 2.0, 1.0])),)).x_label
    'epoch'
    """

    title: str
    x_label: str
    y_label: str
    x: Array
    series: tuple[tuple[str, Array], ...]


@dataclass(frozen=True)
class Confusion:
    """How often each class (row) was taken for each class (column): counts (k, k).

    >>> import numpy as np
    >>> from mlpgrader.authoring import Confusion
    >>> Confusion("What was taken for what", np.eye(2, dtype=int), ("cat", "dog")).labels
    ('cat', 'dog')
    """

    title: str
    counts: Array
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ImageGrid:
    """Grey images (R, C, h, w), 1 is white paper and 0 is ink; NaN where there is none.

    `row_labels` has a label a row or is empty; `captions` has one for each image, row by row, or is empty.

    >>> import numpy as np
    >>> from mlpgrader.authoring import ImageGrid
    >>> ImageGrid("Two images", np.ones((1, 2, 8, 8))).images.shape
    (1, 2, 8, 8)
    """

    title: str
    images: Array
    row_labels: tuple[str, ...] = ()
    captions: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class ImageScatter:
    """Small images (N, h, w), 1 is white paper, at points (N, 2), coloured by their classes (N,).

    >>> import numpy as np
    >>> from mlpgrader.authoring import ImageScatter
    >>> ImageScatter("Codes", np.zeros((1, 2)), np.ones((1, 8, 8)), np.array([3]), "first", "second").y_label
    'second'
    """

    title: str
    points: Array
    images: Array
    classes: Array
    x_label: str
    y_label: str


Picture = HeatMaps | Scatter | Curve | Confusion | ImageGrid | ImageScatter


@dataclass(frozen=True)
class Quote:
    """Something that a student wrote, for a person to read: plain text or Markdown.

    >>> from mlpgrader.authoring import Quote
    >>> Quote("Their comparison", "ReLU is **faster**.").title
    'Their comparison'
    """

    title: str
    text: str


@dataclass(frozen=True)
class TranscriptOutput:
    """What a cell put out: ``text``, ``error`` (a traceback), or ``png`` (an image, as bytes nobody has decoded).

    `of` says where it came from: ``stdout``, ``stderr``, ``display``, ``result``, ``error``, or nowhere, for a note of ours.
    `rich` is the same in other forms, pairs of MIME type and text as student code chose it.
    """

    kind: str
    text: str = ""
    png: bytes = b""
    of: str = ""
    rich: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TranscriptCell:
    """One cell of a notebook that was run: ``code`` or ``markdown``; `number` counts the cells that were run, from 1."""

    kind: str
    source: str
    outputs: tuple[TranscriptOutput, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Transcript:
    """A notebook as it was run here, or some of its cells. Only staff get to see it.

    `file` is the path of the notebook in the submission, where these are all of its cells.
    """

    title: str
    cells: tuple[TranscriptCell, ...]
    file: str = ""


@dataclass(frozen=True)
class Finding:
    """The verdict of one check, with the words and pictures that explain it.

    `because` names the check whose verdict this one follows from, where it was not judged by itself; `problem` is what student
    code did instead of answering, where the message tells of that. `explained_by` names checks: what the first of them that
    failed found explains this, too, so that both are told as one. `pattern` is a short name of how numbers are wrong, the same
    for equal code whatever the seed; `margin` is how much was seen of what is allowed, above 1 where that is too much.

    >>> from mlpgrader.authoring import failed
    >>> failed("W[0, 1] is 2.5, expected 2", hint="Divide by N.").message
    'W[0, 1] is 2.5, expected 2'
    """

    check: str
    title: str
    verdict: Verdict
    message: str = ""
    hint: str = ""
    diagnosis: str = ""
    pictures: tuple[Picture, ...] = ()
    for_staff: tuple[Quote | Transcript, ...] = ()
    because: str = ""
    problem: Problem | None = None
    explained_by: tuple[str, ...] = ()
    pattern: str = ""
    margin: float | None = None


@dataclass(frozen=True)
class Person:
    """Somebody of the class as a platform knows them; each field is empty where it is not known.

    `id` is the platform's own, `sis` the number that the university gives, `group` the name of the group they work in.
    """

    id: str = ""
    name: str = ""
    login: str = ""
    mail: str = ""
    sis: str = ""
    section: str = ""
    group: str = ""


@dataclass(frozen=True)
class RubricItem:
    """Points for one part of the assignment, split over checks."""

    id: str
    title: str
    points: float
    checks: Mapping[str, float]
    public: bool = True


@dataclass(frozen=True)
class Rubric:
    """Every point, threshold and limit of one assignment.

    `thresholds` maps check -> name -> number, `sizes` size -> name -> number; `parameters` are what a course sets for its own
    edition of the assignment, by name. `source` is the file that all of it comes from, as it was read.
    """

    assignment: str
    title: str
    items: tuple[RubricItem, ...]
    thresholds: Mapping[str, Mapping[str, float]]
    limits: Limits
    digest: str
    sizes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    source: bytes = field(default=b"", repr=False, compare=False)

    @property
    def points(self) -> float:
        return sum(item.points for item in self.items)


@dataclass(frozen=True)
class Marks:
    """Points, split by what became of them: earned + lost + pending + withheld = possible.

    >>> from mlpgrader import Marks
    >>> Marks(earned=6.0, possible=10.0, pending=1.0).lost
    3.0
    """

    earned: float
    possible: float
    pending: float = 0.0
    withheld: float = 0.0

    @property
    def lost(self) -> float:
        return self.possible - self.earned - self.pending - self.withheld


@dataclass(frozen=True)
class ScoredFinding:
    """A finding with the points that the rubric gives it.

    >>> from mlpgrader import Marks, ScoredFinding
    >>> from mlpgrader.authoring import failed
    >>> ScoredFinding(failed("no output", hint="Return y."), Marks(earned=0.0, possible=2.0)).marks.lost
    2.0
    """

    finding: Finding
    marks: Marks


@dataclass(frozen=True)
class ScoredItem:
    """One rubric item with its findings and their sum.

    >>> from mlpgrader import Marks, ScoredItem
    >>> ScoredItem("forward", "Forward pass", Marks(earned=8.0, possible=10.0), findings=()).marks.lost
    2.0
    """

    id: str
    title: str
    marks: Marks
    findings: tuple[ScoredFinding, ...]


@dataclass(frozen=True)
class Score:
    """Findings times rubric.

    >>> from mlpgrader import Marks, Score
    >>> Score(Marks(earned=8.0, possible=10.0), items=()).marks.earned
    8.0
    """

    marks: Marks
    items: tuple[ScoredItem, ...]


@dataclass(frozen=True)
class Result:
    """What came of grading one submission, as numbers and words: a report without pictures, files or evidence.

    `size` is at which notebooks were run, and `data` on what; both are empty where none were. `unwritten` names the functions
    that are still as the template has them, and `notices` say why a person may want to look at it.

    >>> import mlpgrader
    >>> bob = "examples/byomlp/bob-no-derivative"
    >>> made = mlpgrader.grade(bob, assignment="byomlp", sandbox="process", items=["forward"], seed=4711)
    >>> made.result.id, made.result.seed, made.result.marks.earned
    ('bob-no-derivative', 4711, 10.0)
    """

    id: str
    digest: str
    assignment: str
    assignment_title: str
    rubric_digest: str
    seed: int
    sandbox: str
    seconds: float
    marks: Marks
    items: tuple[ScoredItem, ...]
    size: str = ""
    data: str = ""
    unwritten: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all items, in the order of the rubric."""
        return tuple(scored.finding for item in self.items for scored in item.findings)


@dataclass(frozen=True)
class Report:
    """What people read: a score, whose it is, and how it came about.

    `unwritten` names the functions that are still as the template has them; `notices` are for staff alone.

    >>> import mlpgrader
    >>> bob = "examples/byomlp/bob-no-derivative"
    >>> report = mlpgrader.grade(bob, assignment="byomlp", sandbox="process", items=["forward"], seed=4711)
    >>> report.submission.id, sorted(report.evidence.observations)
    ('bob-no-derivative', ['forward', 'layers', 'module'])
    """

    assignment: str
    assignment_title: str
    submission: Submission
    rubric_digest: str
    score: Score
    evidence: Evidence
    unwritten: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def result(self) -> Result:
        """The same in brief: small enough to keep for a whole class, and plain enough to travel between processes."""
        return Result(
            id=self.submission.id,
            digest=self.submission.digest,
            assignment=self.assignment,
            assignment_title=self.assignment_title,
            rubric_digest=self.rubric_digest,
            seed=self.evidence.seed,
            sandbox=self.evidence.sandbox,
            seconds=self.evidence.seconds,
            marks=self.score.marks,
            items=tuple(replace(item, findings=tuple(map(_in_brief, item.findings))) for item in self.score.items),
            size=_size(self.evidence),
            data=self.evidence.facts.get("data", ""),
            unwritten=self.unwritten,
            notices=self.notices,
        )


def _size(evidence: Evidence) -> str:
    sizes = {str(seen.data["size"]) for seen in evidence.observations.values() if "size" in seen.data}
    size = evidence.facts.get("size", "")
    return REDUCED if size and sizes == {REDUCED} else size


def _in_brief(scored: ScoredFinding) -> ScoredFinding:
    return replace(scored, finding=replace(scored.finding, pictures=(), for_staff=()))
