"""What checks of notebooks share: where cells stumbled, thresholds by the run, numbers and phrases as a student reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.checks import failed, passed
from grader.errors import HarnessError
from grader.model import REDUCED, SIZES, Finding, Observation, Picture, Transcript, TranscriptCell, TranscriptOutput
from grader.notebooks.record import CellRecord, OutputRecord
from grader.text import counted

ERRORS = 3
# what others have written to compute with, in small letters: any other module that is missing was to be handed in
LIBRARIES = frozenset(
    """
    autograd caffe caffe2 catboost chainer cntk cupy cv2 cython deepspeed dgl dlib fastai flax gluon h5py haiku igraph jax
    jaxlib joblib keras lasagne lightgbm lightning mlx mlxtend mxnet networkx neupy nltk nolearn numba numexpr numpy onnx
    onnxruntime opencv optax paddle pandas patsy pybrain pymc pyspark pytorch_lightning ray requests scipy seaborn sklearn
    skimage skorch skimpy sonnet spacy statsmodels sympy tensorboard tensorflow tflearn theano tinygrad torch torchaudio
    torchtext torchvision transformers trax xarray xgboost matplotlib mpl_toolkits plotly bokeh altair
    """.split()  # noqa: SIM905 - a list would be five times as long
)
TEXT_LIMIT = 160


def by_run(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the thresholds of a check that depends on data and size of a run: mnist_full, drawn_quick, ..."""
    return tuple(f"{kind}_{size}" for kind in kinds for size in (*SIZES, REDUCED))


def threshold(seen: Mapping[str, Any], numbers: Mapping[str, float]) -> float:
    """Return the one of the thresholds `by_run` that is for the data and the size of this run."""
    name = f"{seen['dataset']}_{seen['size']}"
    if name not in numbers:
        raise HarnessError(f"there is no threshold {name}")
    return numbers[name]


def unreadable(seen: Mapping[str, Any], file: str) -> Finding | None:
    """Say why there is no notebook `file` to look at: not handed in, too large to be read, or damaged; None when there is.

    Where the rubric gives it another name, that is noted in `seen`.
    """
    file = seen.get("wanted", file)
    if seen.get("file"):
        hint = "Save it again with Jupyter, then hand it in."
        return failed(f"{seen['file']}: {seen['problem']}", hint=hint) if seen["problem"] else None
    if why := seen.get("left_out"):
        hint = "Clear the outputs of its cells, save it and hand it in again: outputs are made anew when it is graded."
        return failed(f"{why}, and was not read", hint=hint)
    return failed(f"there is no notebook {file}", hint=f"Hand in your notebook under the name {file}.")


def errors_in(seen: Mapping[str, Any]) -> list[str]:
    """Return a phrase for each of the first cells that ended in an error, and how many more there are.

    Cells of another part are told of there: here they may lack what a cell before them had no time for.
    """
    cells = [cell for cell in seen["cells"] if cell["number"] not in seen.get("besides", ())]
    stumbled = [cell for cell in cells if cell["error"] and not cell["error"]["interrupted"]]
    phrases = [error_in(cell) for cell in stumbled[:ERRORS]]
    return phrases + (
        [f"{counted(len(stumbled) - ERRORS, 'more cell')} ended in errors"] if len(stumbled) > ERRORS else []
    )


def error_in(cell: CellRecord) -> str:
    """Return where a cell stumbled and over what, in one line; it has to have stumbled."""
    error = cell["error"]
    assert error is not None
    line = f", line {error['line']}" if error["line"] else f", {error['where']}" if error["where"] else ""
    message = " ".join(error["message"].split())
    message = message if len(message) <= TEXT_LIMIT else message[: TEXT_LIMIT - 1] + "…"
    return f"code cell {cell['number']}{line}: {error['name']}" + (f": {message}" if message else "")


def circumstances(observed: Observation, *more: str) -> list[str]:
    """Return a phrase for each thing to be known of a run: which file was taken, what cut it short, `more`, and how it ended."""
    seen = observed.data
    ended = f"the run ended early: {observed.problem}" if observed.problem and not seen["cut"] else ""
    return [remark for remark in (seen["note"], seen["cut"], *more, ended) if remark]


