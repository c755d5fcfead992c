"""What may stand after an option: each function reads one value, or says what was expected."""

from __future__ import annotations

import argparse
import math

LARGEST_SEED = 2**32 - 1
MOST_JOBS = 256
MOST_SEEDS = 10_000


def seed(text: str) -> int:
    """Read a seed."""
    return _whole(text, 0, LARGEST_SEED)


def jobs(text: str) -> int:
    """Read how many submissions are graded side by side."""
    return _whole(text, 1, MOST_JOBS)


def seeds(text: str) -> int:
    """Read from how many seeds a right solution is graded."""
    return _whole(text, 1, MOST_SEEDS)


def percent(text: str) -> float:
    """Read a percentage."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to 100")
    return value


def names(text: str) -> tuple[str, ...]:
    """Read names with commas between them."""
    found = tuple(name.strip() for name in text.split(",") if name.strip())
    if not found:
        raise argparse.ArgumentTypeError("names nothing; give one id or more, with commas between them")
    return found


def _whole(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {least} to {most}")
    return int(text)
