"""The template is the course material without its solutions, and nothing else."""

from __future__ import annotations

import ast
import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from grader import template
from grader.assignments import find
from grader.errors import AuthorError

SOLVED = '''"""A module."""

import numpy as np


class Model:
    def fit(self, x):
        """Fit."""
        ### BEGIN SOLUTION
        w = np.sum(x)

        return w
        ### END SOLUTION


async def run():
    a = 1
    if a:
        # BEGIN SOLUTION
            # deeper
        a = 2
        # end solution
    return a
'''

STRIPPED = '''"""A module."""

import numpy as np


class Model:
    def fit(self, x):
        """Fit."""
        # your code here
        raise NotImplementedError("write Model.fit")


async def run():
    a = 1
    if a:
            # your code here
            raise NotImplementedError("write run")
    return a
'''


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """Return a folder with course material of one assignment."""
    folder = tmp_path / "reference" / "one"
    folder.mkdir(parents=True)
    (folder / "model.py").write_text(SOLVED)
    (folder / "given.csv").write_bytes(b"\xff\r\n1,2\n")
    return tmp_path / "reference"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return the folder where the template goes, which is not there yet."""
    return tmp_path / "student_template"


def cell(kind: str, source: str | list[str], **more: Any) -> dict[str, Any]:
    """Return a notebook cell."""
    printed = {"output_type": "stream", "name": "stdout", "text": "42"}
    outputs = {"outputs": [printed], "execution_count": 7} if kind == "code" else {}
    return {"cell_type": kind, "id": "abc", "metadata": {}, "source": source, **outputs, **more}


def notebook(*cells: dict[str, Any], minor: int = 5, **more: Any) -> str:
    """Return the text of a notebook."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": minor, **more})


def stripped_cell(given: dict[str, Any]) -> dict[str, Any]:
    """Return what becomes of one cell."""
    (got,) = json.loads(template.strip_notebook(notebook(given), "a.ipynb"))["cells"]
    return dict(got)


# --- Python


def test_a_solution_becomes_a_prompt_that_names_the_function() -> None:
    assert template.strip_python(SOLVED, "model.py") == STRIPPED


def test_code_without_solutions_stays_as_it_is() -> None:
    assert template.strip_python("x = 1\n\n\ndef f():\n    return x\n", "a.py") == "x = 1\n\n\ndef f():\n    return x\n"


def test_an_empty_solution_is_indented_as_its_marker() -> None:
    got = template.strip_python("def f():\n    ### BEGIN SOLUTION\n  \n    ### END SOLUTION\n", "a.py")
    assert got == 'def f():\n    # your code here\n    raise NotImplementedError("write f")\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("### BEGIN SOLUTION\nx = 1\n", "a.py, line 1: a solution begins that never ends"),
        ("x = 1\n### END SOLUTION\n", "a.py, line 2: a solution ends that never began"),
        ("\n### BEGIN SOLUTION\n### BEGIN SOLUTION\n", "a.py, line 3: a solution begins within the one of line 2"),
        ("x = 1  ### BEGIN SOLUTION\n", "a.py, line 1: a marker is a line of its own"),
        ("## BEGIN  SOLUTION!\n", "a.py, line 1: a marker is a line of its own"),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", "a.py: a solution stands outside of any function"),
        ("if 1:\n  # BEGIN SOLUTION\n  x = 1\n  # END SOLUTION\n", "a.py: a solution stands outside of any function"),
        ("class A:\n  # BEGIN SOLUTION\n  # END SOLUTION\n", "a.py: a solution stands outside of any function"),
        ("def f():\n  # BEGIN SOLUTION\nx = 1\n# END SOLUTION\n", "a.py: not Python when its solutions are taken out"),
    ],
)
def test_markers_that_cannot_be_right_are_refused(text: str, message: str) -> None:
    with pytest.raises(AuthorError, match=message):
        template.strip_python(text, "a.py")


def test_a_raise_of_the_author_outside_of_functions_is_none_of_our_business() -> None:
    text = "import sys\nif sys.version_info < (3,):\n    raise NotImplementedError\n"
    assert template.strip_python(text, "a.py") == text


# --- notebooks


