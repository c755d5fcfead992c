from __future__ import annotations

from pathlib import Path

from grader.classes.gathering import gathered, gathering
from grader.classes.model import Found, HandIn
from grader.classes.reading import read
from grader.intake import receive, submission_id
from kit.made_class import HOSTILE, PACKED, WITH_GROUPS, class_of, download, zipped

REQUIRED = ("mlp.py",)


def found(folder: Path, files: dict[str, bytes]) -> Found:
    return read(download(folder, files), required=REQUIRED)


def of(found: Found, student: str) -> HandIn:
    return next(each for each in found.hand_ins if each.student == student)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_files_lie_in_a_folder_that_is_called_after_the_student(tmp_path: Path) -> None:
    seen = found(tmp_path, {"doe_7_10_mlp.py": b"x", "doe_7_11_a.ipynb": b"{}", "roe_8_12_mlp.py": b""})
    path = gathered(seen, of(seen, "7"), tmp_path / "into")
    assert (path.name, names(path)) == ("7", ["a.ipynb", "mlp.py"])
    assert submission_id(path, required=REQUIRED) == "7"


def test_an_archive_alone_is_graded_itself(tmp_path: Path) -> None:
    packed = zipped({"mlp.py": b"x = 1"})
    seen = found(tmp_path, {"doe_7_10_hw.zip": packed, "doe_7_11_notes.pdf": b"", "roe_8_12_mlp.py": b""})
    with gathering(seen) as gather:
        made = gather(of(seen, "7"), tmp_path / "into")
    assert receive(made.path, required=REQUIRED, provided={}).files["mlp.py"] == b"x = 1"
    assert [each.what for each in made.left_out] == ["doe_7_11_notes.pdf"]


def test_gathering_again_leaves_nothing_of_before(tmp_path: Path) -> None:
    seen = found(tmp_path, {"doe_7_10_mlp.py": b"x", "roe_8_12_mlp.py": b""})
    path = gathered(seen, of(seen, "7"), tmp_path / "into")
    (path / "left.py").write_bytes(b"")
    assert names(gathered(seen, of(seen, "7"), tmp_path / "into")) == ["mlp.py"]
    assert [each.name for each in (tmp_path / "into").iterdir()] == ["7"]


def test_a_name_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    text = "Name: Eve (eve)\n\nFiles:\n\tOriginal filename: ../../evil.py\n\tFilename: hw_eve_attempt_2026-11-30-10-00-00_x.py\n"
    start = "hw_eve_attempt_2026-11-30-10-00-00"
    seen = found(tmp_path, {f"{start}.txt": text.encode(), f"{start}_x.py": b"evil"})
    path = gathered(seen, of(seen, "eve"), tmp_path / "into")
    assert names(path) == [f"{start}_x.py"]
    assert not (tmp_path / "evil.py").exists()


def test_an_entry_that_points_outside_costs_nobody_else(tmp_path: Path) -> None:
    seen = found(tmp_path, {"a/mlp.py": b"", "b/mlp.py": b"", "../../c/mlp.py": b"", "/etc/mlp.py": b""})
    assert [each.student for each in seen.hand_ins] == ["a", "b"]
    assert {each.why for each in seen.unread} == {"points outside the archive"}


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    where = download(tmp_path, {"a/mlp.py": b"", "b/mlp.py": b""}, archive=False)
    (where / "b" / "secret.py").symlink_to(tmp_path / "class" / "a" / "mlp.py")
    seen = read(where, required=REQUIRED)
    assert names(gathered(seen, of(seen, "b"), tmp_path / "into")) == ["mlp.py"]
    assert [each.what for each in seen.unread] == ["b/secret.py"]


def test_hostile_hand_ins_of_every_layout_are_gathered_apart(tmp_path: Path) -> None:
    for layout, packed in PACKED.items():
        folder = tmp_path / layout
        folder.mkdir()
        seen = found(folder, packed(class_of(groups=layout in WITH_GROUPS)))
        with gathering(seen) as gather:
            made = [gather(each, folder / "into" / str(each.attempt)) for each in seen.hand_ins]
        assert len({each.path for each in made}) == len(made)
        assert {each.path.parent.parent for each in made} == {folder / "into"}
        assert len(made) > 50 > len(HOSTILE)


def test_a_file_and_a_folder_of_one_name_do_not_end_it(tmp_path: Path) -> None:
    seen = found(
        tmp_path,
        {
            "a_1_assignsubmission_file/x": b"1",
            "a_1_assignsubmission_onlinetext/x/y": b"2",
            "b_2_assignsubmission_file/x": b"",
        },
    )
    with gathering(seen) as gather:
        made = gather(of(seen, "1"), tmp_path / "into")
    assert [each.why for each in made.left_out] == ["has the name of another file or folder"]
