"""What cells show is gathered within bounds, and what runs too long is interrupted where it may be."""

from __future__ import annotations

import base64
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from grader.worker import kernel_outputs
from grader.worker.alarm import Alarm, Overtime
from grader.worker.kernel_interrupts import OURS, Interruption, is_own_in
from grader.worker.kernel_outputs import Outputs, overwritten
from grader.worker.problems import CELL, Places

MANY = 10**9


def message(kind: str, **content: Any) -> dict[str, Any]:
    """Return a message of the kernel."""
    return {"header": {"msg_type": kind}, "parent_header": {"msg_id": "1"}, "content": content}


def printed(*texts: str) -> list[dict[str, Any]]:
    """Return the messages of prints."""
    return [message("stream", name="stdout", text=text) for text in texts]


def picture(size: int = 100, **more: Any) -> dict[str, Any]:
    """Return the message of a figure whose PNG has `size` bytes."""
    data = {"image/png": base64.b64encode(kernel_outputs.PNG + bytes(size - 8)).decode(), "text/plain": "<Figure>"}
    return message("display_data", data=data, **more)


def shown(*messages: dict[str, Any], room: int = MANY) -> list[dict[str, Any]]:
    """Return the outputs that messages make."""
    outputs = Outputs()
    for each in messages:
        outputs.take(each)
    return outputs.finish(room)


def texts(*messages: dict[str, Any]) -> list[str]:
    """Return the texts of the outputs that messages make."""
    return [each["text"] for each in shown(*messages)]


# outputs


def test_prints_are_one_output() -> None:
    assert texts(*printed("a", "b\n", "c")) == ["ab\nc"]


def test_outputs_keep_their_order() -> None:
    error = message("error", traceback=["Traceback", "NameError: x"])
    kinds = [each["kind"] for each in shown(*printed("a"), picture(), *printed("b"), error)]
    assert kinds == ["text", "png", "text", "error"]


@pytest.mark.parametrize(
    ("line", "seen"),
    [("abc", "abc"), ("abc\rx", "xbc"), ("10%\r20%\r", "20%"), ("long line\rshort", "shortline"), ("\r\rx", "x")],
)
def test_a_carriage_return_writes_over_the_line(line: str, seen: str) -> None:
    assert overwritten(line) == seen


@pytest.mark.parametrize("pieces", [["10%\r20%\r", "30%\n"], ["10%", "\r20%", "\r30%\n"], ["10%\r20%\r30%\n"]])
def test_a_carriage_return_may_come_in_pieces(pieces: list[str]) -> None:
    assert texts(*printed(*pieces)) == ["30%\n"]


def test_colours_are_taken_out() -> None:
    assert texts(*printed("\x1b[31mred\x1b[0m")) == ["red"]


def test_of_much_text_head_and_tail_stay() -> None:
    (text,) = texts(*printed("first\n", *["x" * 99 + "\n"] * 10_000, "last\n"))
    assert (text.startswith("first"), text.endswith("last\n"), len(text) < 21_000) == (True, True, True)
    assert "characters left out" in text


def test_an_endless_line_stays_bounded() -> None:
    (text,) = texts(*printed(*["x" * 100_000] * 50))
    assert len(text) < 21_000


def test_nothing_is_lost_of_what_has_room() -> None:
    lines = "".join(f"{number}\n" for number in range(3000))
    assert texts(*printed(lines)) == [lines]


def test_many_texts_of_a_cell_share_its_room() -> None:
    outputs = texts(*[each for _ in range(40) for each in (*printed("x" * 5000), picture())])
    assert sum(map(len, outputs)) < 25_000


def test_a_notebook_that_prints_much_gets_less_room_a_cell() -> None:
    outputs, sizes = Outputs(), []
    for _ in range(200):
        outputs.begin()
        outputs.take(printed("x" * 50_000)[0])
        sizes.append(len(outputs.finish(MANY)[0]["text"]))
    assert (sum(sizes) < 900_000, 1_000 <= sizes[-1] < 1_100) == (True, True)


