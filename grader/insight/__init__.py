"""The class at a glance: what needs a person, how it went, what was hard, which mistakes are common, which checks to doubt."""

from __future__ import annotations

from grader.insight.model import About, Overview, Who
from grader.insight.overview import overview
from grader.insight.reading import about, of_run

__all__ = ["About", "Overview", "Who", "about", "of_run", "overview"]
