from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from grader.assignments import find
from grader.calibration.planted import load
from grader.calibration.planted.tables import TABLE
from grader.calibration.trial import Group, Trial
from grader.errors import AuthorError
from grader.pipeline import load_rubric
from kit import ROOT


def bugs(folder: Path, table: str = "", assignment: str = "byomlp") -> dict[str, Trial]:
    """Return the bugs of a folder by name; what is said of them is written into it first."""
    if table:
        (folder / TABLE).write_text(table, encoding="utf-8")
    found = find(assignment)
    return {each.name: each for each in load(folder, ROOT / "reference" / assignment, found, load_rubric(found))}


def line_of(path: Path, word: str) -> str:
    """Return the one line of a file that a word is in."""
    (line,) = (line for line in path.read_text(encoding="utf-8").splitlines() if word in line)
    return line.strip()


def test_a_file_is_handed_in_under_the_name_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "missing_derivative.py").write_text("x = 1", encoding="utf-8")
    assert bugs(tmp_path) == {"missing_derivative": Trial("missing_derivative", Group.PLANTED, {"mlp.py": b"x = 1"})}


def test_a_notebook_keeps_its_name_where_no_file_is_required(tmp_path: Path) -> None:
    (tmp_path / "no_bias.ipynb").write_text("{}", encoding="utf-8")
    assert bugs(tmp_path, assignment="modules")["no_bias"].source == {"no_bias.ipynb": b"{}"}


def test_folders_and_archives_are_submissions_and_the_rest_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "_drafts").mkdir()
    for name in ("archive.tar.gz", "zipped.zip", "README.md", ".hidden.py"):
        (tmp_path / name).write_bytes(b"")
    sources = {name: each.source for name, each in bugs(tmp_path).items()}
    assert sources == {
        "archive": tmp_path / "archive.tar.gz",
        "folder": tmp_path / "folder",
        "zipped": tmp_path / "zipped.zip",
    }


def test_the_table_says_what_must_come_of_a_bug(tmp_path: Path) -> None:
    (tmp_path / "uphill.py").write_text("", encoding="utf-8")
    table = """
    [uphill]
    story = "step goes uphill"
    fails = ["step_descends"]
    may_fail = ["disc_separates"]
    diagnosis = "step_goes_uphill"
    items = ["backprop"]
    """
    found = bugs(tmp_path, table)["uphill"]
    assert (found.story, found.diagnosis, found.items) == ("step goes uphill", "step_goes_uphill", ("backprop",))
    assert (found.fails, found.may_fail) == ({"step_descends"}, {"disc_separates"})


def test_a_bug_is_made_from_the_reference(tmp_path: Path) -> None:
    old = line_of(ROOT / "reference/byomlp/mlp.py", "def zero_grad")
    found = bugs(tmp_path, f'[renamed]\nreplace = [["{old}", "def zero(self):"]]')
    source = found["renamed"].source
    assert isinstance(source, dict)
    assert b"def zero(self):" in source["mlp.py"]
    assert old.encode() not in source["mlp.py"]


def test_a_bug_is_made_in_a_cell_of_a_notebook_of_the_reference(tmp_path: Path) -> None:
    table = '[renamed]\nfile = "HW3_Modules.ipynb"\nreplace = [["class SoftMax(", "class Softmax("]]'
    source = bugs(tmp_path, table, "modules")["renamed"].source
    assert isinstance(source, dict)
    cells = json.loads(source["HW3_Modules.ipynb"])["cells"]
    assert sum("class Softmax(" in "".join(cell["source"]) for cell in cells) == 1