def test_clearing_drops_what_was_shown() -> None:
    assert texts(*printed("a"), message("clear_output", wait=False), *printed("b")) == ["b"]


def test_clearing_may_wait_for_what_comes_next() -> None:
    assert texts(*printed("a"), message("clear_output", wait=True)) == ["a"]
    assert texts(*printed("a"), message("clear_output", wait=True), *printed("b")) == ["b"]


def test_a_display_can_be_updated() -> None:
    first = message("display_data", data={"text/plain": "1"}, transient={"display_id": "d"})
    second = message("update_display_data", data={"text/plain": "2"}, transient={"display_id": "d"})
    assert texts(first, second) == ["2\n"]


@pytest.mark.parametrize("kind", ["application/javascript", "application/json", "text/vnd.mermaid"])
def test_rich_outputs_become_their_text(kind: str) -> None:
    assert shown(message("display_data", data={kind: "<script>", "text/plain": "<Thing>"})) == [
        {"kind": "text", "text": "<Thing>\n", "png": None, "of": "display", "rich": {}}
    ]


@pytest.mark.parametrize("kind", kernel_outputs.RICH)
def test_forms_that_a_page_may_show_are_kept_beside_the_text(kind: str) -> None:
    assert shown(message("execute_result", data={kind: "<b>1</b>", "text/plain": "1"})) == [
        {"kind": "text", "text": "1\n", "png": None, "of": "result", "rich": {kind: "<b>1</b>"}}
    ]


def test_a_form_for_which_there_is_no_room_is_left_out() -> None:
    wide = message("display_data", data={"text/html": "x" * kernel_outputs.RICH_TEXT, "text/plain": "1"})
    too_wide = message("display_data", data={"text/html": "x" * (kernel_outputs.RICH_TEXT + 1), "text/plain": "1"})
    assert [len(each["rich"]) for each in shown(too_wide, wide, wide, wide)] == [0, 1, 1, 0]


def test_the_forms_of_a_whole_notebook_have_a_room() -> None:
    outputs, kept = Outputs(), 0
    for _ in range(30):
        outputs.begin()
        outputs.take(message("display_data", data={"text/html": "x" * kernel_outputs.RICH_TEXT}))
        kept += sum(len(each["rich"]) for each in outputs.finish(MANY))
    assert kept == kernel_outputs.NOTEBOOK_RICH // kernel_outputs.RICH_TEXT


@pytest.mark.parametrize(
    ("streams", "of"), [(["stdout"], "stdout"), (["stderr", "stderr"], "stderr"), (["stderr", "stdout"], "stdout")]
)
def test_it_is_said_where_a_text_was_printed(streams: list[str], of: str) -> None:
    (output,) = shown(*(message("stream", name=stream, text="a") for stream in streams))
    assert (output["of"], output["text"]) == (of, "a" * len(streams))


def test_figures_are_counted_even_when_cleared() -> None:
    outputs = Outputs()
    for each in (picture(), message("clear_output", wait=False), picture()):
        outputs.take(each)
    assert (outputs.figures, len(outputs.finish(MANY))) == (2, 1)


@pytest.mark.parametrize(
    "each",
    [
        picture(kernel_outputs.PICTURE_BYTES + 1),
        message("display_data", data={"image/png": base64.b64encode(b"GIF89a").decode()}),
        message("display_data", data={"image/png": "no base64 at all!"}),
    ],
    ids=["large", "no PNG", "no base64"],
)
def test_a_picture_that_is_none_or_too_large_is_a_note(each: dict[str, Any]) -> None:
    (output,) = shown(each)
    assert (output["kind"], "not kept" in output["text"]) == ("text", True)


def test_a_cell_keeps_its_first_pictures() -> None:
    kinds = [each["kind"] for each in shown(*[picture()] * 25)]
    assert kinds == ["png"] * 20 + ["text"] * 5


