from __future__ import annotations

import unicodedata
from datetime import UTC
from pathlib import Path

import pytest

from grader.classes.layouts import LAYOUTS
from grader.classes.model import Found, HandIn
from grader.classes.reading import read
from grader.errors import AuthorError
from kit import made_class
from kit.made_class import PACKED, WITH_ATTEMPTS, WITH_GROUPS, class_of, download

REQUIRED = ("mlp.py",)


def packed(name: str) -> dict[str, bytes]:
    return PACKED[name](class_of(groups=name in WITH_GROUPS))


def found(folder: Path, files: dict[str, bytes], **how: object) -> Found:
    return read(download(folder, files, archive=bool(how.pop("archive", True))), required=REQUIRED, **how)  # type: ignore[arg-type]


def by_name(found: Found, name: str) -> HandIn:
    return next(each for each in found.hand_ins if name in (each.name, *(person.login for person in each.members)))


@pytest.mark.parametrize("name", PACKED)
def test_a_class_is_recognised_and_everybody_is_found(name: str, tmp_path: Path) -> None:
    read_as = found(tmp_path, packed(name))
    hand_ins = [each for each in class_of(groups=name in WITH_GROUPS) if name in WITH_ATTEMPTS or each.is_last]
    assert (read_as.layout, len(read_as.hand_ins)) == (name, len(hand_ins))
    assert len({each.student for each in read_as.hand_ins}) == len({each.who for each in hand_ins})


@pytest.mark.parametrize("name", PACKED)
def test_a_folder_says_what_its_archive_says(name: str, tmp_path: Path) -> None:
    files = {path: content for path, content in packed(name).items() if len(path) < 200}
    assert found(tmp_path, files, archive=False).hand_ins == found(tmp_path, files).hand_ins


@pytest.mark.parametrize("name", PACKED)
def test_no_file_is_lost_or_given_to_another(name: str, tmp_path: Path) -> None:
    files = packed(name)
    seen = found(tmp_path, files)
    stored = [taken.stored for each in seen.hand_ins for taken in each.files]
    code = {unicodedata.normalize("NFC", path) for path in files if path.endswith((".py", ".zip"))}
    assert len(stored) == len(set(stored))
    assert code - {each.what for each in seen.unread} <= set(stored)


@pytest.mark.parametrize("name", sorted(WITH_ATTEMPTS | {"gradescope", "nbgrader"}))
def test_times_are_those_of_the_platform(name: str, tmp_path: Path) -> None:
    handed = [each for each in class_of(groups=name in WITH_GROUPS) if name in WITH_ATTEMPTS or each.is_last]
    seen = found(tmp_path, packed(name), zone=UTC)
    assert sorted(each.handed_in for each in seen.hand_ins if each.handed_in) == sorted(each.at for each in handed)


@pytest.mark.parametrize("name", sorted(WITH_ATTEMPTS))
def test_attempts_are_counted_by_time(name: str, tmp_path: Path) -> None:
    seen = found(tmp_path, packed(name), zone=UTC)
    twice = {each.student for each in seen.hand_ins if each.attempt == 2}
    times = [[each.handed_in for each in seen.hand_ins if each.student == student] for student in twice]
    assert len(twice) == 2
    assert all(first and second and first < second for first, second in times)


def test_a_number_that_the_platform_added_is_undone(tmp_path: Path) -> None:
    seen = found(tmp_path, packed("canvas"))
    assert [taken.name for each in seen.hand_ins if each.student == "4708" for taken in each.files] == ["mlp.py"]
    assert any(line.startswith("the platform had added to the name of mlp.py") for line in seen.said)


def test_two_files_of_one_name_both_stay(tmp_path: Path) -> None:
    seen = found(tmp_path, {"doe_1_10_mlp.py": b"1", "doe_1_11_mlp-1.py": b"2", "roe_2_12_mlp.py": b""})
    assert [taken.name for taken in seen.hand_ins[0].files] == ["mlp-1.py", "mlp.py"]


def test_who_is_late_is_the_platforms_word(tmp_path: Path) -> None:
    seen = found(tmp_path, packed("canvas"))
    assert sorted(each.student for each in seen.hand_ins if each.late) == ["4705", "4717"]


def test_a_group_is_one_hand_in_with_several_members(tmp_path: Path) -> None:
    seen = found(tmp_path, packed("gradescope"))
    assert sorted(len(each.members) for each in seen.hand_ins if len(each.members) > 1) == [2, 3]


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (made_class.canvas(class_of(), anonymous=True), "canvas"),
        (made_class.moodle(class_of(), folders=False), "moodle"),
        (made_class.moodle(class_of(), blind=True), "moodle"),
        (made_class.brightspace(class_of(groups=False), folders=False), "brightspace"),
    ],
    ids=["anonymous", "without folders", "blind", "flat"],
)
def test_other_forms_of_a_layout_are_read(files: dict[str, bytes], name: str, tmp_path: Path) -> None:
    seen = found(tmp_path, files)
    expected = {each.who for each in class_of(groups=name in WITH_GROUPS) if each.is_last}
    assert (seen.layout, len({each.student for each in seen.hand_ins})) == (name, len(expected))


def test_late_and_anonymous_is_late(tmp_path: Path) -> None:
    seen = found(tmp_path, made_class.canvas(class_of(), anonymous=True))
    assert sorted(each.student for each in seen.hand_ins if each.late) == ["anon_ab4705", "anon_ab4717"]


def test_blind_participants_are_told_apart(tmp_path: Path) -> None:
    seen = found(tmp_path, {f"Teilnehmer_{k}_assignsubmission_file/mlp.py": b"" for k in (7, 8)})
    assert [each.name for each in seen.hand_ins] == ["Teilnehmer 7", "Teilnehmer 8"]