def cells_ran(seen: Mapping[str, Any]) -> str:
    """Return how many cells ran and how long that took, as the beginning of a sentence."""
    ran = [cell for cell in seen["cells"] if cell["run"]]
    return f"{counted(len(ran), 'code cell')} ran in {sum(cell['seconds'] for cell in ran):.0f} s"


def advice(seen: Mapping[str, Any]) -> str:
    """Return what to do about cells that failed or were cut short, or nothing."""
    if errors_in(seen):
        return "Restart the kernel and run all cells: none may end in an error."
    if seen["cut"]:
        return "Make the notebook faster: train no more than is asked for, and evaluate less often while training."
    return ""


def judge_run(
    seen: Mapping[str, Any],
    *,
    missing: str,
    summary: str,
    remarks: Sequence[str] = (),
    more: str = "",
    hint: str = "",
    pictures: Sequence[Picture] = (),
    beside: str,
) -> Finding:
    """Say whether a notebook that could be read made what it is for, and where it stumbled.

    `missing` says what it did not make; then it failed. `summary` says what it did, `remarks` under which circumstances,
    `more` what else there is to say, `hint` what to do, and `beside` what it has to run together with.
    """
    transcript = [transcript_of(seen)]
    if missing:
        again = f"Restart the kernel and run all cells: the notebook has to run from top to bottom, beside {beside}."
        return failed(joined([missing, *remarks, *errors_in(seen)]), hint=hint or again, for_staff=transcript)
    # what went wrong is told first: that the notebook made what it is for does not say that all of it ran
    message = joined([*errors_in(seen), summary, *remarks, more])
    return passed(message, hint=hint, pictures=pictures, for_staff=transcript)


def judge_imports(seen: Mapping[str, Any], *, instead: str) -> Finding:
    """Say whether only what is allowed was imported; `instead` is what to do where it was not.

    A module that nobody knows for a library is a file of the student's own, which was not handed in: that costs nothing here.
    """
    found = seen.get("imports", [])
    libraries = [each for each in found if each.partition(" ")[0].casefold() in LIBRARIES]
    if libraries:
        return failed(
            f"imported, but not allowed: {', '.join(libraries[:5])}", hint=instead, diagnosis="forbidden_import"
        )
    if found:
        files = ", ".join(each.replace(" ", ".py ", 1) for each in found[:5])
        return passed(f"imported, but not handed in: {files}", hint="Hand in these files beside your notebooks.")
    return passed()


def transcript_of(seen: Mapping[str, Any]) -> Transcript:
    """Return the notebook as it was run, for staff."""
    return Transcript(f"{seen['file']} as it was run", tuple(_cell(cell) for cell in seen["cells"]), seen["file"])


def _cell(cell: CellRecord) -> TranscriptCell:
    outputs = [_output(output) for output in cell["outputs"]]
    if cell["error"] and not any(output.kind == "error" for output in outputs):
        outputs.append(TranscriptOutput("error", f"{cell['error']['name']}: {cell['error']['message']}", of="error"))
    if cell["kind"] == "code" and cell["source"].strip() and not cell["run"]:
        outputs.append(TranscriptOutput("text", "(was not run)"))
    number = cell["number"] if cell["run"] else 0
    return TranscriptCell("code" if cell["kind"] == "code" else "markdown", cell["source"], tuple(outputs), number)


def _output(output: OutputRecord) -> TranscriptOutput:
    png = output["png"]
    # evidence of an earlier version says neither
    of, rich = output.get("of", "error" if output["kind"] == "error" else "stdout"), output.get("rich", {})
    return TranscriptOutput(
        output["kind"], output["text"], b"" if png is None else png.tobytes(), of, tuple(rich.items())
    )


def time_note(seen: Mapping[str, Any]) -> str:
    """Return what is to be added when time ran out, or nothing."""
    return f" ({seen['cut']})" if seen["cut"] else ""


def joined(parts: Sequence[str]) -> str:
    """Return phrases as one."""
    return "; ".join(part for part in parts if part)