def test_pictures_keep_to_the_room_there_is() -> None:
    assert [each["kind"] for each in shown(picture(100), picture(300), room=200)] == ["png", "text"]


def test_a_cell_with_very_many_outputs_says_how_many_are_left_out() -> None:
    outputs = texts(*[message("execute_result", data={"text/plain": "1"})] * 1000)
    assert (len(outputs), outputs[-1]) == (65, "[... 936 more outputs left out ...]\n")


# interruptions


def run(source: str, seconds: float = 0.1, file: str = "<cell 1>", **names: Any) -> tuple[BaseException | None, int]:
    """Run a source as a cell that is interrupted after `seconds`; return what came out and how often it was."""
    places = Places(own={"mlp.py"}, known={"mlp.py"})
    interruption = Interruption(is_own_in("/box/submission", places.own))
    alarm = Alarm(places)
    try:
        alarm.run(
            60, lambda: alarm.run_within(seconds, interruption.ring, lambda: exec(compile(source, file, "exec"), names))
        )
    except BaseException as error:  # noqa: BLE001 - interrupts too
        return error, interruption.times
    finally:
        interruption.reset()
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None, interruption.times


def test_a_cell_within_its_time_is_left_alone() -> None:
    assert run("x = 1", 60) == (None, 0)


@pytest.mark.parametrize("file", ["<cell 1>", "mlp.py", "/box/submission/mlp.py", "<timed exec>"])
def test_an_endless_loop_is_interrupted_in_code_of_the_student(file: str) -> None:
    error, times = run("while True: pass", file=file)
    assert (type(error), times) == (KeyboardInterrupt, 1)


@pytest.mark.parametrize("catches", ["except KeyboardInterrupt", "except", "except BaseException"])
def test_a_loop_that_catches_interrupts_ends_nevertheless(catches: str) -> None:
    source = f"import time\nwhile True:\n    try:\n        time.sleep(0.2)\n    {catches}:\n        pass"
    error, _ = run(source)
    assert type(error) in (Overtime, KeyboardInterrupt)


def ours(source: str) -> Callable[[], None]:
    """Return a function of ours that runs `source`."""
    names: dict[str, Any] = {"now": time.monotonic}
    exec(compile(f"def work():\n    {source}", f"{OURS}test.py>", "exec"), names)
    return names["work"]  # type: ignore[no-any-return]


def test_our_own_code_is_never_interrupted_half_way() -> None:
    work = ours("end = now() + 0.2; done[0] += 1\n    while now() < end: pass\n    done[1] += 1")
    done = work.__globals__["done"] = [0, 0]
    error, _ = run("while True:\n    work()", work=work)
    assert (type(error), done[0]) == (KeyboardInterrupt, done[1])


def test_code_of_ours_that_does_not_return_is_interrupted_after_all() -> None:
    error, _ = run("work()", work=ours("while True: pass"))
    assert type(error) is KeyboardInterrupt


def test_no_trace_function_stays_behind() -> None:
    run("work()", work=ours("end = now() + 0.3\n    while now() < end: pass"))
    assert sys.gettrace() is None


def test_code_beside_the_student_s_is_not_interrupted() -> None:
    assert (
        run("import time\nend = time.monotonic() + 0.3\nwhile time.monotonic() < end: pass", file="/lib/a.py")[1] == 0
    )


def test_the_limit_of_the_operation_holds_as_well() -> None:
    alarm = Alarm(Places(own=(), known=()))
    with pytest.raises(Overtime):
        alarm.run(0.3, lambda: alarm.run_within(0.1, lambda _frame: None, lambda: time.sleep(30)))


def test_without_a_timer_a_thread_interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "setitimer")
    alarm, interruption = Alarm(Places(own=(), known=())), Interruption(lambda name: name.startswith(CELL))
    code = compile("while True: pass", f"{CELL}1>", "exec")
    with pytest.raises(KeyboardInterrupt):
        alarm.run(60, lambda: alarm.run_within(0.1, interruption.ring, lambda: exec(code, {})))
