"""Folders, single files, ids and notes; archives are in test_intake_archives.py."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader import intake
from grader.errors import AuthorError, IntakeError
from grader.intake import folder
from grader.intake.listing import Unreadable
from grader.model import Submission

REQUIRED = ("mlp.py",)
CODE = b"class MLP: ...\n"
Make = Callable[[Path], None]


def receive(path: Path, *, limit_mb: int = 20, **provided: bytes) -> Submission:
    laid_over = {f"{name}.py": content for name, content in provided.items()}
    return intake.receive(path, required=REQUIRED, provided=laid_over, limit_mb=limit_mb)


def put(top: Path, *names: str, content: bytes = CODE) -> Path:
    for name in names:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)
    return top


def test_a_folder_is_read_with_everything_in_it(tmp_path: Path) -> None:
    submission = receive(put(tmp_path / "alice", "mlp.py", "parts/neuron.py", "notes.txt"))
    assert submission.id == "alice"
    assert submission.files == dict.fromkeys(("mlp.py", "parts/neuron.py", "notes.txt"), CODE)
    assert submission.notes == ()


def test_the_digest_is_that_of_names_and_contents(tmp_path: Path) -> None:
    first = receive(put(tmp_path / "alice", "mlp.py", "notes.txt"))
    second = receive(put(tmp_path / "bob", "notes.txt", "mlp.py"))
    renamed = receive(put(tmp_path / "carol", "mlp.py", "note.stxt"))
    assert first.digest == second.digest != renamed.digest
    assert first.digest.startswith("sha256:")


def test_the_digest_sees_where_one_file_ends_and_the_next_begins(tmp_path: Path) -> None:
    put(tmp_path / "alice", "mlp.py", content=b"1x.py\x002")
    put(put(tmp_path / "bob", "mlp.py", content=b"1"), "x.py", content=b"2")
    assert receive(tmp_path / "alice").digest != receive(tmp_path / "bob").digest


@pytest.mark.parametrize("names", [(), ("net.py", "notes.txt"), ("mlp.ipynb",)])
def test_a_submission_without_the_required_file_is_returned_with_a_note(tmp_path: Path, names: tuple[str, ...]) -> None:
    (tmp_path / "alice").mkdir()
    submission = receive(put(tmp_path / "alice", *names), layers=b"given")
    assert set(submission.files) == {*names, "layers.py"}
    assert submission.notes == ("not handed in: mlp.py",)


@pytest.mark.parametrize(
    ("names", "root"),
    [
        (("HW6/mlp.py",), "HW6"),
        (("a/b/c/mlp.py",), "a/b/c"),
        (("HW6/mlp.py", "HW6/old/mlp.py"), "HW6"),
        (("read me.txt", "HW6/mlp.py", "data/x.csv"), "HW6"),
        (("HW6/mlp.ipynb",), "HW6"),
        (("HW6/venv/bin/mlp.py", "HW6/venv/pyvenv.cfg", "HW6/.git/mlp.py", "HW6/src/mlp.py"), "HW6/src"),
    ],
)
def test_the_folder_that_holds_the_required_file_is_entered(tmp_path: Path, names: tuple[str, ...], root: str) -> None:
    submission = receive(put(tmp_path / "alice", *names))
    assert f"taken from the folder '{root}' inside" in submission.notes
    assert any(name.startswith("mlp.") for name in submission.files)


def test_what_lies_beside_the_entered_folder_is_left_out(tmp_path: Path) -> None:
    submission = receive(put(tmp_path / "alice", "read me.txt", "HW6/mlp.py", "HW6/own.py"))
    assert set(submission.files) == {"mlp.py", "own.py"}


def test_the_required_file_in_two_folders_is_refused_with_both_names(tmp_path: Path) -> None:
    put(tmp_path / "alice", "hw/part 1/mlp.py", "hw/part 2/mlp.py", "read me.txt")
    with pytest.raises(IntakeError, match=r"mlp\.py found in 2 folders \('hw/part 1', 'hw/part 2'\); hand in one"):
        receive(tmp_path / "alice")


def test_a_copy_beneath_the_required_file_does_not_count(tmp_path: Path) -> None:
    submission = receive(put(tmp_path / "alice", "mlp.py", "old/mlp.py", "older/mlp.py"))
    assert "old/mlp.py" in submission.files


@pytest.mark.parametrize(
    "junk",
    [
        ("__MACOSX/._mlp.py", "__MACOSX/mlp.py"),
        (".DS_Store", "Thumbs.db", "._mlp.py"),
        ("__pycache__/mlp.cpython-311.pyc",),
        (".git/config", ".ipynb_checkpoints/mlp-checkpoint.py"),
        ("venv/lib/mlp.py", ".venv/bin/activate"),
        ("my env/pyvenv.cfg", "my env/lib/mlp.py"),
        ("conda/conda-meta/history", "conda/lib/mlp.py"),
        ("graded/summary.json", "graded/alice/mlp.py"),
        ("a/b/c/d/__pycache__/x.pyc",),
    ],
)
def test_what_programs_leave_behind_is_skipped_without_a_word(tmp_path: Path, junk: tuple[str, ...]) -> None:
    submission = receive(put(tmp_path / "alice", "mlp.py", *junk))
    assert set(submission.files) == {"mlp.py"}
    assert submission.notes == ()


@pytest.mark.parametrize("place", ["venv", "graded", "conda"])
def test_work_inside_a_folder_with_an_unlucky_name_is_found(tmp_path: Path, place: str) -> None:
    assert "mlp.py" in receive(put(tmp_path / "alice", f"{place}/mlp.py", f"{place}/pyvenv.cfg")).files


def test_a_folder_that_only_has_the_name_of_an_earlier_output_is_kept(tmp_path: Path) -> None:
    assert "graded/notes.py" in receive(put(tmp_path / "alice", "mlp.py", "graded/notes.py")).files


def test_provided_files_replace_the_copies_that_were_handed_in(tmp_path: Path) -> None:
    put(tmp_path / "alice", "mlp.py", "layers.py", "losses.py")
    submission = receive(tmp_path / "alice", layers=b"ours", losses=CODE)
    assert submission.files["layers.py"] == b"ours"
    assert submission.notes == ("replaced by the course's: 'layers.py', which differs",)


def test_the_digest_is_that_of_the_files_as_handed_in(tmp_path: Path) -> None:
    put(tmp_path / "alice", "mlp.py", "layers.py")
    assert receive(tmp_path / "alice", layers=b"ours").digest == receive(tmp_path / "alice").digest


def test_other_line_ends_are_no_difference_from_the_provided_file(tmp_path: Path) -> None:
    put(put(tmp_path / "alice", "mlp.py"), "layers.py", content=b"a\r\nb\r\n")
    assert receive(tmp_path / "alice", layers=b"a\nb\n").notes == ()


@pytest.mark.parametrize(
    "name", ["layers/__init__.py", "layers/__init__.pyc", "layers.cpython-311-darwin.so", "layers.pyd"]
)
def test_what_would_be_imported_in_place_of_a_provided_file_is_left_out(tmp_path: Path, name: str) -> None:
    submission = receive(put(tmp_path / "alice", "mlp.py", name), layers=b"ours")
    assert set(submission.files) == {"mlp.py", "layers.py"}
    assert submission.notes == (f"left out: '{name}' would hide the course's file",)


def test_a_package_that_is_left_out_is_left_out_whole(tmp_path: Path) -> None:
    submission = receive(put(tmp_path / "alice", "mlp.py", "layers/__init__.py", "layers/deep/a.py"), layers=b"ours")
    assert set(submission.files) == {"mlp.py", "layers.py"}


@pytest.mark.parametrize("name", ["layers/picture.txt", "my_layers.py", "other/layers.py"])
def test_a_name_that_is_only_like_a_provided_one_stays(tmp_path: Path, name: str) -> None:
    assert name in receive(put(tmp_path / "alice", "mlp.py", name), layers=b"ours").files


def test_a_required_file_itself_is_a_submission_with_the_name_of_its_folder(tmp_path: Path) -> None:
    submission = receive(put(tmp_path / "alice", "mlp.py", "beside.py") / "mlp.py")
    assert submission.id == "alice"
    assert set(submission.files) == {"mlp.py"}


@pytest.mark.parametrize("path", ["alice/", "alice/.", "alice/../alice", "./alice"])
def test_the_id_is_the_folder_s_own_name(tmp_path: Path, path: str) -> None:
    put(tmp_path / "alice", "mlp.py")
    assert receive(Path(f"{tmp_path}/{path}")).id == "alice"


def test_a_dot_means_the_folder_that_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(put(tmp_path / "alice", "mlp.py"))
    assert receive(Path()).id == "alice"


def test_a_folder_may_be_named_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "alice").symlink_to(put(tmp_path / "uploads/4711", "mlp.py"))
    submission = receive(tmp_path / "alice")
    assert (submission.id, set(submission.files)) == ("alice", {"mlp.py"})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zoë van den Berg", "Zoë van den Berg"),
        ("Zoe\u0308", "Zoë"),
        ("Ørsted 学生 😀", "Ørsted 学生 😀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("..", "__"),
        (".hidden", "_hidden"),
        ("a\nb\x1b[2Jc", "a_b_[2Jc"),
        ("a\u202eb", "a_b"),
        ("a\\b", "a_b"),
        ("\udce9", "_"),
        ("  a ", "a"),
        ("", "submission"),
        ("summary.csv", "summary.csv_"),
        ("é" * 200, "é" * 60),
    ],
)
def test_an_id_is_the_name_as_handed_in_made_harmless(name: str, expected: str) -> None:
    assert intake.naming.folder_name(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alice.zip", "alice"),
        ("ALICE.ZIP", "ALICE"),
        ("a.b.tar.gz", "a.b"),
        ("a.tgz", "a"),
        ("notes.txt", "notes.txt"),
        ("sub/mlp.py", "sub"),
        ("alice.gz", "alice.gz"),
        ("alice.py", "alice"),
        ("alice.ipynb", "alice"),
        ("sub/mlp (1).py", "sub"),
        ("sub/MLP-1.py", "sub"),
        ("alice.tar.bz2", "alice"),
        ("alice.tar.xz", "alice"),
        ("alice.tar", "alice"),
        ("doejane_LATE_4711_98765_hw6.zip", "doejane_4711"),
        ("doejane_4711_98765_mlp.py", "doejane_4711"),
        ("Jane Doe_12345_assignsubmission_file/mlp.py", "Jane Doe_12345"),
    ],
)
def test_the_id_of_a_file_lacks_the_ending_of_an_archive(tmp_path: Path, name: str, expected: str) -> None:
    assert intake.submission_id(tmp_path / name, required=REQUIRED) == expected


def test_the_id_of_a_folder_keeps_everything(tmp_path: Path) -> None:
    assert receive(put(tmp_path / "alice.zip", "mlp.py")).id == "alice.zip"


def test_distinct_ids_pass(tmp_path: Path) -> None:
    intake.ensure_distinct([tmp_path / "alice", tmp_path / "bob.zip", tmp_path / "notes.txt"], required=REQUIRED)


@pytest.mark.parametrize("other", ["b/alice.zip", "a/alice", "b/ALICE", "b/alice/mlp.py"])
def test_two_submissions_with_one_id_are_refused_with_both_paths(tmp_path: Path, other: str) -> None:
    first = put(tmp_path / "a/alice", "mlp.py")
    with pytest.raises(AuthorError, match="two submissions are called") as caught:
        intake.ensure_distinct([first, tmp_path / other], required=REQUIRED)
    assert str(first) in str(caught.value)
    assert str(tmp_path / other) in str(caught.value)


def test_the_id_of_a_folder_of_moodle_is_the_student(tmp_path: Path) -> None:
    (tmp_path / "Jane Doe_12345_assignsubmission_file_").mkdir()
    assert (
        intake.submission_id(tmp_path / "Jane Doe_12345_assignsubmission_file_", required=REQUIRED) == "Jane Doe_12345"
    )


@pytest.mark.parametrize("name", ["alice.py", "alice.ipynb", "ALICE.PY"])
def test_a_single_file_of_any_name_is_a_submission(tmp_path: Path, name: str) -> None:
    submission = receive(put(tmp_path, name, "bob.py") / name)
    assert set(submission.files) == {name}


def test_one_path_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="two submissions"):
        intake.ensure_distinct([tmp_path, tmp_path], required=REQUIRED)


def test_a_path_that_is_not_there_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"nobody: cannot be read \(No such file or directory\); check the path"):
        receive(tmp_path / "nobody")


@pytest.mark.parametrize("name", ["alice.rar", "alice.txt", "alice"])
def test_a_file_of_another_kind_is_an_error_that_says_what_to_hand_in(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        IntakeError, match=r"is not a folder, a \.zip, a \.tar, a \.py or an \.ipynb; put the files into"
    ):
        receive(put(tmp_path, name) / name)


def make_link(path: Path) -> None:
    path.symlink_to(put(path.parent.parent, "secret") / "secret")


def make_hard_link(path: Path) -> None:
    path.hardlink_to(put(path.parent.parent, "secret") / "secret")


def make_sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


LINKED = [(make_link, "is a symbolic link"), (make_hard_link, "is a hard link, a second name of some other file")]
ODD = [*LINKED, (os.mkfifo, "is a pipe")]
LARGE = (make_sparse, "is larger than 20 MB")


@pytest.mark.parametrize(("make", "why"), [*ODD, LARGE, (Path.mkdir, "is a folder, not a file")])
def test_a_required_file_that_is_no_regular_file_is_refused(tmp_path: Path, make: Make, why: str) -> None:
    (tmp_path / "alice").mkdir()
    make(tmp_path / "alice/mlp.py")
    with pytest.raises(IntakeError, match=f"alice: mlp.py {why}; hand in an ordinary file"):
        receive(tmp_path / "alice")


@pytest.mark.parametrize(("make", "why"), [*LINKED, LARGE])
def test_a_required_file_given_by_itself_is_no_link_either(tmp_path: Path, make: Make, why: str) -> None:
    (tmp_path / "alice").mkdir()
    make(tmp_path / "alice/mlp.py")
    with pytest.raises(IntakeError, match=f"mlp.py {why}; hand in an ordinary file"):
        receive(tmp_path / "alice/mlp.py")


@pytest.mark.parametrize(("make", "why"), [*ODD, (make_sparse, "does not fit into 20 MB")])
def test_any_other_file_that_is_no_regular_file_is_left_out_with_a_note(tmp_path: Path, make: Make, why: str) -> None:
    make(put(tmp_path / "alice", "mlp.py") / "other.py")
    submission = receive(tmp_path / "alice")
    assert set(submission.files) == {"mlp.py"}
    assert submission.notes == (f"left out: 'other.py' {why}",)


def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    (put(tmp_path / "alice", "mlp.py") / "secrets").symlink_to(put(tmp_path / "elsewhere", "secret.txt"))
    submission = receive(tmp_path / "alice")
    assert set(submission.files) == {"mlp.py"}
    assert submission.notes == ("left out: 'secrets' is a symbolic link",)


@pytest.mark.parametrize("name", ["pipe.zip", "pipe", "mlp.py"])
def test_a_pipe_in_place_of_a_submission_is_refused_without_waiting(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(IntakeError, match="is neither a folder nor a file"):
        receive(tmp_path / name)


def test_a_pipe_that_takes_the_place_of_an_archive_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.zip")
    with ExitStack() as stack, pytest.raises(IntakeError, match="is not a regular file"):
        stack.enter_context(folder.open_file(tmp_path / "a.zip"))


@pytest.mark.parametrize("by_descriptor", [True, False])
def test_both_ways_of_reading_a_folder_see_the_same(tmp_path: Path, by_descriptor: bool) -> None:
    top = put(tmp_path / "alice", "mlp.py", "a/b/x.py", "a/venv/pyvenv.cfg", ".git/config")
    (top / "a/link").symlink_to("b")
    with folder.opened(top, required=REQUIRED, by_descriptor=by_descriptor) as listing:
        assert listing.sizes == {"mlp.py": len(CODE), "a/b/x.py": len(CODE)}
        assert listing.refused == {"a/link": "is a symbolic link"}
        assert listing.read("a/b/x.py", 100) == CODE


@pytest.mark.parametrize("make", [make_link, os.mkfifo, Path.mkdir])
@pytest.mark.parametrize("by_descriptor", [True, False])
def test_a_file_that_is_exchanged_after_it_was_listed_is_not_read(
    tmp_path: Path, make: Make, by_descriptor: bool
) -> None:
    top = put(tmp_path / "alice", "mlp.py")
    with folder.opened(top, required=REQUIRED, by_descriptor=by_descriptor) as listing:
        (top / "mlp.py").unlink()
        make(top / "mlp.py")
        with pytest.raises(Unreadable):
            listing.read("mlp.py", 100)


def test_a_folder_that_is_exchanged_for_a_link_after_it_was_listed_is_not_entered(tmp_path: Path) -> None:
    top = put(tmp_path / "alice", "parts/x.py")
    put(tmp_path / "elsewhere", "x.py")
    with folder.opened(top, required=REQUIRED) as listing:
        (top / "parts").rename(tmp_path / "moved")
        (top / "parts").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(Unreadable, match="cannot be read"):
            listing.read("parts/x.py", 100)


def test_a_file_that_grows_while_it_is_read_is_not_read_on(tmp_path: Path) -> None:
    top = put(tmp_path / "alice", "mlp.py")
    with folder.opened(top, required=REQUIRED) as listing:
        make_sparse(top / "mlp.py")
        with pytest.raises(Unreadable, match="grew while it was read"):
            listing.read("mlp.py", len(CODE))


def test_a_file_that_cannot_be_opened_is_left_out_with_a_note(tmp_path: Path) -> None:
    top = put(tmp_path / "alice", "a.py", "mlp.py")
    with folder.opened(top, required=REQUIRED) as listing:
        (top / "a.py").unlink()
        left_out: dict[str, str] = {}
        assert dict(intake._contents(listing, ["a.py", "mlp.py"], REQUIRED, left_out, "alice")) == {"mlp.py": CODE}
    assert left_out == {"a.py": "cannot be read (No such file or directory)"}


def test_more_files_than_a_person_writes_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "alice", *(f"{number}.py" for number in range(2_001)))
    with pytest.raises(IntakeError, match="holds more than 2,000 files; hand in only your own code"):
        receive(tmp_path / "alice")


def test_a_virtual_environment_is_not_even_entered(tmp_path: Path) -> None:
    top = put(tmp_path / "alice", "mlp.py", "env/pyvenv.cfg", "env/lib/x.py", ".git/config")
    with folder.walked(top, required=REQUIRED, most=20, depth=8) as (entries, _read):
        assert [entry.name for entry in entries] == [".git", "env", "mlp.py"]


def test_the_largest_files_are_left_out_until_the_rest_fits(tmp_path: Path) -> None:
    top = put(put(tmp_path / "alice", "film.mp4", content=bytes(700_000)), "b.npy", "c.npy", content=bytes(400_000))
    put(top, "mlp.py", content=bytes(150_000))
    submission = receive(top, limit_mb=1)
    assert set(submission.files) == {"mlp.py", "b.npy", "c.npy"}
    assert submission.notes == ("left out: 'film.mp4' does not fit into 1 MB",)
    assert submission.left_out == {"film.mp4": "does not fit into 1 MB"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a/" * 8 + "x.py", "is 8 folders deep"),
        ("x" * 201, "has too long a name"),
        ("ü" * 101, "has too long a name"),
        ("tab\tname.py", "has a name with unusual characters"),
        ("\u202egnp.py", "has a name with unusual characters"),
        ("back\\slash.py", "has a name with unusual characters"),
        ("C:drive.py", "begins like the name of a drive"),
        ("0:", "begins like the name of a drive"),
        (os.fsdecode(b"latin-\xe9.py"), "has a name with unusual characters"),
    ],
)
def test_a_file_with_an_unusual_name_is_left_out_with_a_printable_note(tmp_path: Path, name: str, why: str) -> None:
    submission = receive(put(tmp_path / "alice", "mlp.py", name))
    assert set(submission.files) == {"mlp.py"}
    assert submission.notes[0].endswith(why)
    assert submission.notes[0].isprintable()


def test_names_are_read_as_the_file_system_spells_them_and_kept_composed(tmp_path: Path) -> None:
    assert receive(put(tmp_path / "alice", "mlp.py", "cafe\u0301.py")).files["café.py"] == CODE


def test_many_notes_are_cut_short(tmp_path: Path) -> None:
    put(tmp_path / "alice", "mlp.py", *(f"{number}\t.py" for number in range(50)))
    notes = receive(tmp_path / "alice").notes
    assert len(notes) == 21
    assert notes[-1] == "and 30 more notes of this kind"
