from __future__ import annotations

import pytest

from grader.suggestions import did_you_mean, similar_names


@pytest.mark.parametrize(
    "path",
    [
        "MLP.py",
        "mlp (1).py",
        "mlp-2.py",
        "Copy of mlp.py",
        "my_mlp_final.py",
        "mlp.py.txt",
        "mlp.ipynb",
        "mlp1.py",
        "mpl.py",
        "mlp",
        "code/Mlp.py",
    ],
)
def test_a_misspelt_file_is_similar(path: str) -> None:
    assert similar_names("mlp.py", ["layers.py", path, "data.csv"]) == (path,)


@pytest.mark.parametrize(
    "path", ["layers.py", "losses.py", "digits.py", "notes.txt", "temple.py", "mlp.py", "Classification.ipynb"]
)
def test_another_file_is_not(path: str) -> None:
    assert similar_names("mlp.py", [path]) == ()


def test_at_most_five_are_named_the_closest_first() -> None:
    files = ["mlp (1).py", "mlp (2).py", "mlp (3).py", "old mlp.txt", "mlp1.py", "MLP.py"]
    assert similar_names("mlp.py", files) == ("MLP.py", "mlp1.py", "mlp (1).py", "mlp (2).py", "mlp (3).py")


def test_the_closest_option_is_offered() -> None:
    assert did_you_mean("forwrad", ["backward", "forward"]) == "; did you mean 'forward'?"


@pytest.mark.parametrize("options", [[], ["backward", "disc"]])
def test_nothing_is_offered_where_nothing_is_close(options: list[str]) -> None:
    assert did_you_mean("zzz", options) == ""
