"""Grey images in rows, and small digits at points: each picture is composed into one raster that is shown once."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from grader.model import Array, ImageGrid, ImageScatter
from grader.report.ink import INK, axes, figure, label, sheet
from grader.text import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHEET_WIDTH, LABEL_WIDTH, LARGEST_TILE = 7.0, 1.15, 0.62
CAPTION_LINE, CAPTION_ROOM = 0.13, 0.11
CAPTION_LETTERS, CAPTION_LINES = 10, 2
FRAME = (128, 128, 128, 70)
# few shades make small files, and nobody tells them apart
GREYS, INKS = 52, 8
PIXEL_LIMIT = 1_500_000
DIGIT_LIMIT = 1000
DIGIT_SIZE = 0.2
# ten colours that stay apart for every kind of colour vision, each readable on white paper
CLASSES = (
    "#0a69ab", "#f76411", "#00a87a", "#b41677", "#885803", "#0300b8", "#b07adb", "#093902", "#7907fd", "#530155",
)  # fmt: skip
PAPER, WORDS = "#ffffff", "#1d2530"
LEFT, BOTTOM, TOP, WIDTH, HEIGHT = 0.75, 0.6, 0.4, 6.05, 6.05


def grid_words(picture: ImageGrid) -> str:
    """Say how many images there are, and what is written at rows and below images."""
    rows, columns = np.shape(picture.images)[:2]
    said = [f"{rows} {'row' if rows == 1 else 'rows'} of {columns} {'image' if columns == 1 else 'images'}."]
    names = [*picture.row_labels, *[""] * (rows - len(picture.row_labels))]
    for k, name in enumerate(names):
        below = ", ".join(each for each in picture.captions[k] if each) if k < len(picture.captions) else ""
        if name or below:
            said.append(f"{printable(name) or f'Row {k + 1}'}{': ' if below else ''}{printable(below)}.")
    return " ".join(said)


def scatter_words(picture: ImageScatter) -> str:
    """Say how many digits of each class there are, and over what."""
    classes, counts = np.unique(np.asarray(picture.classes), return_counts=True)
    named = ", ".join(f"{name} ({count})" for name, count in zip(classes.tolist(), counts.tolist(), strict=True))
    over = f"over {printable(picture.x_label)} and {printable(picture.y_label)}"
    return f"{len(picture.points)} digits {over}. Of each class: {named or 'none'}."


def draw_image_grid(picture: ImageGrid) -> Figure:
    """Draw the images as tiles, all of one size, with what belongs to rows and images beside and below them."""
    images = np.asarray(picture.images, dtype=float)
    rows, columns, h, w = images.shape
    if images.size == 0:
        raise ValueError("there are no images")
    if images.size > PIXEL_LIMIT:
        raise ValueError(f"at most {PIXEL_LIMIT} pixels can be shown")
    left = LABEL_WIDTH if picture.row_labels else 0.0
    # as many inches for one of an image's pixels, a pixel of room on each side for the frame
    pixel = min(LARGEST_TILE / max(h, w), (SHEET_WIDTH - left) / (columns * (w + 3)))
    below = [[_lines(words) for words in row[:columns]] for row in picture.captions]
    most = max((len(lines) for row in below for lines in row), default=0)
    room = round((CAPTION_ROOM + most * CAPTION_LINE) / pixel) if below else 0
    raster = _tiles(images, below=room)
    height, width = raster.shape[0] * pixel, raster.shape[1] * pixel
    drawn, paper = sheet(left + width + 0.05, height + 0.02)
    paper.imshow(raster, extent=(left, left + width, height, 0), aspect="auto", interpolation="none")
    for row in range(rows):
        top = row * (h + 3 + room) * pixel
        if row < len(picture.row_labels):
            words, middle = _wrapped(picture.row_labels[row]), top + (h + 2) / 2 * pixel
            paper.text(left - 0.12, middle, words, size=9, ha="right", va="center", color=INK)
        for column, lines in enumerate(below[row] if below else ()):
            middle = left + (column * (w + 3) + (w + 2) / 2) * pixel
            place = middle, top + (h + 2) * pixel + 0.05
            paper.text(*place, "\n".join(lines), size=8, ha="center", va="top", color=INK, linespacing=1.1)
    return drawn


def _lines(caption: str) -> list[str]:
    """Return a caption in lines that are no wider than an image, and about as long as each other."""
    words = label(caption, CAPTION_LETTERS * CAPTION_LINES)
    if len(words) <= CAPTION_LETTERS:
        return [words] if words else []
    wrapped = (textwrap.wrap(words, width) for width in range(len(words) // CAPTION_LINES, CAPTION_LETTERS))
    fitting = next((lines for lines in wrapped if len(lines) <= CAPTION_LINES), None)
    return fitting or textwrap.wrap(words, CAPTION_LETTERS)[:CAPTION_LINES]


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(label(text, 45), 16)[:3])


def _tiles(images: Array, *, below: int) -> Array:
    """Return RGBA bytes of all images in a frame each, transparent between them and where there is none."""
    rows, columns, h, w = images.shape
    raster = np.zeros((rows * (h + 3 + below), columns * (w + 3), 4), np.uint8)
    for row in range(rows):
        for column in range(columns):
            image = images[row, column]
            seen = np.isfinite(image)
            if not seen.any():
                continue
            top, left = row * (h + 3 + below), column * (w + 3)
            raster[top : top + h + 2, left : left + w + 2] = FRAME
            grey = np.round(np.clip(np.where(seen, image, 0.5), 0, 1) * (GREYS - 1)) * (255 / (GREYS - 1))
            tile = raster[top + 1 : top + h + 1, left + 1 : left + w + 1]
            tile[..., :3], tile[..., 3] = grey.astype(np.uint8)[..., None], 255
    return raster


def draw_image_scatter(picture: ImageScatter) -> Figure:
    """Draw each digit as ink in the colour of its class at its point, on white paper as in the course."""
    points, images, classes = _finite(picture)
    drawn = figure(LEFT + WIDTH + 0.2, HEIGHT)
    plot = axes(drawn, left=LEFT, bottom=BOTTOM, right=0.2, top=TOP)
    plot.set_facecolor(PAPER)
    low, high = _limits(points)
    plot.set_xlim(low[0], high[0])
    plot.set_ylim(low[1], high[1])
    plot.set_autoscale_on(False)
    plot.set_xlabel(label(picture.x_label, 50), color=INK, labelpad=6)
    plot.set_ylabel(label(picture.y_label, 30), color=INK, labelpad=6)
    if len(points):
        inches = np.array([WIDTH, HEIGHT - BOTTOM - TOP])
        pixels = np.round(inches * max(images.shape[1:]) / DIGIT_SIZE).astype(int)
        raster = _strewn((points - low) / (high - low), images, classes, pixels)
        extent = (low[0], high[0], low[1], high[1])
        plot.imshow(raster, extent=extent, aspect="auto", interpolation="none")
    else:
        plot.text(0.5, 0.5, "no finite points to show", ha="center", va="center", color=WORDS, transform=plot.transAxes)
    _legend(drawn, (LEFT, HEIGHT - TOP - 0.01, WIDTH, TOP), np.unique(classes).tolist())
    return drawn


def _finite(picture: ImageScatter) -> tuple[Array, Array, Array]:
    """Return points (N, 2), images (N, h, w) and classes (N,) of at most a thousand digits that have a place."""
    points = np.asarray(picture.points, dtype=float).reshape(-1, 2)
    images, classes = np.asarray(picture.images, dtype=float), np.asarray(picture.classes).astype(int)
    if not len(points) == len(images) == len(classes) or images.ndim != 3:
        raise ValueError("points, images and classes must be as many")
    seen = np.flatnonzero(np.isfinite(points).all(axis=1) & (np.abs(points) < 1e100).all(axis=1))
    seen = seen[:: max(1, -(-len(seen) // DIGIT_LIMIT))]
    return points[seen], images[seen], classes[seen]


def _limits(points: Array) -> tuple[Array, Array]:
    """Return the lower left and upper right corner: the unit box where all points lie in it, else what they need."""
    if not len(points) or (points.min() >= 0 and points.max() <= 1):
        return np.full(2, -0.03), np.full(2, 1.03)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(0.04 * (high - low), 1e-3 * np.maximum(np.abs(high), 1e-3))
    return low - room, high + room


def _strewn(places: Array, images: Array, classes: Array, pixels: Array) -> Array:
    """Return RGBA bytes, `pixels` (width, height): at each place (0..1 from the lower left) a digit's ink, later ones on top."""
    h, w = images.shape[1:]
    width, height = pixels.tolist()
    if max(h, w) > min(width, height):
        raise ValueError("the images are too large")
    raster = np.zeros((height, width, 4), np.uint8)
    ink = np.clip(1 - np.nan_to_num(images, nan=1.0), 0, 1)
    alpha = (np.round(ink * INKS) * (255 // INKS)).astype(np.uint8)
    tops = np.clip(np.round((1 - places[:, 1]) * height - h / 2), 0, height - h).astype(int)
    lefts = np.clip(np.round(places[:, 0] * width - w / 2), 0, width - w).astype(int)
    colours = np.array([[int(each[k : k + 2], 16) for k in (1, 3, 5)] for each in CLASSES], np.uint8)
    for top, left, layer, name in zip(tops.tolist(), lefts.tolist(), alpha, classes.tolist(), strict=True):
        tile = raster[top : top + h, left : left + w]
        over = layer >= tile[..., 3]
        tile[over, :3] = colours[name % len(colours)]
        tile[..., 3] = np.maximum(tile[..., 3], layer)
    raster[raster[..., 3] == 0] = 0
    return raster


def _legend(drawn: Figure, box: tuple[float, float, float, float], names: list[int]) -> None:
    """Name the colours on the same white paper; `box` is left, bottom, width and height in inches."""
    from matplotlib.patches import Rectangle

    width, height = drawn.get_size_inches()
    left, bottom = box[0] / width, box[1] / height
    drawn.add_artist(Rectangle((left, bottom), box[2] / width, box[3] / height, fc=PAPER, ec="none"))
    middle = bottom + box[3] / 2 / height
    for k, name in enumerate(names[:14]):
        x = left + (0.15 + 0.42 * k) / width
        drawn.text(x, middle, "■", size=12, ha="left", va="center", color=CLASSES[name % len(CLASSES)])
        drawn.text(x + 0.17 / width, middle, str(name), size=10, ha="left", va="center", color=WORDS)
