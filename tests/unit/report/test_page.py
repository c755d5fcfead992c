from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest

from grader.model import HeatMaps, Report
from grader.report import html, pages
from kit import report_samples as samples
from kit.pages import INERT, page_of, read, text

AUDIENCES: tuple[Literal["student", "staff"], ...] = ("student", "staff")


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize(
    "made", [samples.right, samples.wrong, samples.blocked, samples.withheld, samples.notebooks, samples.hostile]
)
def test_a_page_holds_nothing_that_runs_or_is_fetched(
    made: Callable[[], Report], audience: Literal["student", "staff"]
) -> None:
    tags = read(page_of(made, audience)).tags
    assert {tag for tag, _ in tags} <= INERT
    assert [name for _, attributes in tags for name in attributes if name.startswith("on")] == []
    links = [
        link or "" for _, attributes in tags for name, link in attributes.items() if name.endswith(("href", "src"))
    ]
    allowed = ("#", "data:image/png;base64,", *(["executed/"] if audience == "staff" else []))
    assert [link for link in links if not link.startswith(allowed)] == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_policy_forbids_everything_but_styles_and_pictures_inside_the_page(
    audience: Literal["student", "staff"],
) -> None:
    head = page_of(samples.hostile, audience).partition("<style>")[0]
    policy = "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:; "
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}' in head


@pytest.mark.parametrize("audience", AUDIENCES)
def test_hostile_text_comes_out_escaped(audience: Literal["student", "staff"]) -> None:
    page = page_of(samples.hostile, audience)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;document.body.dataset.owned=1&lt;/script&gt;&lt;img src=x onerror=" in page
    assert "\\x1b]52;c;aGk=\\x07\\r\\u202e\\udc80" in page


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_page_can_be_written_as_utf8_and_has_no_control_characters(audience: Literal["student", "staff"]) -> None:
    page = page_of(samples.hostile, audience)
    page.encode("utf-8")
    assert {character for character in page if not character.isprintable()} == {"\n"}


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("made", [samples.wrong, samples.withheld, samples.notebooks, samples.hostile])
def test_every_element_is_closed_and_every_id_is_unique(
    made: Callable[[], Report], audience: Literal["student", "staff"]
) -> None:
    reader = read(page_of(made, audience))
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert reader.open == []
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_equal_input_gives_equal_bytes(audience: Literal["student", "staff"]) -> None:
    assert html(samples.notebooks(), audience=audience) == page_of(samples.notebooks, audience)


def test_both_pages_together_are_the_same_as_one_by_one() -> None:
    both = pages(samples.wrong())
    assert both == {audience: page_of(samples.wrong, audience) for audience in AUDIENCES}


def test_a_student_reads_score_verdicts_messages_and_hints() -> None:
    words = text(page_of(samples.wrong))
    assert "14 of 25 points" in words
    assert "✗ Backpropagation agrees with central differences −6" in words
    assert "✗ Backpropagation agrees with central differences why 0 / 6" in words
    assert "W of layer 1, entry [3, 0] is 1.354, expected 0.01354" in words
    assert "What to try The gradients are those of a network without activation functions. In backward," in words
    assert "✓ zero_grad sets every gradient back to zero passed 2 / 2" in words


def test_pictures_are_drawn_with_their_titles_as_text() -> None:
    page = page_of(samples.wrong)
    assert page.count("<svg ") == page.count("<figure>") == 3
    assert '<title id="picture-7-1-title">Gradients of a 4 → 6 → 1 network with one example</title>' in page


def test_a_picture_that_cannot_be_drawn_does_not_cost_the_report() -> None:
    finding = replace(samples.finding("layer_shapes"), pictures=(HeatMaps("Broken", (("W", "no", "matrix"),)),))  # type: ignore[arg-type]
    words = text(html(samples.report({"layer_shapes": finding})))
    assert "This picture could not be drawn (ValueError)." in words
    assert "25 of 25 points" in words


def test_a_bar_shows_the_share_that_is_earned_and_the_share_that_is_open() -> None:
    page = page_of(samples.withheld)
    assert 'aria-label="12 of 15 points, 3 withheld"' in page
    assert 'class="earned" style="width: 80%"></span><span class="open" style="width: 20%"' in page


