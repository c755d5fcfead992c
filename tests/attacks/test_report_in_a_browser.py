"""What a browser makes of a report on hostile work, script by script."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

import pytest

from kit import report_samples as samples
from kit.browsing import BROWSER
from kit.pages import INERT, page_of, read


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")
@pytest.mark.parametrize("audience", ["student", "staff"])
def test_no_script_runs_in_a_browser(audience: Literal["student", "staff"], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(page_of(samples.hostile, audience), encoding="utf-8")
    options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'profile'}",
    ]  # fmt: skip
    command = [str(BROWSER), *options, "--dump-dom", page.as_uri()]
    built = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    assert "points</p>" in built
    assert "data-owned" not in built
    assert {tag for tag, _ in read(built).tags} <= INERT
