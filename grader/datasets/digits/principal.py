"""Principal components: the baseline that an autoencoder has to beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.model import Array


@dataclass(frozen=True)
class Components:
    """The mean (d,) of a data set and the orthonormal directions (k, d) in which it varies most."""

    mean: Array
    directions: Array

    def back(self, rows: Array) -> Array:
        """Return rows (N, d) as k numbers of each give them back."""
        back: Array = self.mean + (rows - self.mean) @ self.directions.T @ self.directions
        return back


def principal_components(rows: Array, count: int) -> Components:
    """Return the first `count` principal components of rows (N, d)."""
    mean = rows.mean(axis=0)
    centred = rows - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return Components(mean, vectors[:, ::-1][:, :count].T)