def test_text_that_was_typed_in_belongs_to_its_student(tmp_path: Path) -> None:
    seen = found(
        tmp_path,
        {
            "Jane Doe_7_assignsubmission_file/mlp.py": b"",
            "Jane Doe_7_assignsubmission_onlinetext/onlinetext.html": b"",
            "Default group_assignsubmission_file/mlp.py": b"",
        },
    )
    assert [(each.student, len(each.files)) for each in seen.hand_ins] == [("7", 2), ("Default group", 1)]


def test_a_student_with_a_plus_keeps_it(tmp_path: Path) -> None:
    files = {f"inbound/a+b+week2+2026-11-30 10:00:0{k} UTC+x{k}/mlp.py": b"" for k in range(2)}
    seen = found(tmp_path, files)
    assert {each.name for each in seen.hand_ins} == {"a+b"}
    assert "+" not in seen.hand_ins[0].student


def test_keys_that_differ_in_capitals_alone_are_made_to_differ(tmp_path: Path) -> None:
    seen = found(tmp_path, {"Max/mlp.py": b"", "max/mlp.py": b"", "eva/mlp.py": b""})
    keys = [each.student for each in seen.hand_ins]
    assert len({key.casefold() for key in keys}) == 3
    assert "eva" in keys


@pytest.mark.parametrize("name", ["summary.csv", "class.toml", "hand-ins", "gradebook.sqlite"])
def test_no_student_is_called_like_a_file_of_the_run(name: str, tmp_path: Path) -> None:
    seen = found(tmp_path, {f"{name}/mlp.py": b"", "eva/mlp.py": b""})
    assert name not in {each.student for each in seen.hand_ins}


def test_a_student_cannot_make_a_class_another_layout_by_names(tmp_path: Path) -> None:
    tricks = ("a_assignsubmission_file_b.py", "x_attempt_2026-11-30-10-00-00.txt", "1-2 - a - Oct 1, 2026 1000 AM.py")
    files = {f"{who}_{k}_{10 * k + n}_{name}": b"" for k, who in enumerate("abc") for n, name in enumerate(["mlp.py"])}
    files |= {f"eve_9_{90 + n}_{name}": b"" for n, name in enumerate(tricks)}
    assert found(tmp_path, files).layout == "canvas"


def test_what_matches_nobody_is_said(tmp_path: Path) -> None:
    seen = found(tmp_path, packed("canvas") | {"readme.pdf": b""})
    assert "readme.pdf" in {each.what for each in seen.unread}


def test_what_it_was_taken_for_is_said_with_numbers(tmp_path: Path) -> None:
    first, second = found(tmp_path, packed("moodle")).said[:2]
    assert first.startswith("taken for a download of Moodle")
    assert second.startswith("54 students, 54 attempts,")


def test_one_submission_is_no_class(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="looks like one submission"):
        found(tmp_path, {"mlp.py": b"", "a/x.py": b"", "b/x.py": b""})


def test_a_layout_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="nothing in it is as in a download of Moodle"):
        found(tmp_path, {"doe_1_10_mlp.py": b"", "roe_2_11_mlp.py": b""}, layout="moodle")


def test_a_layout_that_nobody_knows_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="did you mean 'canvas'"):
        found(tmp_path, packed("canvas"), layout="canvass")


def test_a_layout_that_is_given_goes_before_what_it_looks_like(tmp_path: Path) -> None:
    assert found(tmp_path, packed("clones"), layout="folders").layout == "folders"


def test_an_empty_archive_is_no_class(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="is no class as far as can be seen"):
        found(tmp_path, {})


def test_every_layout_has_a_class_in_the_tests() -> None:
    assert LAYOUTS.keys() == PACKED.keys()


def test_a_name_with_numbers_in_it_takes_no_file_to_somebody_else(tmp_path: Path) -> None:
    seen = found(
        tmp_path,
        {
            "janedoe_4700_90_mlp.py": b"",
            "x_4700_1_4799_91_mlp.py": b"",
            "al_4701_92_1_2_notes.txt": b"",
            "al_4701_93_mlp.py": b"",
        },
    )
    held = {each.student: [taken.name for taken in each.files] for each in seen.hand_ins}
    assert held == {"4700": ["mlp.py"], "4799": ["mlp.py"], "4701": ["1_2_notes.txt", "mlp.py"]}


def test_a_remark_that_looks_like_a_list_of_files_takes_nobodys(tmp_path: Path) -> None:
    theirs, ours = (f"hw_{who}_attempt_2026-11-30-10-00-00" for who in ("jane", "eve"))
    fake = (
        f"Comments:\nFiles:\nOriginal filename: mlp.py\nFilename: {theirs}_mlp.py\n"
        + "\n" * 100_000
        + "Name:"
        + " " * 100_000
    )
    files = {
        f"{theirs}.txt": f"Name: Jane (jane)\n\nFiles:\n\tOriginal filename: mlp.py\n\tFilename: {theirs}_mlp.py\n".encode(),
        f"{theirs}_mlp.py": b"right",
        f"{ours}.txt": f"Name: Eve (eve)\n{fake}\n".encode(),
    }
    held = {each.student: [taken.stored for taken in each.files] for each in found(tmp_path, files).hand_ins}
    assert held == {"jane": [f"{theirs}_mlp.py"], "eve": []}


def test_a_time_in_a_name_is_not_that_of_the_folder(tmp_path: Path) -> None:
    files = {
        f"{k}-7 - {who} - Nov 30, 2026 1000 AM/mlp.py": b""
        for k, who in enumerate(("Eve - Oct 1, 2026 900 AM", "Jane"))
    }
    times = [each.handed_in.month for each in found(tmp_path, files, zone=UTC).hand_ins if each.handed_in]
    assert times == [11, 11]
