"""How long the parsers of the grader take over texts that are made to keep them busy, by parser; none shall take longer than 2 s.

python benchmarks/parsers.py [--length CHARACTERS] [--only PARSER]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from kit import hostile_texts


def main() -> int:
    """Print the longest time of each parser and over what; return 1 when one is over the goal."""
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--length", type=int, action="append", help="characters of a text (default: 20000 and 900000)")
    command.add_argument("--only", action="append", help=f"one of {', '.join(hostile_texts.PARSERS)}")
    given = command.parse_args()
    over = 0
    print(f"{'parser':22} {'characters':>10} {'texts':>6} {'longest':>9}  over")
    for name, parser in hostile_texts.PARSERS.items():
        if given.only and name not in given.only:
            continue
        for length in given.length or (20_000, 900_000):
            asked = dict(hostile_texts.texts(length))
            found = hostile_texts.seconds(parser, [*asked.values()])
            longest, what = max(zip(found, asked, strict=True))
            over += longest > hostile_texts.GOAL
            print(f"{name:22} {length:10} {len(found):6} {longest:7.2f} s  {what}", flush=True)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
