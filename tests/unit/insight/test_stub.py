"""A planted bug to be filled in is what `mlpgrader calibrate` reads from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignments import find
from grader.calibration.planted import load
from grader.errors import AuthorError
from grader.insight.stub import stub
from grader.model import Finding, Verdict
from kit import ROOT
from kit.glancing import rubric

SAID = 'line 1 "quoted" \\ [x]\nfails = []\u202e\x7f'
WRONG = Finding("gradients_match", "Gradients agree", Verdict.FAILED, SAID, pattern="W first x2, b first 0")


def test_calibrate_reads_it_once_it_says_what_is_replaced(tmp_path: Path) -> None:
    text = (ROOT / "reference" / "byomlp" / "mlp.py").read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if line.strip() and text.count(line) == 1)
    (tmp_path / "gradients_match.toml").write_text(stub(WRONG).replace('["", ""]', f"['''{old}''', '# gone']"))
    (trial,) = load(tmp_path, ROOT / "reference" / "byomlp", find("byomlp"), rubric())
    assert trial.name == "gradients_match_w_first_x2_b_first_0"
    assert trial.fails == {"gradients_match"}
    assert trial.source["mlp.py"].startswith(text.replace(old, "# gone").encode()[:40])  # type: ignore[index]


def test_calibrate_says_where_it_is_not_filled_in_yet(tmp_path: Path) -> None:
    (tmp_path / "gradients_match.toml").write_text(stub(WRONG))
    with pytest.raises(
        AuthorError, match=r"\[gradients_match_w_first_x2_b_first_0\]: .* write a text that is there once"
    ):
        load(tmp_path, ROOT / "reference" / "byomlp", find("byomlp"), rubric())
