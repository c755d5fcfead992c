"""Pairs of notebooks as students hand them in, and the points that each of them must get."""

from __future__ import annotations

from notebook_pairs.right import RIGHT
from notebook_pairs.telling import OTHERS
from notebook_pairs.training import TRAINING

PAIRS = (*RIGHT, *TRAINING, *OTHERS)
