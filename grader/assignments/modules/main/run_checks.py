"""Judging how the main notebook ran: what stopped it, what it was run on, and whether it made networks at all."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.both_runs import RUNS, in_either_run
from grader.assignments.modules.main.doubts import beliefs, doubts
from grader.assignments.modules.main.files import DATA, MAIN, MODULES
from grader.assignments.modules.main.pictures import autoencoder_pictures
from grader.assignments.modules.main.probe import MainSeen, seen_in
from grader.assignments.modules.main.redaction import STAFF, without_words
from grader.checks import check
from grader.model import Finding, Observation, Quote
from grader.notebooks.judging import advice, cells_ran, circumstances, judge_imports, judge_run, unreadable
from grader.notebooks.record import CellRecord
from grader.text import counted

NOT_SHOWN = (
    "what the notebook prints, draws and computes beside them is not shown here, since it could show them to you"
)
_OLD_PRINT = re.compile(r"missing parentheses in call to 'print'", re.IGNORECASE)


@check(reads=RUNS)
@in_either_run()
def main_runs(observed: Observation) -> Finding:
    """HW3_main.ipynb trains networks when it is run"""
    seen = seen_in(observed)
    if finding := unreadable(seen, MAIN):
        return finding
    trained = nets.trained([*seen["networks"], *seen.get("doubted", [])])
    missing = "" if trained else "no network was trained: backward was never called"
    whole = _judged(observed, missing=missing, trained=len(trained))
    # whoever brings that about must not get points withheld by it
    faults = (
        [Quote("What the notebook's networks did was not followed to its end", seen["fault"])] if seen["fault"] else []
    )
    faults += beliefs(seen)
    if not seen["trusted"]:
        return replace(whole, for_staff=(*faults, *whole.for_staff))
    told = _judged(without_words(observed), missing=missing, trained=0)
    return replace(told, for_staff=(*faults, Quote(STAFF, whole.message), *whole.for_staff))


def _judged(observed: Observation, *, missing: str, trained: int) -> Finding:
    seen = seen_in(observed)
    return judge_run(
        seen,
        missing=missing,
        summary=_summary(seen, trained),
        remarks=circumstances(observed, _on_which_modules(seen), doubts(seen)),
        more=_autoencoder(seen),
        hint=_advice(seen),
        pictures=autoencoder_pictures(seen["measured"].get("autoencoder")),
        beside=MODULES,
    )


def _summary(seen: MainSeen, trained: int) -> str:
    digits = f"{seen.get('digits', 0):,} digits ({seen['dataset']}, {seen['size']} size)"
    many = counted(trained, "network") if trained else "networks"
    return f"{cells_ran(seen)} on {digits} and trained {many}"


def _on_which_modules(seen: MainSeen) -> str:
    if seen.get("needed"):
        return "not all works beside correct classes in the place of wrong ones, so it ran on yours, too: the better run counts"
    if not seen["trusted"]:
        return ""
    named = ", ".join(seen["trusted"])
    return f"correct classes stood in for those of yours that are not right yet: {named}; {NOT_SHOWN}"


def _autoencoder(seen: MainSeen) -> str:
    measured = seen["measured"].get("autoencoder")
    if not measured:
        return ""
    network = next((each for each in seen["networks"] if each["index"] == measured["index"]), None)
    if measured["loss"] is None or network is None:
        return "there is an autoencoder, which could not be measured (it is optional, no points depend on it)"
    return (
        f"the optional autoencoder {nets.described(network)} gives unseen digits back with a squared error of "
        f"{measured['loss']:.3g}, 30 principal components with {measured['pca_loss']:.3g} (no points depend on it)"
    )


def _advice(seen: MainSeen) -> str:
    if any(cell["error"] and _OLD_PRINT.search(cell["error"]["message"]) for cell in seen["cells"]):
        return "print is a function in Python 3: write print(...) with parentheses, then run all cells again."
    if any(_asked_for_another_key(cell) for cell in seen["cells"]):
        return f"{DATA} holds {', '.join(seen.get('keys', []))}: take these names."
    return advice(seen)


def _asked_for_another_key(cell: CellRecord) -> bool:
    error = cell["error"]
    return bool(error and error["name"] == "KeyError" and ("archive" in error["message"] or DATA in cell["source"]))


@check(reads=["main"])
def libraries_allowed(observed: Observation) -> Finding:
    """No deep-learning library is imported"""
    allowed = ", ".join(observed.data.get("allowed", ["numpy", "matplotlib"]))
    instead = f"Remove these imports and the code that needs them. What may be imported: {allowed}, and what Python itself has."
    return judge_imports(observed.data, instead=instead)