def test_a_code_cell_loses_its_solution_outputs_and_counts() -> None:
    got = stripped_cell(cell("code", "%time\ndef f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION"))
    want = ["%time\n", "def f():\n", "    # your code here\n", '    raise NotImplementedError("write f")']
    assert (got["source"], got["outputs"], got["execution_count"]) == (want, [], None)


def test_code_outside_of_functions_may_be_a_solution_in_a_notebook() -> None:
    got = stripped_cell(cell("code", "### BEGIN SOLUTION\ntrain()\n### END SOLUTION\nshow()"))
    assert got["source"] == ["# your code here\n", 'raise NotImplementedError("write this part")\n', "show()"]


@pytest.mark.parametrize(("begin", "end"), [("### BEGIN", "### END"), ("<!-- BEGIN", "<!-- END")])
def test_a_written_answer_becomes_an_invitation(begin: str, end: str) -> None:
    close = " -->" if "<" in begin else ""
    text = f"Which is better?\n\n{begin} SOLUTION{close}\nThe second.\n{end} SOLUTION{close}"
    assert stripped_cell(cell("markdown", text))["source"] == ["Which is better?\n", "\n", "*Write your answer here.*"]


def test_pictures_that_only_the_solution_showed_are_left_out() -> None:
    text = "![](attachment:task.png)\n### BEGIN SOLUTION\n![](attachment:answer.png)\n### END SOLUTION"
    got = stripped_cell(cell("markdown", text, attachments={"task.png": {}, "answer.png": {}}))
    assert got["attachments"] == {"task.png": {}}


def test_traces_of_the_run_are_left_out() -> None:
    given = cell("code", "x", metadata={"tags": ["a"], "execution": {"iopub.status.busy": "noon"}, "ExecuteTime": 3})
    assert stripped_cell(given)["metadata"] == {"tags": ["a"]}


def test_a_notebook_is_laid_out_as_jupyter_does() -> None:
    text = notebook(metadata={"widgets": 1, "a": "\u00fc"})
    assert template.strip_notebook(text, "a.ipynb") == (
        '{\n "cells": [],\n "metadata": {\n  "a": "ü"\n },\n "nbformat": 4,\n "nbformat_minor": 5\n}\n'
    )


def test_a_notebook_of_an_earlier_form_becomes_one_of_today_and_the_same_every_time() -> None:
    plain = {name: value for name, value in cell("markdown", "a").items() if name != "id"}
    made = template.strip_notebook(notebook(plain, plain, minor=2), "a.ipynb")
    assert json.loads(made)["nbformat_minor"] == 5
    assert [each["id"] for each in json.loads(made)["cells"]] == ["cell-1", "cell-2"]
    assert template.strip_notebook(notebook(plain, plain, minor=2), "a.ipynb") == made


def test_a_notebook_that_jupyter_would_complain_about_is_refused() -> None:
    for wrong in (notebook(cell("markdown", "a"), cell("code", "b")), notebook(cell("markdown", "a", outputs=[]))):
        with pytest.raises(AuthorError, match=r"a\.ipynb: not a notebook as Jupyter writes it \(.+\); save it again"):
            template.strip_notebook(wrong, "a.ipynb")


def test_an_error_in_a_notebook_names_the_cell() -> None:
    text = notebook(cell("markdown", "a", id="a"), cell("code", "b\n# END SOLUTION"))
    with pytest.raises(AuthorError, match=r"a\.ipynb, cell 2, line 2: a solution ends that never began"):
        template.strip_notebook(text, "a.ipynb")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"source": 1}]}', "[" * 100_000])
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(AuthorError, match=r"a\.ipynb: not a notebook as Jupyter writes it"):
        template.strip_notebook(text, "a.ipynb")


# --- folders


def test_a_folder_is_built_once_and_then_left_alone(reference: Path, target: Path) -> None:
    assert template.build(reference, target) == [target / "one" / "given.csv", target / "one" / "model.py"]
    assert (target / "one" / "model.py").read_text() == STRIPPED
    assert (target / "one" / "given.csv").read_bytes() == b"\xff\r\n1,2\n"
    assert template.stale(reference, target) == []
    assert template.build(reference, target) == []