def test_a_student_reads_that_withheld_points_are_not_lost_and_nothing_of_our_machinery() -> None:
    words = text(page_of(samples.withheld))
    assert "3 points are withheld, not lost" in words
    assert "? / 3" in words
    assert "exit status" not in words


def test_a_reason_that_blocks_many_checks_is_said_once() -> None:
    assert text(page_of(samples.blocked)).count("expected ':'") == 1


def test_a_student_never_sees_output_source_seed_or_evidence() -> None:
    page = page_of(samples.wrong)
    assert not re.search(r"forward \(10,\)|est_lossderiv|98765431|sha256|timeout|missing_activation", page)


def test_a_student_reads_that_a_person_decides_and_at_which_size_notebooks_were_run() -> None:
    words = text(page_of(samples.notebooks))
    assert "○ The two networks are compared in words waits for a person 2 pending" in words
    assert "7 of 10 points, 2 pending" in words
    assert "Notebooks were run at the quick size" in words
    assert "fault" not in words


def test_a_student_never_sees_what_only_staff_read() -> None:
    page = page_of(samples.notebooks)
    assert not re.search(r"Which network works better|plot_losses|epoch 3|as it was run here|<img", page)


def test_staff_read_what_a_student_wrote_and_the_notebook_as_it_was_run() -> None:
    words = text(page_of(samples.notebooks, "staff"))
    assert "The comparison in cell 6 Which network works better? The network with two hidden layers" in words
    assert "code 5 plot_losses(errors) -----" in words
    assert "NameError: name 'plot_losses' is not defined" in words


def test_a_notebook_that_two_checks_show_stands_on_the_page_once() -> None:
    notebook = samples.transcript()
    both = {name: replace(samples.finding(name), for_staff=(notebook,)) for name in ("layer_shapes", "forward_values")}
    page = html(samples.report(both), audience="staff")
    assert page.count('id="reading-1"') == page.count('<a href="#reading-1">') == 1
    assert page.count("stochastic gradient descent") == 1


def test_a_bar_tells_pending_points_from_withheld_ones() -> None:
    assert 'style="width: 0%"></span><span class="pending" style="width: 33.33%"' in page_of(samples.notebooks)


def test_staff_see_how_it_was_graded() -> None:
    words = text(page_of(samples.wrong, "staff"))
    assert "Seed 98765431 repeat with --seed 98765431" in words
    assert "image mlpgrader-sandbox@sha256:77aa0e" in words
    assert "sha256:" + "3f" * 32 in words
    assert "layers.py was replaced by the grader's copy" in words
    assert "gradients_match · diagnosis missing_activation_derivative" in words


def test_staff_see_what_each_probe_saw_and_what_ended_it() -> None:
    words = text(page_of(samples.wrong, "staff"))
    assert "disc 5.02 timeout: backward took longer than 5 s (mlp.py line 12, in backward)" in words
    assert "forward 0.20 answered to the end" in words
    assert "weights[0] float64 (4, 3)" in words


def test_staff_see_our_faults_with_their_reasons() -> None:
    assert "the sandbox went away (exit status 125)" in text(page_of(samples.withheld, "staff"))


def test_staff_see_what_the_code_printed_and_its_source() -> None:
    page = page_of(samples.wrong, "staff")
    assert '<pre class="output" tabindex="0">' in page
    assert "<span>class MLP:\n</span><span>    def __init__(self, d, est_lossderiv):\n</span>" in page
    assert "photo.png 6 bytes, not text" in text(page)


def test_code_between_backticks_is_set_as_code_and_a_lone_backtick_stays() -> None:
    finding = replace(samples.finding("layer_shapes"), message="use `a<b` and ` only", hint="")
    assert "use <code>a&lt;b</code> and ` only" in html(samples.report({"layer_shapes": finding}))


def test_no_line_ends_within_an_arrow() -> None:
    finding = replace(
        samples.finding("layer_shapes"), title="There is 784 -> 20", message="it is 5 -> 4", hint="`a -> b`"
    )
    page = html(samples.report({"layer_shapes": finding}))
    assert page.count('784 <span class="arrow">-&gt;</span> 20') == 1
    assert page.count('5 <span class="arrow">-&gt;</span> 4') == 1
    assert "<code>a -&gt; b</code>" in page
