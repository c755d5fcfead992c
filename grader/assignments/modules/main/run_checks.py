"""Judging how the main notebook ran: what stopped it, what it was run on, and whether it made networks at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.files import MAIN, MODULES
from grader.assignments.modules.main.pictures import autoencoder_pictures
from grader.checks import check, failed, passed
from grader.errors import HarnessError
from grader.model import Finding, Observation
from grader.notebooks.judging import errors_in, joined, transcript_of, unreadable

_OLD_PRINT = re.compile(r"missing parentheses in call to 'print'", re.IGNORECASE)
AGAIN = f"Restart the kernel and run all cells: the notebook has to run from top to bottom, beside {MODULES}."


@check(reads=["main"])
def main_runs(observed: Observation) -> Finding:
    """HW3_main.ipynb runs from top to bottom"""
    seen = observed.data
    if finding := unreadable(seen, MAIN):
        return finding
    transcript = [transcript_of(seen)]
    remarks = _circumstances(observed)
    if not nets.trained(seen["networks"]):
        said = joined(["no network was trained: backward was never called", *remarks, *errors_in(seen)[:1]])
        return failed(said, hint=_advice(seen) or AGAIN, for_staff=transcript)
    if seen["fault"]:
        raise HarnessError(f"what the notebook's networks did could not be followed: {seen['fault']}")
    pictures = autoencoder_pictures(seen["measured"].get("autoencoder"))
    message = joined([_summary(seen), *remarks, *errors_in(seen), _autoencoder(seen)])
    return passed(message, hint=_advice(seen), pictures=pictures, for_staff=transcript)


def _summary(seen: Mapping[str, Any]) -> str:
    ran = [cell for cell in seen["cells"] if cell["run"]]
    count = len(nets.trained(seen["networks"]))
    digits = f"{seen['digits']:,} digits ({seen['dataset']}, {seen['size']} size)"
    seconds = sum(cell["seconds"] for cell in ran)
    return f"{len(ran)} code cells ran in {seconds:.0f} s on {digits} and trained {count} network{'s' * (count != 1)}"


def _circumstances(observed: Observation) -> list[str]:
    seen = observed.data
    remarks = [seen["note"], seen["cut"]]
    if seen["trusted"]:
        named = ", ".join(seen["trusted"])
        remarks.append(f"it was run with correct modules in the place of yours, for these are not right yet: {named}")
    if observed.problem and not seen["cut"]:
        remarks.append(f"the run ended early: {observed.problem}")
    return [remark for remark in remarks if remark]


def _autoencoder(seen: Mapping[str, Any]) -> str:
    measured = seen["measured"].get("autoencoder")
    if not measured:
        return ""
    network = next((each for each in seen["networks"] if each["index"] == measured["index"]), None)
    if measured["loss"] is None or network is None:
        return "there is an autoencoder, which could not be measured (it is optional, no points hang on it)"
    return (
        f"the optional autoencoder {nets.described(network)} gives unseen digits back with a squared error of "
        f"{measured['loss']:.3g}, 30 principal components with {measured['pca_loss']:.3g} (no points hang on it)"
    )


def _advice(seen: Mapping[str, Any]) -> str:
    if any(cell["error"] and _OLD_PRINT.search(cell["error"]["message"]) for cell in seen["cells"]):
        return "print is a function in Python 3: write print(...) with parentheses, then run all cells again."
    if errors_in(seen):
        return "Restart the kernel and run all cells: none may end in an error."
    if seen["cut"]:
        return "Make the notebook faster: train no more than is asked for, and evaluate less often while training."
    return ""


@check(reads=["main"])
def libraries_allowed(observed: Observation) -> Finding:
    """No deep-learning library is imported"""
    if found := observed.data.get("imports", []):
        hint = "Take these imports out, and what needs them: numpy, matplotlib, scikit-learn, scipy and pandas are allowed."
        return failed(f"imported though not allowed: {', '.join(found[:5])}", hint=hint, diagnosis="forbidden_import")
    return passed()