def test_the_example_of_the_guide_is_right(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^```toml\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    (tmp_path / "no_biases.py").write_text("", encoding="utf-8")
    assert list(bugs(tmp_path, table)) == ["step_uphill", "no_biases"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[", "is not valid TOML"),
        ("uphill = 1", "'uphill' is 1; begin what is said of a bug with a line [name_of_the_bug]"),
        ("[uphil]", "[uphil]: there is no such submission; did you mean 'uphill'?"),
        ("[uphill]\nfail = []", "[uphill] has the unknown key 'fail'; did you mean 'fails'?"),
        ("[uphill]\nstory = 1", "[uphill]: 'story' is 1; write a text in quotes"),
        ("[uphill]\nfails = 'x'", "[uphill]: 'fails' is 'x'; write names in brackets"),
        ("[uphill]\nfails = ['step_descend']", "there is no check 'step_descend'; did you mean 'step_descends'?"),
        ("[uphill]\nitems = ['backprob']", "there is no item 'backprob'; did you mean 'backprop'?"),
        (
            "[uphill]\nreplace = [['a', 'b']]",
            "[uphill]: 'replace' is said, and uphill.py is there too; keep one of them",
        ),
        ("[all]\nreplace = 'a'\n[x]\nappend = 'b'", "[all]: 'replace' is 'a'; write pairs of texts"),
        ("[uphill]\nbase = 'x.py'", "[uphill]: 'base' is said, and uphill.py is there too; keep one of them"),
        ("[uphill]\nasked = ['forwrad']", "there is no item 'forwrad'; did you mean 'forward'?"),
        ("[uphill]\nmay_name = 'x'", "'may_name' is 'x'; write names in brackets"),
        ("[uphill]\nsize = 'quik'", "there is no size 'quik'; did you mean 'quick'?"),
        ("[uphill]\nnumbers = { cell_second = 1 }", "a number 'cell_second'; did you mean 'cell_seconds'?"),
        ("[uphill]\nnumbers = { cell_seconds = '1' }", "write numbers by name, as in numbers = { cell_seconds = 15 }"),
        ("[x]\nbeside = 'a'", "[x]: 'beside' is 'a'; write files by name"),
        ("[x]\nbeside = { a = 1 }", "[x] beside 'a' is 1; write the path of a file"),
        ("[x]\nbeside.a = { base = 1 }", "[x] beside 'a': 'base' is 1; write a text in quotes"),
        ("[x]\nbase = 'uphil.py'", "[x]: there is no file 'uphil.py'; did you mean 'uphill.py'?"),
        ("[x]\nbase = 'uphill.py'\nreplace = [['a', 'b']]", "'a' occurs 0 times in uphill.py"),
        ("[x]\nreplace = 'a'", "[x]: 'replace' is 'a'; write pairs of texts"),
        ("[x]\nreplace = [['a']]", "write pairs of texts"),
        ("[x]\nreplace = [['def ', 'b']]", "times in mlp.py of the reference; write a text that is there once"),
        ("[x]\nreplace = [['no such text', 'b']]", "'no such text' occurs 0 times in mlp.py"),
        ("[x]\nfile = 'mpl.py'\nreplace = [['a', 'b']]", "has no file 'mpl.py'; did you mean 'mlp.py'?"),
    ],
)
def test_what_is_wrong_with_the_table_is_said(table: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "uphill.py").write_text("", encoding="utf-8")
    with pytest.raises(AuthorError, match=re.escape(message)):
        bugs(tmp_path, table)


RIGHT_TEXT = "class MLP:\n    rate = 1\n"


def styled(folder: Path, table: str) -> dict[str, Trial]:
    """Return what a folder holds that has a right style, plain.py."""
    (folder / "styles").mkdir()
    (folder / "styles" / "plain.py").write_text(RIGHT_TEXT, encoding="utf-8")
    return bugs(folder, table)


def test_styles_are_right_and_bugs_are_made_from_them(tmp_path: Path) -> None:
    found = styled(tmp_path, '[rate]\nbase = "styles/plain.py"\nreplace = [["1", "2"]]\nappend = "x = 3\\n"')
    assert found["plain"] == Trial("plain", Group.RIGHT, {"mlp.py": RIGHT_TEXT.encode()})
    assert found["rate"].source == {"mlp.py": b"class MLP:\n    rate = 2\nx = 3\n"}
    assert found["rate"].group is Group.PLANTED


def test_what_fails_nothing_is_right(tmp_path: Path) -> None:
    assert styled(tmp_path, '[same]\nbase = "styles/plain.py"\nfails = []')["same"].group is Group.RIGHT


def test_a_style_that_fails_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / TABLE).write_text("[plain]\nfails = ['step_descends']", encoding="utf-8")
    (tmp_path / "styles" / "plain.py").write_text(RIGHT_TEXT, encoding="utf-8")
    (tmp_path / "bug.py").write_text("", encoding="utf-8")
    with pytest.raises(AuthorError, match=r"what lies in styles is right; take 'fails' out of \[plain\]"):
        bugs(tmp_path)


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("", encoding="utf-8")
    with pytest.raises(AuthorError, match="'plain' is there, and in styles, too; rename one"):
        styled(tmp_path, "")


def test_two_tables_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "more.toml").write_text('[rate]\nappend = "x"', encoding="utf-8")
    with pytest.raises(AuthorError, match=r"mutants\.toml: \[rate\] is in more\.toml, too; rename one"):
        bugs(tmp_path, '[rate]\nappend = "x"')


def test_what_is_said_of_all_holds_where_a_table_says_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "more.toml").write_text('[all]\nstory = "of more"\n[c]\nappend = "x"', encoding="utf-8")
    (tmp_path / "d.py").write_text("", encoding="utf-8")
    found = bugs(tmp_path, '[all]\nstory = "of all"\n[a]\nappend = "x"\n[b]\nappend = "x"\nstory = "its own"')
    assert {name: each.story for name, each in found.items()} == {
        "a": "of all",
        "b": "its own",
        "c": "of more",
        "d": "of all",
    }


def test_files_beside_are_taken_as_they_are_or_made_in_the_same_way(tmp_path: Path) -> None:
    table = """
    [uphill]
    base = "styles/plain.py"
    [uphill.beside]
    "notes.py" = "styles/plain.py"
    "Classification.ipynb" = { base = "styles/plain.py", replace = [["1", "2"]], kernel = "mine" }
    """
    source = styled(tmp_path, table)["uphill"].source
    assert isinstance(source, dict)
    assert source["mlp.py"] == source["notes.py"] == RIGHT_TEXT.encode()
    notebook = json.loads(source["Classification.ipynb"])
    assert notebook["metadata"]["kernelspec"]["name"] == "mine"
    assert ["".join(cell["source"]) for cell in notebook["cells"]] == ["class MLP:\n    rate = 2"]


def test_it_is_said_how_a_submission_is_graded(tmp_path: Path) -> None:
    table = '[a]\nappend = "x"\nasked = ["classification"]\nsize = "reduced"\nnumbers = { cell_seconds = 15 }'
    found = bugs(tmp_path, table + '\nmay_name = ["bias_missing"]')["a"]
    assert (found.asked, found.size, found.numbers) == (("classification",), "reduced", {"cell_seconds": 15})
    assert found.may_name == {"bias_missing"}


def test_a_notebook_that_nothing_is_replaced_in_is_handed_in_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "cut_off.ipynb").write_bytes(b'{"cells": [')
    table = '[a]\nfile = "Classification.ipynb"\nbase = "parts/cut_off.ipynb"'
    assert bugs(tmp_path, table)["a"].source == {"Classification.ipynb": b'{"cells": ['}


def test_nothing_is_appended_to_a_notebook(tmp_path: Path) -> None:
    table = '[a]\nfile = "Classification.ipynb"\nappend = "x"'
    with pytest.raises(AuthorError, match="is a notebook: it stays one, and nothing can be appended to it"):
        bugs(tmp_path, table)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(AuthorError) as caught:
        bugs(tmp_path, "[a]\nstory = 1\n[b]\nfails = ['x']")
    assert len(str(caught.value).splitlines()) == 4


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ((), "holds no broken submission"),
        (("a.py", "a.zip"), "a.py and a.zip are both called 'a'; rename one"),
        (("a.ipynb",), "a submission has mlp.py; put this file into a folder together with it"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(files: tuple[str, ...], message: str, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(AuthorError, match=re.escape(message)):
        bugs(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="there is no such folder"):
        bugs(tmp_path / "nowhere")
