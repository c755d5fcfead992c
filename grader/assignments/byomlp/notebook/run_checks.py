"""Judging how a notebook ran, and which of its two runs counts; what checks of both notebooks share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.checks import check, failed, passed
from grader.errors import HarnessError
from grader.model import Finding, Observation
from grader.notebooks.judging import errors_in, transcript_of, unreadable


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


def judge_run(observed: Observation, file: str) -> Finding:
    """Say whether a notebook could be run and made any network, and where it stumbled."""
    seen = observed.data
    if finding := unreadable(seen, file):
        return finding
    transcript = [transcript_of(seen)]
    remarks = [*_circumstances(observed), *errors_in(seen)]
    if not seen["networks"]:
        said = "; ".join(["no network was made: MLP(...) was never called", *remarks])
        hint = "Restart the kernel and run all cells: the notebook has to run from top to bottom, beside your mlp.py."
        return failed(said, hint=hint, for_staff=transcript)
    return passed("; ".join([_summary(seen), *remarks]), hint=_advice(seen), for_staff=transcript)


def _advice(seen: Mapping[str, Any]) -> str:
    if seen.get("stand_in"):
        return "Run `python -c 'import mlp'` in the folder of your mlp.py: it has to end without an error."
    if errors_in(seen):
        return "Restart the kernel and run all cells: none may end in an error."
    if seen["cut"]:
        return "Make the notebook faster: train no more than is asked for, and evaluate on fewer images while training."
    if seen.get("needed"):
        return "Ask your networks by the assignment's methods only: then the notebook is run on all the digits."
    return ""


def _summary(seen: Mapping[str, Any]) -> str:
    ran = [cell for cell in seen["cells"] if cell["run"]]
    digits = f"{seen.get('train', 0):,} + {seen.get('test', 0):,} digits ({seen['dataset']}, {seen['size']} size)"
    return f"{len(ran)} code cells ran in {sum(cell['seconds'] for cell in ran):.0f} s on {digits}"


def _circumstances(observed: Observation) -> list[str]:
    seen = observed.data
    remarks = [seen["note"], seen["cut"]]
    if seen.get("stand_in"):
        remarks.append(f"your mlp.py could not be used ({seen['stand_in']}), so it was run on a correct one")
    if observed.problem and not seen["cut"]:
        remarks.append(f"the run ended early: {observed.problem}")
    if seen.get("needed"):
        remarks.append(
            "it was run on your own class MLP and fewer digits, as it uses more than the assignment's methods"
        )
    elif seen["why_own"]:
        remarks.append(f"it uses more of MLP than the assignment's methods: {', '.join(seen['why_own'][:3])}")
    return [remark for remark in remarks if remark]


def network_of(seen: Mapping[str, Any], which: str) -> Mapping[str, Any] | None:
    """Return the network that was chosen for `which`, or None."""
    index = seen.get("chosen", {}).get(which)
    if index is None:
        return None
    network: Mapping[str, Any] = seen["networks"][index]
    if network["fault"]:
        raise HarnessError(f"what the notebook's networks did could not be followed: {network['fault']}")
    return network


@check(reads=["classification", "classification_own"], through=run_that_counts)
def classification_runs(observed: Observation) -> Finding:
    """Classification.ipynb runs from top to bottom"""
    return judge_run(observed, "Classification.ipynb")


@check(reads=["autoencoder", "autoencoder_own"], through=run_that_counts)
def autoencoder_runs(observed: Observation) -> Finding:
    """Autoencoder.ipynb runs from top to bottom"""
    return judge_run(observed, "Autoencoder.ipynb")


@check(reads=["classification"])
def imports_allowed(observed: Observation) -> Finding:
    """Only numpy, matplotlib and the standard library are imported"""
    found = observed.data.get("imports", [])
    if found:
        hint = "Write the networks with numpy alone: take these imports out, and what needs them."
        return failed(f"imported though not allowed: {', '.join(found[:5])}", hint=hint, diagnosis="forbidden_import")
    return passed()
