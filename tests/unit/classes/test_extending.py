"""More time for one student in class.toml: one line changes, whatever else stands there."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import atomic
from grader.classes import policy
from grader.classes.extending import extend
from grader.errors import AuthorError

HEAD = '# ours\ndue = "2026-11-30 23:59"  # a Monday\nzone = "Europe/Berlin"\n'
UNTIL = "2026-12-03 23:59"
THEN = datetime(2026, 12, 3, 22, 59, 59, tzinfo=UTC).replace(second=0)


def written(folder: Path, text: str) -> Path:
    """Write rules and return where."""
    path = folder / "class.toml"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "\n[extensions]\n",
        '\n[extensions]  # who asked\n"bob" = "2026-12-01 12:00"\n\n[penalty]\nper = "day"\npercent = 10\n',
        '\n[penalty]\nper = "day"\npercent = 10\n[extensions]',
        '\n[ "extensions" ]\nbob = "2026-12-01 12:00" # ill',
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_is_added_and_all_others_stay(tmp_path: Path, rest: str, end: str) -> None:
    before = (HEAD + rest).replace("\n", end)
    path = written(tmp_path, before)
    assert extend(path, "ann@example.edu", UNTIL) == ""
    assert policy.load(path).extensions["ann@example.edu"] == THEN
    after = path.read_bytes().decode()
    assert [each for each in before.splitlines() if each not in after.splitlines()] == []
    assert "\r\n" in after if end == "\r\n" else "\r" not in after


def test_who_has_more_time_already_gets_another_line_in_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, f'{HEAD}\n[extensions]\n"Ann" = "2026-12-01 12:00"\nbob = "2026-12-01 12:00"\n')
    assert extend(path, "ann", UNTIL) == "2026-12-01 12:00"
    assert path.read_text() == f'{HEAD}\n[extensions]\n"Ann" = "{UNTIL}"\nbob = "2026-12-01 12:00"\n'


@pytest.mark.parametrize("until", ["", "soon", "2026-12-03", "2026-12-03 23:59\n[penalty]", '2026-12-03 23:59" # '])
def test_what_is_no_time_is_refused(tmp_path: Path, until: str) -> None:
    path = written(tmp_path, HEAD)
    with pytest.raises(AuthorError, match="is no time"):
        extend(path, "ann", until)
    assert path.read_text() == HEAD


def test_a_time_that_no_calendar_has_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD)
    with pytest.raises(AuthorError, match="2026-13-45"):
        extend(path, "ann", "2026-13-45 23:59")
    assert path.read_text() == HEAD


def test_without_a_due_date_there_is_nothing_to_extend(tmp_path: Path) -> None:
    for text in ("", policy.text_of_new()):
        with pytest.raises(AuthorError, match="no due date to extend"):
            extend(written(tmp_path, text), "ann", UNTIL)
    with pytest.raises(AuthorError, match="no due date to extend"):
        extend(tmp_path / "nowhere.toml", "ann", UNTIL)


def test_a_table_in_one_line_is_left_to_people(tmp_path: Path) -> None:
    text = f'extensions = {{ bob = "2026-12-01 12:00" }}\n{HEAD}'
    path = written(tmp_path, text)
    with pytest.raises(AuthorError, match='add the line "ann" = '):
        extend(path, "ann", UNTIL)
    assert path.read_text() == text


@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda name: name.strip()))
def test_a_name_of_any_signs_comes_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = written(tmp_path_factory.mktemp("rules"), f'{HEAD}[extensions]\nbob = "2026-12-01 12:00"\n')
    extend(path, name, UNTIL)
    extend(path, name, UNTIL)
    assert name.casefold().strip() in policy.load(path).extensions
    assert path.read_text(encoding="utf-8").startswith(HEAD)


def test_of_two_at_once_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, write = written(tmp_path, HEAD), atomic.write
    other = threading.Thread(target=extend, args=(path, "bob", UNTIL))

    def held(target: Path, text: str) -> None:
        monkeypatch.setattr(atomic, "write", write)
        other.start()
        other.join(0.2)
        write(target, text)

    monkeypatch.setattr(atomic, "write", held)
    extend(path, "ann", UNTIL)
    other.join()
    assert set(policy.load(path).extensions) == {"ann", "bob"}
