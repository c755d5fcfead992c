"""Data sets that assignments declare: found on this machine, verified, fetched, or drawn where they are not there."""

from __future__ import annotations

from grader.datasets.dataset import DataSet, Drawn, Files
from grader.datasets.finding import Facts, advice, cache, load, where

__all__ = ["DataSet", "Drawn", "Facts", "Files", "advice", "cache", "load", "where"]
