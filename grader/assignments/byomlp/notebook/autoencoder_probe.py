"""Running Autoencoder.ipynb, and measuring its autoencoder on digits that it never saw, beside principal components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, cast

import numpy as np

from grader.assignments.byomlp.notebook import training, training_mistakes
from grader.assignments.byomlp.notebook.architectures import AUTOENCODER, has_code
from grader.assignments.byomlp.notebook.measuring import outputs_of, scaling_of
from grader.assignments.byomlp.notebook.probe import Run, Seen, Task, questions_about
from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.datasets.digits import paper, unseen
from grader.datasets.digits.pictures import as_bytes
from grader.datasets.digits.principal import principal_components
from grader.model import REDUCED, Array, Observation
from grader.plain import PlainProblem
from grader.sandbox import Session

TASK = Task("Autoencoder.ipynb", "autoencoder", {"autoencoder": AUTOENCODER})
# as the assignment has it trained
BATCH, RATE, EPOCHS = 16, 1e-4, 3
# a squared error that is this much of the mean image's, or codes on less than this in a direction: nothing was learned. The
# rubric asks for a little less than what is tried again, so that no right run lies between the two
NOTHING_LEARNED = {"full": 0.9}
NOTHING_LEARNED_ELSE = 0.94
NOWHERE = 0.1
UNSEEN = {"full": 2000}
UNSEEN_ELSE = 1000
SHOWN, SCATTERED = 10, 400
GRID = 10
PCA_ROWS = 10_000


class Measured(TypedDict, total=False):
    """Squared errors on unseen digits, of the autoencoder and of two principal components and the mean; codes, and pictures.

    `shown` are the digits that `shown_images`, `shown_network` and `shown_pca` are of, `scattered` those at the first codes,
    `grid` what lies at points over the box that the codes fill.
    """

    pca_loss: Array
    mean_loss: Array
    shown: Array
    shown_images: Array
    shown_pca: Array
    problem: PlainProblem | None
    loss: Array
    shown_network: Array
    code_problem: PlainProblem | None
    code: Array
    scattered: Array
    grid_problem: PlainProblem | None
    grid: Array


class AutoencoderSeen(Seen, total=False):
    """What is observed of Autoencoder.ipynb."""

    measured: Measured


def seen_in(observed: Observation) -> AutoencoderSeen:
    """Return what was observed, by its type."""
    return cast("AutoencoderSeen", observed.data)


def measure(session: Session, seen: dict[str, Any], rng: np.random.Generator, run: Run) -> None:
    """Note how well the autoencoder gives unseen digits back, and what its two numbers make of them."""
    images, labels = unseen(run.digits, UNSEEN.get(seen["size"], UNSEEN_ELSE), rng)
    seen["labels"] = labels.astype(np.uint8)
    chosen = seen["chosen"]["autoencoder"]
    if chosen is None or not has_code(seen["networks"][chosen], AUTOENCODER):
        return
    network = seen["networks"][chosen]
    scaling = scaling_of(network)
    seen["measured"] = measured = _baseline(run, images, labels)
    rows = scaling.applied(images)
    output, measured["problem"] = outputs_of(session, network, rows, until=run.until)
    if output is not None and output.shape == images.shape:
        back = scaling.undone(output)
        measured |= {"loss": squared_error(back, images), "shown_network": back[measured["shown"]].astype(np.float32)}
    _code(session, network, rows, images, measured, run)


def _baseline(run: Run, images: Array, labels: Array) -> Measured:
    """Return what two principal components of the training images make of the digits, and one of each class to show."""
    components = principal_components(paper(run.digits.train_images[:: _every(len(run.digits.train_labels))]), 2)
    by_pca = components.back(images)
    shown = np.array([np.flatnonzero(labels == digit)[0] for digit in range(SHOWN) if np.any(labels == digit)])
    return {
        "pca_loss": squared_error(by_pca, images),
        "mean_loss": squared_error(np.broadcast_to(components.mean, images.shape), images),
        "shown": shown,
        "shown_images": images[shown].astype(np.float32),
        "shown_pca": by_pca[shown].astype(np.float32),
    }


def _every(count: int) -> int:
    return max(1, count // PCA_ROWS)


def _code(
    session: Session,
    network: Network,
    rows: Array,
    images: Array,
    measured: Measured,
    run: Run,
) -> None:
    code, measured["code_problem"] = outputs_of(session, network, rows, until=run.until, end="latent")
    if code is None or code.shape != (len(rows), 2):
        return
    count = min(SCATTERED, len(images))
    measured |= {"code": code, "scattered": as_bytes(1 - images[:count])}
    if not np.all(np.isfinite(code)):
        return
    decoded, measured["grid_problem"] = outputs_of(session, network, grid_points(code), until=run.until, start="up128")
    if decoded is not None and decoded.shape == (GRID * GRID, images.shape[1]):
        measured["grid"] = as_bytes(1 - scaling_of(network).undone(decoded))


def grid_points(code: Array) -> Array:
    """Return points (GRID * GRID, 2) in rows from top to bottom over the box that codes (N, 2) fill."""
    low, high = code.min(axis=0), code.max(axis=0)
    x, y = np.linspace(low[0], high[0], GRID), np.linspace(high[1], low[1], GRID)
    across, down = np.meshgrid(x, y)
    return np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float64)


def squared_error(back: Array, images: Array) -> Array:
    """Return for each image (N, d) the squared differences summed over its pixels, (N,) float64."""
    with np.errstate(over="ignore", invalid="ignore"):
        error: Array = np.sum((back.astype(np.float64) - images) ** 2, axis=1)
    return error


def box(code: Array) -> list[float]:
    """Return the sides of the box that holds nine tenths of the codes (N, 2) in each direction."""
    return [float(side) for side in np.quantile(code, 0.95, axis=0) - np.quantile(code, 0.05, axis=0)]


def had_bad_luck(seen: Mapping[str, Any]) -> bool:
    """Tell whether an autoencoder learned nothing although it was trained as the assignment says.

    Rates that were not halved do no harm, so long as none was lower or higher than those that are asked for.
    About one initialisation in seven ends so at the quick size, fewer at the full size, whatever the code:
    `benchmarks/calibrate_digits.py`. At the reduced size all do.
    """
    chosen, measured = (seen.get("chosen") or {}).get("autoencoder"), seen.get("measured") or {}
    if chosen is None or seen["size"] == REDUCED or measured.get("loss") is None:
        return False
    log, train = seen["networks"][chosen]["log"], seen["train"]
    loss, code = float(np.mean(measured["loss"])), measured.get("code")
    stuck = np.isfinite(loss) and (
        loss > NOTHING_LEARNED.get(seen["size"], NOTHING_LEARNED_ELSE) * float(np.mean(measured["mean_loss"]))
        or (code is not None and min(box(code)) < NOWHERE)
    )
    return bool(
        stuck
        and training.epoch_count(log, train) >= EPOCHS
        and not training_mistakes.of_autoencoder(log, train, batch=BATCH)
        and (not training_mistakes.wrong_rates(log, train, first=RATE, batch=BATCH) or _has_usual_rates(log))
    )


def _has_usual_rates(log: training.Log) -> bool:
    return any(training.rates_are_within(log, first / 2 ** (EPOCHS - 1), first) for first in (RATE, RATE / BATCH))


autoencoder, autoencoder_own = questions_about(TASK, measure)
