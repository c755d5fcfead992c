"""Cells that draw images are told by what they call, also through functions of their own."""

from __future__ import annotations

from grader.notebooks.drawing_cells import drawing_cells
from kit.byomlp_notebooks import code, markdown


def test_a_cell_that_calls_the_course_function_draws() -> None:
    assert drawing_cells([code("x = 1", 1), code("show_digits(X, Y, net)", 2)], course=["show_digits"]) == [2]


def test_a_cell_that_shows_images_itself_draws() -> None:
    assert drawing_cells([code("%matplotlib inline\nplt.imshow(x.reshape(28, 28))", 1)]) == [1]


def test_a_cell_that_calls_a_function_which_draws_draws() -> None:
    cells = [code("def show(x):\n    plt.imshow(x)\ndef all_of(X):\n    show(X[0])", 1), code("all_of(X)", 2)]
    assert drawing_cells(cells) == [1, 2]


def test_functions_of_own_modules_count() -> None:
    assert drawing_cells([code("show(x)", 1)], ["def show(x):\n    ax.imshow(x)"]) == [1]


def test_a_curve_is_no_image() -> None:
    assert drawing_cells([code("plt.plot(losses)", 1), markdown("imshow")]) == []
