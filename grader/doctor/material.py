"""What gradings are made of: digits, rubrics that add up and, in a checkout, templates that are up to date."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader import assignments, rubric, template
from grader.digits import Facts
from grader.doctor.row import Row, State
from grader.errors import AuthorError

FETCH = "mlpgrader data fetch gets MNIST, or name the folder of its four files: --data DIR"


def digits_row(facts: Facts) -> Row:
    """Say which digits the notebooks of a grading would be run on."""
    if facts.place is not None:
        return Row("digits", State.OK, f"MNIST in {facts.place.folder}")
    if facts.uses:
        kept = "kept in the cache" if facts.drawn_kept else "drawn when they are first needed"
        return Row("digits", State.WEAKER, f"drawn ones, {kept}: there is no MNIST", FETCH)
    wrong = facts.places[0]
    return Row(
        "digits", State.MISSING, f"{wrong.folder} ({wrong.source}) does not hold MNIST", "mlpgrader data show says why"
    )


def rubric_row(name: str) -> Row:
    """Say whether the rubric of the assignment `name` can be used."""
    try:
        assignment = assignments.find(name)
        loaded = rubric.load(
            assignment.rubric, checks=assignment.check_thresholds, size_numbers=assignment.size_numbers
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
