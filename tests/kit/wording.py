"""Rules for what students read: a message says what was seen, a hint asks for nothing that is there already."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from grader.assignments import Assignment
from grader.model import Finding, Report, Verdict
from grader.notebooks import reading
from grader.parsing import parse

# what is counted in messages; what there is always much of, like unseen digits, is not among them
NOUNS = (
    "array call case cell check column draw epoch example file function image input label layer line list module neuron "
    "number output parameter row second step value weight word point"
)
PLURALS = "|".join((*(f"{noun}s" for noun in NOUNS.split()), "batches", "classes", "entries", "passes"))
ONE = re.compile(rf"(?<![\w.,/:+*^-])(?<!of )(?<![-+x] )1 (?:more |further |other )?(?:{PLURALS})\b")
TEXTS = {
    "what is not finite is expected of nobody": re.compile(
        r"expected (?:at (?:most|least) )?[-+]?(?:nan|inf)", re.IGNORECASE
    ),
    "nothing is 0 times something": re.compile(r"(?<![\d.])0 times (?:what|as|the)|agree to 0 "),
    "numpy's own words about shapes say nothing to students": re.compile(r"gufunc|core dimension|RuntimeWarning"),
}
# what a hint asks for, and the code that has it already
ASKED = (
    (re.compile(r"with `return self\.gradInput`"), re.compile(r"\n {8}return self\.gradInput\s*\Z"), "back"),
    (re.compile(r"with `return self\.output`"), re.compile(r"\n {8}return self\.output\s*\Z"), "forward"),
    (re.compile(r"\b[Cc]lamp the input"), re.compile(r"np\.clip\(\s*input\s*,\s*1e-15\s*,\s*1\s*-\s*1e-15\s*\)"), ""),
)
METHODS = {"back": r"(?:backward|updateGradInput)", "forward": r"(?:forward|updateOutput)", "": r"\w+"}
# mistakes that can be told from an error, or from numbers that are not finite
OF_ERRORS = frozenset(
    {
        "",
        "argument_not_taken",
        "class_missing",
        "default_missing",
        "function_missing",
        "not_written",
        "nothing_returned",
        "one_hot_expected",
        "sequential_of_one",
        "targets_as_numbers",
    }
)
OF_NAN = frozenset(
    {
        "",
        "diverged_to_nan",
        "divided_by_deviation",
        "mask_from_output",
        "nll_not_clamped",
        "not_finite",
        "not_stored",
        "overflow",
    }
)
# where the code ran through on other occasions, these may tell the mistake
ELSEWHERE = "on other networks it runs"
NOT_FINITE = re.compile(r"\b(?:is|are|holds?|returned) (?:nan|NaN|infinity|-infinity|NaN or inf|not finite)\b")
FILE = re.compile(r"\w[\w()-]*\.(?:ipynb|py)\b")


def of_text(text: str) -> list[str]:
    """Return what is wrong with a message or a hint, whatever it is about."""
    found = [f"one is no plural: {match.group(0)!r}" for match in ONE.finditer(text)]
    return found + [f"{rule}: {match.group(0)!r}" for rule, wrong in TEXTS.items() if (match := wrong.search(text))]


def of_finding(finding: Finding, files: Mapping[str, bytes], known: Iterable[str] = ()) -> list[str]:
    """Return what is wrong with the words of a finding on a submission with these files; `known` are names of other files."""
    found = [*of_text(finding.message), *of_text(finding.hint)]
    if finding.verdict not in (Verdict.FAILED, Verdict.BLOCKED):
        return found
    if finding.problem and finding.diagnosis not in OF_ERRORS and ELSEWHERE not in finding.message:
        found.append(f"the mistake {finding.diagnosis} is named where the code ended in {finding.problem}")
    if NOT_FINITE.search(finding.message) and finding.diagnosis not in OF_NAN:
        found.append(f"the mistake {finding.diagnosis} is named where there is no number")
    names = {path.rpartition("/")[2] for path in files} | set(known)
    found += [
        f"there is no file {name}"
        for name in FILE.findall(finding.message)
        # of a library
        if name != "__init__.py" and not any(each.endswith(name) for each in names)
    ]
    return found + _asked_in_vain(finding, files)


def of_report(report: Report, assignment: Assignment) -> list[str]:
    """Return what is wrong with the words of all findings of a report, each with its check."""
    named = {value for value in assignment.parameters.values() if isinstance(value, str) and FILE.fullmatch(value)}
    known = {*named, *assignment.required, *assignment.provided}
    return [
        f"{finding.check}: {wrong}"
        for finding in report.result.findings
        for wrong in of_finding(finding, report.submission.files, known)
    ]


def _asked_in_vain(finding: Finding, files: Mapping[str, bytes]) -> list[str]:
    code = "\n".join(sources(files))
    return [
        f"the hint asks for what is there: {asks.search(finding.hint).group(0)}"  # type: ignore[union-attr]
        for asks, has, way in ASKED
        if asks.search(finding.hint) and any(map(has.search, methods_of(code, finding.message, METHODS[way])))
    ]


def methods_of(code: str, message: str, name: str) -> list[str]:
    """Return the sources of the methods with such a name in the class that a message speaks of."""
    owner = re.match(r"\w+", message)
    body = re.search(rf"^class {owner.group(0) if owner else '-'}\b.*?(?=^\S|\Z)", code, re.MULTILINE | re.DOTALL)
    return re.findall(rf"^    def {name}\(.*?(?=^    def |\Z)", body.group(0) if body else "", re.MULTILINE | re.DOTALL)


def sources(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the code of files that were handed in."""
    for path, content in files.items():
        if path.endswith(".py"):
            yield content.decode(errors="replace")
        elif path.endswith(".ipynb"):
            yield "\n".join(cell.source for cell in reading.read(content).cells if cell.runs)


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string in a source of ours, with 1 for what is put in and 2 for a constant."""
    tree = parse(path.read_text(encoding="utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    for node in ast.walk(tree):
        if id(node) in documents or id(node) in parts:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(map(_filled, node.values))


def _filled(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return "2" if isinstance(value, ast.Name) and value.id.isupper() else "1"
