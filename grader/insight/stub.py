"""A planted bug to be filled in, for `mlpgrader calibrate`: how a mistake without a name gets one."""

from __future__ import annotations

import json
import re

from grader.model import Finding
from grader.text import printable

LETTERS, SEEN = 60, 200


def stub(finding: Finding) -> str:
    """Return a table of a ``mutants.toml`` that must fail the check of a finding, with what is to be filled in."""
    words = [finding.check, *re.findall(r"[A-Za-z0-9.-]+", finding.pattern)]
    name = re.sub(r"[^a-z0-9]+", "_", "_".join(words).lower()).strip("_")[:LETTERS]
    story = printable(f"{finding.title}: {finding.pattern}")
    seen = printable(finding.message[:SEEN])
    # a JSON string of printable text is a TOML string
    return "\n".join(
        [
            f"# seen: {seen}" if seen else "# seen in several submissions",
            f"[{name}]",
            f"story = {json.dumps(story, ensure_ascii=False)}",
            f"fails = [{json.dumps(finding.check)}]",
            "# what is replaced in the reference so that it makes this mistake: [old text, new text]",
            'replace = [["", ""]]',
            "",
        ]
    )
