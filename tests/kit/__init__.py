"""What tests share: submissions, samples and ways of asking that are used in more than one file."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
