"""What keeps people from using a page, as axe-core sees it in a real browser (`make axe` installs it)."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from kit import ROOT
from kit.browsing import BROWSER

SCRIPT = ROOT / "tests" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"

needed = pytest.mark.skipif(
    not (BROWSER and SCRIPT.is_file()), reason="there is no Chromium here, or no axe-core: `make axe` installs it"
)


def hindrances(page: Any) -> list[str]:
    """Return what is serious or critical on a page that Playwright has open: the rule, what it says, and where."""
    page.evaluate(_source())
    return [
        f"{found['impact']} {found['id']}: {found['help']}: {node['html'][:200]} {_why(node)}"
        for found in page.evaluate(RUN)
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(each["message"] for kind in ("any", "all", "none") for each in node[kind])


@cache
def _source() -> str:
    return SCRIPT.read_text(encoding="utf-8")
