"""Recognising images of the data sets among the rows that a network is given, by random projections.

A row is told apart by its product with a fixed random vector. The vector's entries add up to zero, so an added constant
does not matter, and a factor is found from a second vector, since the quotient of the two products does not change with it.
What is no image of the data sets still gets an identity, so that it is recognised when it comes again.
"""

from __future__ import annotations

from typing import Any

from numpy import (
    abs as absolute,
)
from numpy import (
    arange,
    arctan2,
    argsort,
    bincount,
    concatenate,
    count_nonzero,
    float64,
    full,
    int64,
    isfinite,
    median,
    minimum,
    ndarray,
    pi,
    searchsorted,
    where,
    zeros,
)

from grader.watching.logs.projections import products, random_vectors

Array = ndarray[Any, Any]

# products of these images are about 10 in size and right to 1e-13; those of 70,000 images are 1e-4 apart
EXACT, SAME, ROUNDED, ANGLE = 2e-11, 2e-12, 3e-6, 3e-7
KEYS, BORDER = 1e10, 1e-2
# means of rows are right to so much
ROUNDING = 1e-12
STRANGERS = 200_000
ATTEMPTS = 60


class KnownImages:
    """Training images have the identities 0 to N-1, test images N to N+M-1, strangers those after; -1 is one too many.

    Both sets are numbered in the order in which students get them: sorted by class, else as they lie in the file.
    Images are uint8 (N, d) as MNIST stores them, a student's row is ``a * paper + c`` with ``paper = 1 - image / 255``.
    """

    def __init__(self, train: Array, train_labels: Array, test: Array, test_labels: Array) -> None:
        sorts = argsort(train_labels, kind="stable"), argsort(test_labels, kind="stable")
        self.train_size, self.size, self.width = len(train), len(train) + len(test), train.shape[1]
        self.images = concatenate([train[sorts[0]], test[sorts[1]]])
        self.labels = concatenate([train_labels[sorts[0]], test_labels[sorts[1]]]).astype(int64)
        self.in_file = concatenate([sorts[0], len(train) + sorts[1]])
        self.scale = 1.0
        self._vectors: dict[int, Array] = {}
        self._first_vectors: dict[int, Array] = {}
        self._strangers: dict[tuple[int, int], int] = {}
        self._taken: set[int] = set()
        self._next, self._attempts = self.size, 0
        R = self._random(self.width)
        # of paper, 1 - image / 255, without making it
        self._products = R.sum(axis=0) - products(self.images, R) / 255.0
        self._order = argsort(self._products[:, 0], kind="stable")
        self._sorted = self._products[self._order, 0]
        self._mean_weights = full(self.width, 1.0 / max(self.width, 1))
        self._means = 1.0 - products(self.images, self._mean_weights) / 255.0
        self._angles = _angle(self._products)
        self._by_angle = argsort(self._angles, kind="stable")
        self._group_duplicates()

    def paper(self, ids: Array) -> Array:
        """Return images as students get them: float64 (K, d), paper is 1 and ink 0."""
        return 1.0 - self.images[ids] / 255.0

    def identify(self, X: Array) -> Array:
        """Return an identity for every row of X (K, d) float64: int64 (K,).

        Equal images of the data sets share the identity of the first; `members` has all of them.
        """
        P = X @ self._first_random(X.shape[1])
        if X.shape[1] != self.width:
            return self._meet(X, P, known=False)
        ids = self._images_by(X, P)
        left = (ids < 0).nonzero()[0]
        if len(left):
            ids[left] = self._meet(X[left], P[left], known=True)
        return ids

    def exact(self, X: Array) -> tuple[float, float, Array]:
        """Return a and c, and of every row of X (K, d) that is exactly a * paper + c which image that is, -1 of others.

        Equal images have the number of the first.
        """
        if X.shape[1] != self.width or not self.size:
            return self.scale, 0.0, full(len(X), -1)
        ids = self._images_by(X, X @ self._first_random(self.width))
        offsets = X @ self._mean_weights - self.scale * self._means[ids]
        found = offsets[ids >= 0]
        c = float(median(found)) if len(found) else 0.0
        c = 0.0 if absolute(c) < ROUNDING else c
        return self.scale, c, where(absolute(offsets - c) < ROUNDING, ids, -1)

    def first_alike(self, ids: Array) -> Array:
        """Return for numbers of images those of the first that are alike, int64 (K,); -1 stays."""
        return where(ids < 0, -1, self._alike.take(ids, mode="clip") if self.size else ids).astype(int64)

    def offset(self, row: Array, identity: int) -> float:
        """Return c of a row that is a * paper + c."""
        return float((row - self.scale * self.paper(arange(identity, identity + 1))[0]).mean())

    def _first_random(self, width: int) -> Array:
        if width not in self._first_vectors:
            self._first_vectors[width] = self._random(width)[:, 0].copy()
        return self._first_vectors[width]

    def _random(self, width: int) -> Array:
        """Return two vectors (width, 2) whose entries are random."""
        if width not in self._vectors:
            R = random_vectors(width, 20, 2)
            self._vectors[width] = R - R.mean(axis=0) if width == self.width else R
        return self._vectors[width]

    def _group_duplicates(self) -> None:
        new = concatenate([[True], self._sorted[1:] - self._sorted[:-1] > SAME]) if self.size else zeros(0, dtype=bool)
        starts = new.nonzero()[0]
        group = new.cumsum() - 1
        # a stable sort keeps equal images in order, unless rounding tells them apart
        self._first = self._order[starts[group]] if self.size else self._order
        self._alike = zeros(self.size, dtype=int64)
        self._alike[self._order] = self._first
        counts = bincount(group) if self.size else group
        self.members: dict[int, list[int]] = {}
        for which in (counts > 1).nonzero()[0].tolist():
            at = int(starts[which])
            self.members[int(self._order[at])] = sorted(self._order[at : at + int(counts[which])].tolist())
        self.shared = zeros(self.size, dtype=bool)
        self.shared[list(self.members)] = True

    def _nearest(self, Q: Array) -> Array:
        """Return the identity of the image with that product, -1 where there is none."""
        if not self.size:
            return full(len(Q), -1)
        at = self._sorted.searchsorted(Q - EXACT)
        off = self._sorted.take(at, mode="clip") - Q
        return where(absolute(off) <= EXACT, self._first.take(at, mode="clip"), -1)

    def _images_by(self, X: Array, P: Array) -> Array:
        """Return which image each row of X is by its product in P, -1 where it is none; by another factor where most are none."""
        ids = self._nearest(P if self.scale == 1.0 else P / self.scale)
        if 2 * int(count_nonzero(ids < 0)) > len(ids) and self._attempts < ATTEMPTS and self._rescaled(X):
            ids = self._nearest(P / self.scale)
        return ids

    def _rescaled(self, X: Array) -> bool:
        """Find out by which factor these rows are images; False when they are none, or nothing has changed."""
        self._attempts += 1
        P = X @ self._random(self.width)
        angles, last = _angle(P), self.size - 1
        right = minimum(searchsorted(self._angles[self._by_angle], angles), last)
        near = right - (right > 0)
        near = where(
            absolute(self._angles[self._by_angle[near]] - angles)
            <= absolute(self._angles[self._by_angle[right]] - angles),
            near,
            right,
        )
        ids = self._by_angle[near]
        fits = (
            (absolute(self._angles[ids] - angles) <= ANGLE)
            & (absolute(self._products[ids, 0]) > 0.1)
            & isfinite(angles)
        )
        if not fits.any():
            return False
        factors = P[fits, 0] / self._products[ids[fits], 0]
        factor = float(median(factors))
        agree = int((absolute(factors - factor) <= 1e-4 * abs(factor)).sum())
        # a single row of a data set that is not ours meets an angle by chance about once in fifty times
        if not factor or agree < min(3, len(X)) or 2 * agree < len(X) or abs(factor / self.scale - 1) < 1e-7:
            return False
        self.scale = factor
        return True

    def _meet(self, X: Array, P: Array, *, known: bool) -> Array:
        """Return identities of rows that are not exactly images: of images that were rounded, or of strangers."""
        scale = self.scale if known else 1.0
        Q = P / scale
        second = (X @ self._random(X.shape[1])[:, 1] / scale).tolist() if known else []
        ids = full(len(Q), -1, dtype=int64)
        for row, value in enumerate(Q.tolist()):
            if not -1e9 < value < 1e9:
                continue
            key, rest = divmod(value * KEYS, 1.0)
            number, width = int(key), X.shape[1]
            found = self._strangers.get((width, number))
            # the same row can be rounded to either side of a border
            if found is None and (rest < BORDER or rest > 1 - BORDER):
                found = self._strangers.get((width, number + (1 if rest > 0.5 else -1)))
            if found is None:
                if len(self._strangers) >= STRANGERS:
                    continue
                found = self._rounded(value, second[row]) if known else -1
                if found < 0:
                    found, self._next = self._next, self._next + 1
                self._strangers[width, number] = found
            ids[row] = found
        return ids

    def _rounded(self, value: float, second: float) -> int:
        """Return the image that has nearly these products and was not met so before, or -1."""
        low, high = self._sorted.searchsorted([value - ROUNDED, value + ROUNDED])
        near = self._order[low:high].tolist()
        off = {each: abs(float(self._products[each, 1]) - second) for each in near if each not in self._taken}
        best = min(off, key=off.__getitem__, default=-1)
        if best < 0 or off[best] > ROUNDED:
            return -1
        self._taken.add(best)
        return best


def _angle(P: Array) -> Array:
    return arctan2(P[:, 1], P[:, 0]).astype(float64) % pi
