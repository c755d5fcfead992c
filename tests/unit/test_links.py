"""Links in the documentation lead somewhere: to a file that is there, and to a heading that is in it."""

from __future__ import annotations

import re
from pathlib import Path

from kit import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)")


def headings(page: Path) -> set[str]:
    """Return what the headings of a page are called in links to them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for name, heading in LINK.findall(text):
        target = page.parent / name if name else page
        if not target.exists() or (heading and target.suffix == ".md" and heading not in headings(target)):
            found.append(f"{page.relative_to(ROOT)}: {name}#{heading}")
    return found


def test_links_in_the_documentation_lead_somewhere() -> None:
    assert [each for page in PAGES for each in broken(page)] == []


def test_pictures_of_the_guide_are_shown_in_it_and_small() -> None:
    guide = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")
    pictures = sorted((ROOT / "docs" / "pictures").iterdir())
    assert [each.name for each in pictures if f"(pictures/{each.name})" not in guide] == []
    assert [each.name for each in pictures if each.stat().st_size > 60_000] == []
