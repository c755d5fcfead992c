"""What a planted bug is: `mlpgrader calibrate` runs those that lie here, so the grader says it."""

from __future__ import annotations

from grader.calibration.mutant import Mutant, bug

__all__ = ["Mutant", "bug"]
