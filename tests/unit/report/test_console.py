from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from grader.model import Report, Verdict
from grader.report import summary_table, terminal
from kit import report_samples as samples


def printed(what: RenderableType, *, width: int = 80, encoding: str = "utf-8", colour: bool = False) -> str:
    """Return what a console of that kind would show."""
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, newline="\n", write_through=True) as file:
        Console(file=file, width=width, force_terminal=colour, color_system="standard" if colour else None).print(what)
        return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize(
    "made", [samples.right, samples.wrong, samples.blocked, samples.withheld, samples.notebooks, samples.hostile]
)
def test_no_line_is_wider_than_the_terminal(made: Callable[[], Report], width: int) -> None:
    assert max(len(line) for line in printed(terminal(made().result), width=width).splitlines()) <= width


def test_a_passed_check_shows_its_title_and_points() -> None:
    shown = printed(terminal(samples.right().result))
    assert "  ✓ Weights start as 0.1 times standard normal numbers                     2 / 2\n" in shown
    assert "25 of 25 points. Everything that was checked is right." in shown


def test_a_failed_check_shows_what_is_wrong_and_below_it_the_hint() -> None:
    shown = printed(terminal(samples.wrong().result))
    assert "  ✗ Backpropagation agrees with central differences (see 1 below)          0 / 6\n" in shown
    assert "1.  Backpropagation agrees with central differences                           −6\n" in shown
    assert "    W of layer 1, entry [3, 0] is 1.354, expected 0.01354" in shown
    assert "    → The gradients are those of a network without activation" in shown


def test_a_reason_that_blocks_many_checks_is_said_once() -> None:
    shown = printed(terminal(samples.blocked().result))
    assert (shown.count("expected ':'"), shown.count("it must end without an error")) == (1, 1)
    assert "  ✗ 6 checks (see 1 below)                                                0 / 10\n" in shown
    assert "    10 more checks wait for it." in shown


def test_what_is_not_judged_has_no_tick_and_says_that_it_costs_nothing() -> None:
    wrong = samples.finding("layer_shapes", Verdict.FAILED, "wrong")
    spared = replace(samples.finding("initialisation", message="not judged, because of it"), because="layer_shapes")
    report = samples.report({"layer_shapes": wrong, "initialisation": spared})
    shown = printed(terminal(report.result))
    assert "  – Weights start as 0.1 times standard normal numbers (not judged, see    2 / 2\n    1 below)" in shown
    assert "    1 check could not be judged because of it, which costs nothing." in shown
    assert "  -- Weights start as" in printed(terminal(report.result), encoding="ascii")


def test_withheld_points_are_explained_with_the_fault() -> None:
    shown = " ".join(printed(terminal(samples.withheld().result)).split())
    assert "? / 3" in shown
    assert "3 points are withheld, not lost" in shown
    assert "the sandbox went away (exit status 125)" in shown


def test_what_waits_for_a_person_has_a_sign_of_its_own_and_pending_points() -> None:
    shown = printed(terminal(samples.notebooks().result))
    assert "  ○ The two networks are compared in words                             2 pending\n" in shown
    assert "    Your comparison of 71 words waits for a person." in shown
    assert "7 of 10 points, 2 pending. Start with" in shown
    assert "fault" not in shown


def test_the_size_of_the_run_stands_below_the_score() -> None:
    assert "Notebooks were run at the quick size" in printed(terminal(samples.notebooks().result))


def test_a_class_table_has_a_column_of_pending_points_where_there_are_any() -> None:
    shown = printed(summary_table([samples.notebooks().result, samples.waiting().result], {"eve": "no"}), width=110)
    assert "Pending" in shown
    assert "7 / 10         2   The accuracies that the" in shown
    assert "Pending" not in printed(summary_table([samples.wrong().result]), width=110)


def test_student_text_is_neither_markup_nor_control_sequence() -> None:
    shown = printed(terminal(samples.hostile().result))
    assert "[bold]" in shown
    assert {character for character in shown if not character.isprintable()} == {"\n"}


def test_hostile_text_adds_no_control_sequence_of_its_own_in_colour() -> None:
    assert "\x1b]" not in printed(terminal(samples.hostile().result), colour=True)


def test_a_terminal_without_unicode_gets_words_instead_of_symbols() -> None:
    shown = printed(terminal(samples.wrong().result), encoding="ascii")
    assert "  ok Weights start as 0.1 times standard normal numbers                    2 / 2\n" in shown
    assert "  NO Backpropagation agrees with central differences" in shown
    assert "  .. The two networks are compared" in printed(terminal(samples.waiting().result), encoding="ascii")


def test_a_class_is_a_table_with_a_row_for_each_submission_in_order() -> None:
    shown = printed(
        summary_table([samples.wrong().result, samples.right().result], {"eve": "eve.zip: not a zip file"}), width=160
    )
    names = [line.split()[0].strip("─") for line in shown.splitlines() if line.strip()]
    assert names == ["Submission", "", "alice", "bob", "eve", "2"]


def test_a_class_table_shows_points_and_what_to_look_at_first() -> None:
    shown = printed(summary_table([samples.wrong().result, samples.withheld().result]), width=100)
    assert "14 / 25   Backpropagation agrees" in shown
    assert "22 / 25   3 withheld" in shown


@pytest.mark.parametrize(("width", "columns"), [(100, True), (60, False)])
def test_a_class_table_leaves_out_the_items_where_there_is_no_room_for_them(width: int, columns: bool) -> None:
    shown = printed(summary_table([samples.wrong().result]), width=width)
    assert ("Forward" in shown, "There is no room" in shown) == (columns, not columns)
    assert "14 / 25" in shown


def test_a_class_table_says_why_a_submission_was_not_graded() -> None:
    shown = printed(summary_table([samples.right().result], {"[red]eve": "not\x1b[2Ja zip"}), width=100)
    assert "[red]eve" in shown
    assert "not graded: not\\x1b[2Ja zip" in shown
    assert "1 graded, 1 could not be read; 25 points on average." in shown


def test_a_class_of_nobody_is_an_empty_table() -> None:
    assert "Submission" in printed(summary_table([]))
