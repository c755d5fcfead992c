"""Main notebooks as students hand them in, each with the points that it must get."""

from __future__ import annotations

from main_notebooks.broken import BROKEN
from main_notebooks.right import RIGHT
from main_notebooks.trained import TRAINED

MAINS = (*RIGHT, *TRAINED, *BROKEN)