def test_stale_says_what_is_missing_different_and_extra(reference: Path, target: Path) -> None:
    template.build(reference, target)
    (target / "one" / "given.csv").unlink()
    (target / "one" / "model.py").write_text(STRIPPED.replace("import numpy as np", "import numpy"))
    (target / "one" / "old.py").touch()
    assert template.stale(reference, target) == [
        f"{target}/one/given.csv is missing",
        f"{target}/one/model.py differs from what {reference}/one/model.py gives, first in line 3",
        f"{target}/one/old.py has no counterpart in {reference}",
    ]


@pytest.mark.parametrize(("text", "line"), [(STRIPPED.removesuffix("    return a\n"), 18), (STRIPPED + "more\n", 19)])
def test_stale_names_the_line_where_the_shorter_file_has_ended(
    reference: Path, target: Path, text: str, line: int
) -> None:
    template.build(reference, target)
    (target / "one" / "model.py").write_text(text)
    assert template.stale(reference, target)[0].endswith(f"first in line {line}")


def test_build_removes_what_the_reference_lacks_and_folders_that_become_empty(reference: Path, target: Path) -> None:
    (target / "gone" / "deep").mkdir(parents=True)
    (target / "gone" / "deep" / "old.py").touch()
    assert target / "gone" / "deep" / "old.py" in template.build(reference, target)
    assert sorted(path.name for path in target.iterdir()) == ["one"]


