from __future__ import annotations

import argparse
import csv
from decimal import Decimal
from pathlib import Path

import pytest

from grader import gradebook
from grader.classes import policy
from grader.cli import whole_class
from grader.cli.grade import called
from grader.errors import AuthorError
from grader.runs import Graded, Job
from kit import made_class
from kit.made_class import MISSING, PACKED, WITH_ATTEMPTS, WITH_GROUPS, class_of, download
from kit.stub_grading import class_options, graded, run


def options(folder: Path, layout: str = "moodle", *, size: int = made_class.SIZE, **more: object) -> argparse.Namespace:
    handed = class_of(groups=layout in WITH_GROUPS, places=range(size))
    (folder / "roster.csv").write_text(made_class.roster(), encoding="utf-8")
    path = download(folder, PACKED[layout](handed))
    return argparse.Namespace(**vars(class_options(path, folder / "run", roster=folder / "roster.csv")) | more)


def finals(out: Path) -> dict[str, Decimal | None]:
    with gradebook.opened(out) as book:
        return {each.who.login: each.points for each in book.finals(policy.load(out / "class.toml"))}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Decimal | None]:
    """Return what everybody gets where a platform says most of them."""
    folder = tmp_path_factory.mktemp("expected")
    run(options(folder, "blackboard"))
    return finals(folder / "run")


@pytest.mark.parametrize("layout", PACKED)
def test_everybody_gets_the_same_in_every_layout(
    layout: str, expected: dict[str, Decimal | None], tmp_path: Path
) -> None:
    run(options(tmp_path, layout))
    found = finals(tmp_path / "run")
    assert found == expected
    assert len({points for points in found.values() if points is not None}) > 2
    assert len(found) == made_class.SIZE


def test_who_is_missing_has_no_points(expected: dict[str, Decimal | None]) -> None:
    missing = {each.login for k, each in enumerate(made_class.people()) if k in MISSING}
    assert missing <= {login for login, points in expected.items() if points is None}


def test_the_same_command_goes_on_after_a_kill(expected: dict[str, Decimal | None], tmp_path: Path) -> None:
    begun: list[str] = []

    def killed(job: Job) -> Graded:
        begun.append(job.id)
        if len(begun) > 20:
            raise KeyboardInterrupt
        return graded(job)

    with pytest.raises(KeyboardInterrupt):
        run(options(tmp_path), do=killed)
    _, again, _ = run(options(tmp_path))
    assert not set(begun[:20]) & {name for name, each in again.items() if each.result}
    assert finals(tmp_path / "run") == expected


def test_the_next_download_grades_only_what_is_new_or_changed(tmp_path: Path) -> None:
    handed = class_of(places=range(6))
    given = options(tmp_path, size=6)
    run(given)
    files = PACKED["moodle"](handed)
    changed = next(name for name in files if name.endswith("_4703_assignsubmission_file/mlp.py"))
    given.download = download(tmp_path, files | {changed: b"x = 1\n", "New One_4799_assignsubmission_file/mlp.py": b""})
    _, outcomes, _ = run(given)
    assert sorted(outcomes) == ["4703+2", "4799"]


def test_without_a_roster_that_of_the_last_time_says_who_is_in_the_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = options(tmp_path, "canvas", size=6)
    run(given)
    people = finals(given.out)
    (tmp_path / "roster.csv").unlink()
    given.roster = None
    _, _, said = run(given)
    assert "roster is that of an earlier time" in capsys.readouterr().err
    assert not any("without a roster" in line for line in said)
    assert finals(given.out) == people


