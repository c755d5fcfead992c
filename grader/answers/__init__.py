"""What students answered where a person decides, and which answers are alike."""

from __future__ import annotations

from grader.answers.grouping import Group, Kind, groups
from grader.answers.model import Answer

__all__ = ["Answer", "Group", "Kind", "groups"]
