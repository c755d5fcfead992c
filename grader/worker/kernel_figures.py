"""Figures of a notebook: shown inline as PNG, in bounded numbers; animations are saved with what is there."""

from __future__ import annotations

# functions of others are replaced here
# mypy: disable-error-code="method-assign, assignment, no-untyped-call"
import functools
from pathlib import Path
from typing import Any

CELL_FIGURES = 20
VIDEOS = frozenset({".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".ogv"})
_shown = {"figures": 0}


def begin() -> None:
    """Count anew: another cell begins."""
    _shown["figures"] = 0


def show_inline(shell: Any) -> None:
    """Let figures appear below the cell that draws them; without matplotlib nothing happens."""
    try:
        import matplotlib.animation
        import matplotlib.pyplot  # noqa: F401
    except ImportError:
        return
    _only_png()
    _save_without_encoder()
    shell.enable_matplotlib("inline")


def limit() -> None:
    """Draw only the first figures of a cell: each takes its time and several megabytes."""
    from matplotlib_inline import backend_inline

    if hasattr(backend_inline.show, "limited"):
        return
    original = backend_inline.show

    @functools.wraps(original)
    def show(*args: Any, **kwargs: Any) -> None:
        from matplotlib._pylab_helpers import Gcf

        numbers = list(Gcf.figs)
        kept = max(CELL_FIGURES - _shown["figures"], 0)
        if numbers[kept:]:
            print(f"[{len(numbers[kept:])} more figures are not drawn]")
        for number in numbers[kept:]:
            Gcf.destroy(number)
        _shown["figures"] += len(numbers[:kept])
        original(*args, **kwargs)

    show.limited = True  # type: ignore[attr-defined]
    backend_inline.show = show


def _only_png() -> None:
    from IPython.core import pylabtools

    original = pylabtools.select_figure_formats

    @functools.wraps(original)
    def select(shell: Any, _formats: Any, **kwargs: Any) -> None:
        original(shell, {"png"}, bbox_inches=kwargs.get("bbox_inches", "tight"))

    pylabtools.select_figure_formats = select


def _save_without_encoder() -> None:
    import matplotlib
    from matplotlib import animation

    if animation.writers.is_available("ffmpeg"):
        return
    if matplotlib.rcParams["animation.writer"] == "ffmpeg":
        matplotlib.rcParams["animation.writer"] = "pillow"
    save = animation.Animation.save

    @functools.wraps(save)
    def save_as_gif(self: Any, filename: Any, writer: Any = None, *args: Any, **kwargs: Any) -> None:
        name = Path(filename)
        if name.suffix.lower() in VIDEOS:
            print(f"there is no video encoder here: the animation is saved as {name.stem}.gif")
            filename, writer = name.with_suffix(".gif"), "pillow"
            kwargs = {key: value for key, value in kwargs.items() if key not in ("codec", "bitrate", "extra_args")}
        save(self, str(filename), "pillow" if writer == "ffmpeg" else writer, *args, **kwargs)

    @functools.wraps(animation.Animation.to_html5_video)
    def to_html5_video(self: Any, *_args: Any, **_kwargs: Any) -> str:
        return str(self.to_jshtml())

    animation.Animation.save = save_as_gif
    animation.Animation.to_html5_video = to_html5_video