def test_times_of_an_earlier_roster_say_nothing_of_what_came_later(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("login,name,handed in\nann,Ann,2026-11-30 10:00 UTC\n", encoding="utf-8")
    given = whole_class.people_of(tmp_path / "people.csv", tmp_path / "run" / "roster.csv")
    again = whole_class.people_of(None, tmp_path / "run" / "roster.csv")
    assert given
    assert again
    assert (again.people, len(given.times), len(again.times)) == (given.people, 1, 0)


def test_a_group_has_one_grading_and_all_its_members_get_it(tmp_path: Path) -> None:
    folder, _, _ = run(options(tmp_path))
    found = finals(tmp_path / "run")
    assert found["login40"] == found["login41"]
    assert len(folder.entries) == 54


def test_every_attempt_is_graded_and_kept(tmp_path: Path) -> None:
    folder, _, _ = run(options(tmp_path, sorted(WITH_ATTEMPTS)[0]))
    assert sorted(name for name in folder.entries if "+" in name) == ["login06+2", "login07+2"]


def test_what_was_not_graded_and_what_needs_a_person_is_said(tmp_path: Path) -> None:
    given = options(tmp_path)
    path = tmp_path / "roster.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("4701", "9999", 1).replace("Jane Doe", "Jana Doe", 1))
    _, _, lines = run(given)
    text = "\n".join(lines)
    assert lines[0].startswith("Not graded: ")
    assert "like a zip bomb" in text
    assert "handed in nothing: " in text
    assert "Student 57 (4757)" in text


def test_a_double_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("name,sis\nAnn Lee,1\nAnn Lee,2\nBo Li,3\n", encoding="utf-8")
    path = download(tmp_path, {"Ann Lee/mlp.py": b"", "Bo Li/mlp.py": b"", "Eve/mlp.py": b""})
    _, _, lines = run(class_options(path, tmp_path / "run", roster=tmp_path / "roster.csv"))
    assert "  Ann Lee (Ann Lee) is Ann Lee (1) or Ann Lee (2): say which, by a roster with ids" in lines
    assert "  not in the roster: Eve (Eve)" in lines


def test_the_summary_says_whose_each_row_is(tmp_path: Path) -> None:
    run(options(tmp_path, size=4))
    rows = csv.DictReader((tmp_path / "run" / "summary.csv").read_text(encoding="utf-8").splitlines())
    assert [(row["id"], row["name"]) for row in rows][:3] == [
        ("4700", "Jane Doe"),
        ("4701", "Jane Doe"),
        ("4702", "Łukasz Żółć"),
    ]


def test_which_file_is_graded_as_what_is_written_down(tmp_path: Path) -> None:
    run(options(tmp_path, "canvas"))
    rows = csv.DictReader((tmp_path / "run" / "files.csv").read_text(encoding="utf-8").splitlines())
    renamed = [row for row in rows if row["file"].endswith("_mlp-1.py")]
    assert [(row["student"], row["graded as"]) for row in renamed] == [("4708", "mlp.py")]


def test_an_extension_that_is_nobodys_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = options(tmp_path, size=3)
    given.out.mkdir()
    more = [f'"{name}" = "2026-12-02 10:00"' for name in ("s01@example.edu", "Eve")]
    lines = ['zone = "UTC"', 'due = "2026-11-30 23:59"', "[extensions]", *more]
    (given.out / "class.toml").write_text("\n".join(lines))
    run(given)
    assert "extensions of class.toml that are nobody's: eve" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"download": None, "submissions": []}, "nothing to grade"),
        ({"submissions": [Path("a")]}, "not both"),
        ({"download": None, "submissions": [Path("a")], "layout": "canvas"}, "--layout says something of a class"),
    ],
)
def test_submissions_and_a_class_are_two_things(given: dict[str, object], said: str, tmp_path: Path) -> None:
    asked = argparse.Namespace(**vars(class_options(tmp_path / "x.zip", tmp_path)) | given)
    with pytest.raises(AuthorError, match=said):
        whole_class.ensure_one_kind(asked)


def test_reports_do_not_go_into_the_download(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="lies in the download"):
        whole_class.ensure_apart(class_options(tmp_path, tmp_path / "graded"))


def test_a_disk_without_room_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    asked = class_options(tmp_path, tmp_path / "run")
    with pytest.raises(AuthorError, match="1 MB are free there"):
        whole_class.ensure_room(asked, free=lambda path: 1_000_000)
    assert not asked.out.exists()


def test_a_folder_is_shown_with_whose_it_is_where_that_says_more() -> None:
    names = {"4701": "Jane Doe", "eve": "eve"}
    assert [called(name, names) for name in ("4701", "eve", "x")] == ["4701 Jane Doe", "eve", "x"]
