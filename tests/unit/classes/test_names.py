from __future__ import annotations

import pytest

from grader.classes.names import folder_of, graded_names, keys, undone


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("mlp-1.py", "mlp.py"),
        ("MLP-12.py", "mlp.py"),
        ("mlp.py", "mlp.py"),
        ("part-2.py", "part-2.py"),
        ("a.b-1.ipynb", "a.b.ipynb"),
        ("a-1.b.ipynb", "a.b.ipynb"),
    ],
)
def test_a_number_is_undone_before_the_first_dot_and_before_the_last(name: str, plain: str) -> None:
    assert undone(name, ["mlp.py", "a.b.ipynb"]) == plain


def test_two_that_would_be_one_keep_their_names() -> None:
    assert [each.name for each in graded_names([("mlp-1.py", "a"), ("mlp-2.py", "b")], ["mlp.py"])] == [
        "mlp-1.py",
        "mlp-2.py",
    ]


def test_of_two_files_of_one_name_the_second_is_called_as_in_the_download() -> None:
    found = graded_names([("mlp.py", "x_1_mlp.py"), ("mlp.py", "x_2_mlp.py")], ["mlp.py"])
    assert [(each.name, each.stored) for each in found] == [("mlp.py", "x_1_mlp.py"), ("x_2_mlp.py", "x_2_mlp.py")]


def test_a_harmless_name_is_its_own_key_whoever_else_is_there() -> None:
    assert keys(["jane", "a/b"])["jane"] == keys(["jane"])["jane"] == "jane"


def test_keys_are_alike_for_nobody() -> None:
    made = keys(["a/b", "a_b", "a+b", "A_B", "..", " a_b"])
    assert len({key.casefold() for key in made.values()}) == len(made)


def test_no_key_looks_like_another_attempt() -> None:
    assert folder_of("a", 2) not in keys(["a", "a+2"]).values()
