"""What an assignment is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignments.contradictions import contradictions
from grader.errors import AuthorError

if TYPE_CHECKING:
    # the ids of assignments stand in the help of every command, which does without numpy
    from grader.checks import Check
    from grader.datasets import DataSet
    from grader.model import Parameter, Wanted
    from grader.sandbox import Inside, Probe


@dataclass(frozen=True)
class Assignment:
    """One homework: what must be handed in, what we lay over it, what is asked, and how the answers are judged.

    `rubric` is the TOML file with its points. `required` are the files that a submission must hold, each by its name or by that
    of the parameter which gives it; `wanted` says more of these, and of files that may be there. `provided` are the course's own
    files, laid over whatever copies were handed in, `inside` what of ours student code meets inside the sandbox.
    `reference` is the folder of the solved material and `template` that of what students receive; where students install
    the assignment neither need be there. `size_numbers` are the names that the rubric must give for each size that
    notebooks can be run at; an assignment without notebooks has none. `masters` are the files of the material that lie
    among the assignment's own, by their name in it: `mlpgrader template` copies them into `reference`. `data` are the data
    sets that probes may name. `parameters` are the names of what a course may have otherwise, each with a value of the type that
    its rubric gives: a number, a text (the name of a file stays one), or several texts.
    `sizes` are those at which its notebooks can be run where it is installed.

    AuthorError when probes, checks, data sets and parameters contradict one another.

    >>> import mlpgrader
    >>> byomlp, modules = mlpgrader.assignments()
    >>> byomlp.required, [data.name for data in byomlp.data]
    (('mlp_file',), ['digits'])
    """

    id: str
    title: str
    rubric: Path
    required: tuple[str, ...]
    provided: Mapping[str, bytes]
    inside: Inside
    probes: tuple[Probe, ...]
    checks: tuple[Check, ...]
    size_numbers: tuple[str, ...] = ()
    reference: Path | None = None
    template: Path | None = None
    masters: Mapping[str, Path] = field(default_factory=dict)
    data: tuple[DataSet, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = ()
    sizes: tuple[str, ...] = ("full", "quick")

    def __post_init__(self) -> None:
        if problems := list(contradictions(self.probes, self.checks, self.data, self.parameters)):
            raise AuthorError("\n".join(f"assignment '{self.id}': {problem}" for problem in problems))

    @property
    def material(self) -> tuple[Path, Path] | None:
        """The folders of the solved material and of the template that is made of it; None where there is no solved material."""
        if self.reference is None or self.template is None or not self.reference.is_dir():
            return None
        return self.reference, self.template

    def required_files(self, parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
        """Return the names of the files that must be there, by these values of the parameters."""
        return tuple(str(parameters.get(name, name)) for name in self.required)

    def wanted_files(self, parameters: Mapping[str, Parameter]) -> tuple[Wanted, ...]:
        """Return all files that are asked for, by these values of the parameters; required ones are needed for every probe."""
        said = {each.name for each in self.wanted}
        every = tuple(probe.name for probe in self.probes)
        plain = [_wanted(name, every) for name in self.required if name not in said]
        return tuple(replace(each, name=str(parameters.get(each.name, each.name))) for each in (*plain, *self.wanted))

    @property
    def check_thresholds(self) -> Mapping[str, tuple[str, ...]]:
        """The names of all checks, each with the thresholds that the rubric must give it."""
        return {check.name: check.thresholds for check in self.checks}


def _wanted(name: str, needed_for: tuple[str, ...]) -> Wanted:
    from grader.model import Wanted

    return Wanted(name, needed_for)
