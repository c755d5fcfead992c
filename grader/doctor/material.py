"""What gradings are made of: data, rubrics that add up and, in a checkout, templates that are up to date."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader import assignments, rubric, template
from grader.datasets import Facts, advice
from grader.doctor.row import Row, State
from grader.errors import AuthorError


def data_row(facts: Facts) -> Row:
    """Say in which form a grading would use a data set."""
    name, files, drawn = facts.data_set.name, facts.data_set.files, facts.data_set.drawn
    if files is not None and facts.uses is files:
        return Row(name, State.OK, f"{files.title} in {facts.places[0].folder}")
    if drawn is not None and facts.uses is drawn:
        found = f"{drawn.title}, {'kept in the cache' if facts.kept else 'drawn when they are first needed'}"
        if files is None:
            return Row(name, State.OK, found)
        return Row(name, State.WEAKER, f"{found}: there is no {files.title}", advice(facts.data_set))
    if files is not None and facts.refused is not None:
        place = facts.refused
        detail = f"{place.folder} ({place.source}) does not hold {files.title}"
        return Row(name, State.MISSING, detail, "mlpgrader data show says why")
    return Row(name, State.MISSING, "is not on this machine", advice(facts.data_set))


def rubric_row(name: str) -> Row:
    """Say whether the rubric of the assignment `name` can be used."""
    try:
        assignment = assignments.find(name)
        loaded = rubric.load(
            assignment.rubric,
            checks=assignment.check_thresholds,
            size_numbers=assignment.size_numbers,
            parameters=assignment.parameters,
        )
    except AuthorError as error:
        return Row(f"rubric {name}", State.MISSING, str(error), "mend it; mlpgrader rubric looks at it alone")
    return Row(f"rubric {name}", State.OK, f"{loaded.points:g} points in {len(loaded.items)} items")


def template_row(name: str, reference: Path, target: Path, masters: Mapping[str, Path]) -> Row:
    """Say whether what students receive of the assignment `name`, in `target`, is what its `reference` and `masters` give."""
    try:
        lines = template.stale(reference, target, masters=masters)
    except AuthorError as error:
        return Row(f"template {name}", State.WEAKER, str(error), "mend the reference, then run mlpgrader template")
    if lines:
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        return Row(f"template {name}", State.WEAKER, f"{lines[0]}{more}", "mlpgrader template builds it again")
    return Row(f"template {name}", State.OK, "as the reference gives it")
