"""The checks of the differentiation notebook: four of answer functions, and one for a person."""

from __future__ import annotations

from collections.abc import Sequence

from grader import locations
from grader.assignments.modules.differentiation import tasks
from grader.assignments.modules.differentiation.derivations import derivations, pictured
from grader.assignments.modules.differentiation.judging import Case, cases_of, diagnose, picture, told
from grader.assignments.modules.differentiation.probe import FILE, DifferentiationSeen, seen_in
from grader.assignments.modules.differentiation.tasks import Task
from grader.checks import check, failed, passed, pending
from grader.kits.layer_contract import advice
from grader.kits.patterns import Compared, named
from grader.model import Finding, Observation, Quote
from grader.notebooks.judging import errors_in, joined, time_note, transcript_of, unreadable
from grader.notebooks.prompts import template_sentences

SPELL_OUT = "Write down one entry of the result with its indices, differentiate it, and read off the matrix."
NOT_WRITTEN = "NotImplementedError"


@check(reads=["differentiation"])
def inner_product_gradient(observed: Observation) -> Finding:
    """The derivative of x^T x agrees with central differences"""
    return _judged(observed, [tasks.INNER_PRODUCT])


@check(reads=["differentiation"])
def trace_gradient(observed: Observation) -> Finding:
    """The derivative of tr(A B) agrees with central differences"""
    return _judged(observed, [tasks.TRACE])


@check(reads=["differentiation"])
def bilinear_gradients(observed: Observation) -> Finding:
    """Both derivatives of x^T A c agree with central differences"""
    return _judged(observed, [tasks.BILINEAR_X, tasks.BILINEAR_A])


@check(reads=["differentiation"])
def factorisation_gradient(observed: Observation) -> Finding:
    """The derivatives of ||X - A S||^2, also by way of F = A S, agree with central differences"""
    return _judged(observed, [tasks.LOSS_S, tasks.LOSS_F, tasks.PRODUCT_S])


@check(reads=["differentiation"])
def derivations_written(observed: Observation) -> Finding:
    """The derivations are written down"""
    seen = seen_in(observed)
    if lost := unreadable(seen, FILE):
        return lost
    quotes, transcript = _derivations(seen), transcript_of(seen)
    if not quotes:
        hint = "Show in the cells below each question how you get to the result, in formulas between dollar signs."
        said = "there is no derivation besides the questions"
        return failed(said, hint=hint, diagnosis="not_written", for_staff=[transcript])
    said = f"{len(quotes)} {'cell holds' if len(quotes) == 1 else 'cells hold'} what you derived: a person reads it"
    pictures = pictured(quotes)
    place = f"pictures are in {', '.join(pictures)} of {seen['file']}" if pictures else ""
    return pending(joined([said, seen["note"], place]), for_staff=[*quotes, transcript])


def _derivations(seen: DifferentiationSeen) -> list[Quote]:
    return derivations(seen["cells"], template_sentences(locations.template_folder("modules"), FILE))


def _judged(observed: Observation, wanted: Sequence[Task]) -> Finding:
    seen = seen_in(observed)
    if lost := unreadable(seen, FILE):
        return lost
    if not seen["mentioned"] and not seen["found"]:
        return _of_old(observed)
    wrong = [finding for finding in (_of_task(observed, task) for task in wanted) if finding]
    if not wrong:
        return passed(f"{tasks.CASES} random shapes for each function" if len(wanted) > 1 else "")
    first = wrong[0]
    message = "; ".join(finding.message for finding in wrong)
    pictures = [each for finding in wrong for each in finding.pictures]
    pattern = ", ".join(finding.pattern for finding in wrong if finding.pattern)
    return failed(message, hint=first.hint, diagnosis=first.diagnosis, pictures=pictures, pattern=pattern)


def _of_old(observed: Observation) -> Finding:
    """Judge a notebook without answer functions, as the course has published it: what is derived in it, a person reads."""
    quotes = _derivations(seen_in(observed))
    if not quotes:
        names = ", ".join(tasks.NAMES)
        return failed("there are neither answer functions nor derivations", hint=f"Write the functions {names}.")
    return pending("the notebook has no answer functions, so a person looks for the result", for_staff=quotes)


def _of_task(observed: Observation, task: Task) -> Finding | None:
    """Return what is wrong with one answer function, or None."""
    seen = seen_in(observed)
    if task.name not in seen["found"]:
        return _missing(observed, task)
    cases = cases_of(task, seen["asked"].get(task.name, []))
    if not cases:
        why = f"{observed.problem}" if observed.problem else "it was not asked"
        return failed(
            f"{task.call} gave no answer: {why}", hint="Each call has to come to an end within a few seconds."
        )
    bad = [case for case in cases if not case.right]
    if not bad:
        return _one_order(task, [case.agrees(case.wants[0]) for case in cases])
    if all(case.problem and NOT_WRITTEN in case.problem.message for case in cases):
        return failed(f"{task.call} is not written yet", hint=SPELL_OUT, diagnosis="not_written")
    mistake = diagnose(task, cases)
    # of those that can be compared entry by entry, where there are any
    shown = next((case for case in bad if picture(task, case)), bad[0])
    said = told(task, shown)
    hint, diagnosis = (mistake.hint, mistake.id) if mistake else (_otherwise(shown, said), "")
    finding = failed(said, hint=hint, diagnosis=diagnosis, pictures=picture(task, shown))
    tried = [case for case in cases if not case.problem]
    return named(finding, lambda: (Compared(task.name, case.got, case.nearest) for case in tried))


def _otherwise(case: Case, said: str) -> str:
    """Return what to do about a result that no known mistake explains: an error has its own text, and so has nothing at all."""
    if case.problem:
        return advice(said, {}) or SPELL_OUT
    return "End the function with `return` and the result." if case.type == "NoneType" else SPELL_OUT


def _one_order(task: Task, row_by_row: Sequence[bool]) -> Finding | None:
    """Return what is wrong when matrices are written out row by row for some shapes and column by column for others."""
    if not task.jacobian or len(set(row_by_row)) == 1:
        return None
    hint = "Write the entries of F and of S in one order, row by row or column by column, whatever their shapes."
    return failed(
        f"{task.call} writes the entries in another order for other shapes", hint=hint, diagnosis="mixed_order"
    )


def _missing(observed: Observation, task: Task) -> Finding:
    seen = seen_in(observed)
    stumbled = errors_in(seen)
    if task.name in seen["mentioned"]:
        why = joined(stumbled) or (
            f"{observed.problem}" if observed.problem else "the cell that defines it did not run"
        )
        hint = "Restart the kernel and run all cells: none may end in an error."
        return failed(f"{task.call} was not defined when the notebook was run: {why}{time_note(seen)}", hint=hint)
    said = joined([f"there is no function {task.call}", *stumbled])
    return failed(said, hint=f"Write it under exactly this name: `{task.call}`.", diagnosis="function_missing")
