"""Judging how a notebook ran, and which of its two runs counts; what checks of both notebooks share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.assignments.byomlp.network.stumbles import NOT_WRITTEN
from grader.assignments.byomlp.notebook import training_mistakes
from grader.assignments.byomlp.notebook.training_mistakes import Mistake
from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.checks import check, failed
from grader.model import Finding, Observation, Picture
from grader.notebooks.judging import advice, cells_ran, circumstances, judge_imports, judge_run, time_note, unreadable
from grader.text import counted


def run_that_counts(first: Observation, own: Observation) -> Observation:
    """Return the observation that counts: the run on the engine, unless the student's own class got further.

    Of two runs that got as far the one with fewer errors counts, then the one on the engine.
    """
    if not own.data.get("needed") or not own.data.get("cells"):
        return first
    return own if _reached(own) > _reached(first) else first


def _reached(observed: Observation) -> tuple[float, int]:
    seen = observed.data
    chosen = [seen["networks"][k] for k in seen.get("chosen", {}).values() if k is not None]
    # examples a training image: another size must not count for more
    trained = sum(min(network["log"]["examples"] / max(seen.get("train", 1), 1), 100.0) for network in chosen)
    return round(trained / 2) * 2.0, -sum(cell["error"] is not None for cell in seen["cells"])


def _judge(observed: Observation, file: str) -> Finding:
    """Say whether a notebook could be run and made any network, and where it stumbled."""
    seen = observed.data
    if finding := unreadable(seen, file):
        return finding
    digits = f"{seen.get('train', 0):,} + {seen.get('test', 0):,} digits ({seen['dataset']}, {seen['size']} size)"
    finding = judge_run(
        seen,
        missing="" if seen["networks"] else "no network was made: MLP(...) was never called",
        summary=f"{cells_ran(seen)} on {digits}",
        remarks=circumstances(observed, *_on_which_class(seen)),
        hint=_advice(seen),
        beside="your mlp.py",
    )
    errors = [cell["error"] for cell in seen["cells"] if cell["error"] is not None]
    if not seen["networks"] and errors and all("NotImplementedError" in str(error) for error in errors):
        hint = "Write the code cells that are still to be written, the first one first."
        return replace(finding, hint=hint, diagnosis=NOT_WRITTEN)
    return finding


def _advice(seen: Mapping[str, Any]) -> str:
    if seen.get("stand_in"):
        return "Run `python -c 'import mlp'` in the folder of your mlp.py: it has to end without an error."
    if seen.get("needed") and not advice(seen):
        return "Use only the methods of the assignment on your networks: then the notebook is run on all the digits."
    return advice(seen)


def _on_which_class(seen: Mapping[str, Any]) -> Iterator[str]:
    if besides := seen.get("besides"):
        yield f"it has both parts, and {counted(len(besides), 'code cell')} of the other one got little time"
    if seen.get("stand_in"):
        yield f"your mlp.py could not be used ({seen['stand_in']}), so a correct one was used"
    if seen.get("needed"):
        yield "it was run on your own class MLP and on fewer digits, because it uses more than the methods of the assignment"
    elif seen["why_own"]:
        yield f"it uses more of MLP than the methods of the assignment: {', '.join(seen['why_own'][:3])}"
    # whoever brings that about must not get points withheld by it; staff are told why
    if any(network["fault"] for network in seen["networks"]):
        yield "not all that its networks were called for could be followed"


def network_of(seen: Mapping[str, Any], which: str) -> Network | None:
    """Return the network that was chosen for `which`, or None."""
    index = seen.get("chosen", {}).get(which)
    return None if index is None else seen["networks"][index]


def doubted(network: Network, before: str = "") -> Finding | None:
    """Return the finding on a network that did not begin with drawn parameters, with words `before` it; None on any other."""
    mistake = training_mistakes.not_drawn(network)
    return failed(f"{before}{mistake.message}", hint=mistake.hint, diagnosis=mistake.diagnosis) if mistake else None


def missed(seen: Mapping[str, Any], message: str, reason: Mistake, pictures: Sequence[Picture]) -> Finding:
    """Return the finding that a network does worse than it has to, and the reason: lack of time first, where it was that."""
    if seen["cut"] and reason.diagnosis in training_mistakes.FOR_WANT_OF_TIME:
        said, hint, diagnosis = f"{seen['cut']}: {reason.message}; {message}", training_mistakes.FASTER, "out_of_time"
    else:
        said, hint, diagnosis = f"{message}: {reason.message}{time_note(seen)}", reason.hint, reason.diagnosis
    return failed(said, hint=hint, diagnosis=diagnosis, pictures=pictures)


@check(reads=["classification", "classification_own"], through=run_that_counts)
def classification_runs(observed: Observation) -> Finding:
    """Classification.ipynb makes networks when it is run"""
    return _judge(observed, "Classification.ipynb")


@check(reads=["autoencoder", "autoencoder_own"], through=run_that_counts)
def autoencoder_runs(observed: Observation) -> Finding:
    """Autoencoder.ipynb makes networks when it is run"""
    return _judge(observed, "Autoencoder.ipynb")


@check(reads=["classification"])
def imports_allowed(observed: Observation) -> Finding:
    """Only numpy, matplotlib and the standard library are imported"""
    instead = "Write the networks with numpy only: remove these imports and the code that needs them."
    return judge_imports(observed.data, instead=instead)