def test_build_removes_nothing_outside_of_a_student_template(reference: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").touch()
    template.build(reference, tmp_path / "home")
    assert (tmp_path / "home" / "thesis.tex").exists()


@pytest.mark.parametrize("name", [".hidden", "__pycache__/a.nbi", "a.pyc", ".ipynb_checkpoints/a.ipynb", "model.py~"])
def test_caches_and_hidden_files_are_neither_copied_nor_removed(reference: Path, target: Path, name: str) -> None:
    (reference / "one" / name).parent.mkdir(exist_ok=True)
    (reference / "one" / name).touch()
    template.build(reference, target)
    assert not (target / "one" / name).exists()
    (target / "one" / name).parent.mkdir(exist_ok=True)
    (target / "one" / name).touch()
    assert template.build(reference, target) == template.stale(reference, target) == []


def test_nothing_is_written_when_any_file_is_wrong(reference: Path, target: Path) -> None:
    (reference / "one" / "wrong.py").write_text("# END SOLUTION\n")
    with pytest.raises(AuthorError, match=r"wrong\.py, line 1"):
        template.build(reference, target)
    assert not target.exists()


def test_a_solution_in_a_file_that_is_only_copied_is_refused(reference: Path, target: Path) -> None:
    (reference / "one" / "README.md").write_text("Hello\n### BEGIN SOLUTION\n")
    with pytest.raises(AuthorError, match=r"README\.md, line 2: solutions can be taken out of"):
        template.build(reference, target)


def test_windows_line_ends_and_byte_order_marks_are_dropped_from_code(reference: Path, target: Path) -> None:
    (reference / "one" / "model.py").write_bytes(b"\xef\xbb\xbf" + SOLVED.replace("\n", "\r\n").encode())
    template.build(reference, target)
    assert (target / "one" / "model.py").read_bytes() == STRIPPED.encode()


def test_code_that_is_not_utf_8_is_refused(reference: Path, target: Path) -> None:
    (reference / "one" / "model.py").write_bytes(b"x = '\xe9'\n")
    with pytest.raises(AuthorError, match=r"model\.py: not UTF-8 at byte 5; save it as UTF-8"):
        template.build(reference, target)


@pytest.mark.parametrize("folder", ["reference", "reference/one", "."])
def test_the_template_never_overwrites_its_reference(reference: Path, folder: str) -> None:
    with pytest.raises(AuthorError, match="lie in one another"):
        template.build(reference, reference.parent / folder)
    assert (reference / "one" / "model.py").read_text() == SOLVED


def test_an_empty_or_missing_reference_does_not_wipe_the_template(tmp_path: Path, target: Path) -> None:
    (target / "one").mkdir(parents=True)
    (target / "one" / "model.py").touch()
    with pytest.raises(AuthorError, match="no course material there"):
        template.build(tmp_path / "nowhere", target)
    assert (target / "one" / "model.py").exists()


def test_a_folder_that_stands_in_the_way_is_an_error_in_words(reference: Path, target: Path) -> None:
    (target / "one" / "model.py" / ".git").mkdir(parents=True)
    with pytest.raises(AuthorError, match=r"model\.py: cannot be written"):
        template.build(reference, target)


def test_what_is_kept_elsewhere_is_copied_into_the_reference_and_the_template(reference: Path, target: Path) -> None:
    master = reference.parent / "master.py"
    master.write_text(SOLVED)
    changed = template.build(reference, target, masters={"one/copy.py": master})
    assert changed[0] == reference / "one" / "copy.py"
    assert (reference / "one" / "copy.py").read_text() == SOLVED
    assert (target / "one" / "copy.py").read_text() == STRIPPED
    assert template.build(reference, target, masters={"one/copy.py": master}) == []


def test_a_copy_that_differs_from_its_master_is_stale(reference: Path, target: Path) -> None:
    masters = {"one/copy.py": reference / "one" / "model.py"}
    template.build(reference, target, masters=masters)
    (reference / "one" / "copy.py").write_text("x = 1\n")
    assert template.stale(reference, target, masters=masters) == [
        f"{reference}/one/copy.py differs from its master {reference}/one/model.py"
    ]


def test_a_master_that_is_not_there_is_an_error_in_words(reference: Path, target: Path) -> None:
    with pytest.raises(AuthorError, match=r"nowhere\.py: cannot be read"):
        template.stale(reference, target, masters={"one/copy.py": reference / "nowhere.py"})


# --- the course


@pytest.mark.parametrize("name", ["byomlp", "modules"])
def test_the_template_in_the_repository_is_up_to_date(root: Path, name: str) -> None:
    folders = (root / folder / name for folder in ("reference", "student_template"))
    assert template.stale(*folders, masters=find(name).masters) == []


@pytest.mark.parametrize("name", ["layers.py", "losses.py", "digits.py", "drawn_digits.py", "DiscTest.ipynb"])
def test_what_students_are_given_whole_is_unchanged(root: Path, name: str) -> None:
    given, master = (root / folder / "byomlp" / name for folder in ("student_template", "reference"))
    assert given.read_bytes() == master.read_bytes()


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("__init__", (2, None)),
        ("add_layer", (3, None, None)),
        ("forward", ([1.0, 2.0],)),
        ("backward", ([1.0, 2.0], 1.0)),
        ("step", (0.1,)),
        ("zero_grad", ()),
    ],
)
def test_every_method_of_the_template_waits_to_be_written(root: Path, method: str, arguments: tuple[Any, ...]) -> None:
    mlp = runpy.run_path(str(root / "student_template" / "byomlp" / "mlp.py"))["MLP"]
    with pytest.raises(NotImplementedError, match=rf"write MLP\.{method}"):
        getattr(mlp, method)(mlp.__new__(mlp), *arguments)
    assert getattr(mlp, method).__doc__


NOTEBOOKS = ["Classification.ipynb", "Autoencoder.ipynb"]


def cells(root: Path, name: str, kind: str) -> list[str]:
    """Return the sources of the cells of one kind of a notebook in the template."""
    notebook = json.loads((root / "student_template" / "byomlp" / name).read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_of_the_template_notebooks_is_python(root: Path, name: str) -> None:
    code = [re.sub(r"^%.*$", "", source, flags=re.MULTILINE) for source in cells(root, name, "code")]
    assert [type(ast.parse(source)) for source in code] == [ast.Module] * len(code)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_template_notebooks_make_no_network_and_train_none(root: Path, name: str) -> None:
    code = "\n".join(cells(root, name, "code"))
    assert re.findall(r"MLP\(|add_layer|\w\.(?:forward|backward|step|zero_grad)\(", code) == []
    assert code.count("raise NotImplementedError") >= 8


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_template_notebooks_end_with_a_place_for_the_answer(root: Path, name: str) -> None:
    assert cells(root, name, "markdown")[-1].endswith("\n\n*Write your answer here.*")
