"""The worker's parts, each on its own: values, exceptions, switches, imports, arrays, time limits, folders."""

from __future__ import annotations

import inspect
import itertools
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.worker import attributes, folders, jupyter, loading, problems, values
from grader.worker.alarm import Alarm, Overtime
from grader.worker.problems import Places, Refused
from grader.worker.taps import Taps, Visit

PLACES = Places(own={"mlp.py"}, known={"mlp.py", "layers.py"}, hidden=["/box/submission", "/usr/python"])


def place(source: str, file: str = "mlp.py") -> dict[str, Any]:
    """Return the namespace of a module that was compiled as the file of a submission."""
    names: dict[str, Any] = {}
    exec(compile(source, file, "exec"), names)
    return names


def raised(source: str, file: str = "mlp.py") -> dict[str, str]:
    """Return the problem that running a source as the file of a submission is."""
    try:
        place(source, file)
    except BaseException as error:  # noqa: BLE001 - exits and interrupts too
        return problems.of_exception(error, PLACES)
    raise AssertionError("it runs")


# values


@pytest.mark.parametrize(
    ("returned", "dtype", "kind"),
    [
        (np.ones(2), "float64", "numpy.ndarray"),
        (np.ones(2, np.float32), "float32", "numpy.ndarray"),
        (np.ones((1, 2)).view(np.matrix), "float64", "numpy.matrix"),
        (np.ones(2, ">f8"), "float64", "numpy.ndarray"),
        (np.ones(2, np.float16), "float64", "numpy.ndarray of float16"),
        (np.ones(2, np.longdouble), "float64", f"numpy.ndarray of {np.dtype(np.longdouble).name}"),
        (np.ones(2, np.int8), "int64", "numpy.ndarray of int8"),
        (np.array([2**64 - 1, 1], np.uint64), "float64", "numpy.ndarray of uint64"),
        ([1, 2.5], "float64", "list"),
        ((1, 2), "float64", "tuple"),
        ([np.ones(2), [1, 2]], "float64", "list"),
        ([np.float32(1), True], "float64", "list"),
        (3, "float64", "int"),
        (True, "float64", "bool"),
        (np.float64(3), "float64", "numpy.float64"),
        (np.float16(3), "float64", "numpy.float16"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_numbers_of_every_kind_become_arrays_and_keep_their_true_type(returned: Any, dtype: str, kind: str) -> None:
    answer = values.describe(returned, room=1_000)
    np.testing.assert_allclose(answer["value"], np.asarray(returned, dtype=float))
    assert (answer["value"].dtype.name, answer["type"]) == (dtype, kind)


@pytest.mark.parametrize(
    ("returned", "kind"),
    [
        (None, "NoneType"),
        ("1.0", "str"),
        (1j, "complex"),
        ([1, "2"], "list"),
        ([1, [2, 3]], "list"),
        ([1, 1j], "list"),
        ({"a": 1}, "dict"),
        (np.ones(2, complex), "numpy.ndarray of complex128"),
        (np.array([None]), "numpy.ndarray of object"),
        (np.array(["a"]), "numpy.ndarray of str32"),
        (np.ma.masked_array([1.0], [True]), "numpy.ma.MaskedArray"),
        (np.ones(2).view(np.recarray), "numpy.rec.recarray"),
        (float, "type"),
        (place("class Number(float): pass")["Number"](1), "Number"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_plain_number_has_no_value_but_a_type(returned: Any, kind: str) -> None:
    answer = values.describe(returned, room=1_000)
    assert answer["value"] is None
    assert answer["type"].removeprefix("builtins.") == kind


def test_a_list_that_holds_itself_is_not_followed_for_ever() -> None:
    endless: list[Any] = [1]
    endless.append(endless)
    assert values.describe(endless, room=1_000)["value"] is None


def test_an_array_larger_than_the_room_is_refused_before_it_is_copied() -> None:
    with pytest.raises(Refused, match="too large"):
        values.describe(np.broadcast_to(0.0, (10**6, 10**6)), room=10**9)


def test_text_is_one_bounded_line_without_addresses() -> None:
    text = values.text_of([object(), "\x1b[31m" + "x" * 10_000])
    assert "0x..." in text
    assert len(text) <= problems.MESSAGE_LIMIT
    assert "\x1b" not in text


# problems


@pytest.mark.parametrize(
    ("source", "message", "where"),
    [
        ("def f():\n    return [1][3]\nf()", "IndexError: list index out of range", "mlp.py line 2, in f"),
        ("1/0", "ZeroDivisionError: division by zero", "mlp.py line 1"),
        ("raise SystemExit(3)", "SystemExit: the code calls exit()", "mlp.py line 1"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "mlp.py line 1"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'", "mlp.py line 1"),
        ("def f(:", "SyntaxError: invalid syntax", "mlp.py line 1"),
        ("if 1:\nx", "IndentationError: expected an indented block after 'if' statement on line 1", "mlp.py line 2"),
        (
            "open('/box/submission/data/x.npy')",
            "FileNotFoundError: [Errno 2] No such file or directory: 'x.npy'",
            "mlp.py line 1",
        ),
        ("raise ImportError('no x in y (/usr/python/lib/y.py)')", "ImportError: no x in y (y.py)", "mlp.py line 1"),
        ("raise ValueError('a\\x1b[31mb\\nc\\x07')", "ValueError: ab c", "mlp.py line 1"),
        ("raise ValueError(object())", "ValueError: <object object at 0x...>", "mlp.py line 1"),
        ("raise GeneratorExit('over')", "GeneratorExit: over", "mlp.py line 1"),
        ("raise type('', (BaseException,), {})('over')", "an exception without a name: over", "mlp.py line 1"),
        ("raise type('Own', (BaseException,), {'__str__': exit})", "Own: (its text cannot be read)", "mlp.py line 1"),
    ],
)
def test_an_exception_is_told_in_words_that_name_the_students_place(source: str, message: str, where: str) -> None:
    assert raised(source) == {"kind": "raised", "message": message, "where": where}


def test_running_out_of_memory_is_a_problem_of_its_own_kind() -> None:
    assert raised("raise MemoryError")["kind"] == "memory"


def test_a_limit_of_the_parser_is_no_lack_of_memory(importing: Any) -> None:
    with pytest.raises(MemoryError) as caught:
        loading.load(importing({"mlp.py": "x = " + "-" * 100_000 + "1"}), "mlp.py", "mlp")
    told = problems.of_exception(caught.value, PLACES)
    assert (told["kind"], told["message"]) == ("raised", problems.TOO_DEEP)


def test_an_exception_of_which_nothing_can_be_asked_is_a_problem_all_the_same() -> None:
    told = raised(
        "class Evil(SyntaxError):\n    def __getattribute__(self, name): raise SystemExit\nraise Evil('a', ('b', 1, 1, 'c'))"
    )
    assert told == {"kind": "raised", "message": problems.UNTOLD, "where": ""}


def test_the_deepest_own_place_is_named_and_not_the_provided_file_below_it() -> None:
    layers = place("def relu(u):\n    return u + None", "layers.py")
    with pytest.raises(TypeError) as caught:
        exec(compile("def f(relu):\n    relu(1)\n\nf(relu)", "mlp.py", "exec"), layers)
    assert problems.of_exception(caught.value, PLACES)["where"] == "mlp.py line 2, in f"


def test_a_long_message_is_cut() -> None:
    message = raised("raise ValueError('x' * 10**6)")["message"]
    assert len(message) == problems.MESSAGE_LIMIT
    assert message.endswith("…")


def test_a_metaclass_that_exits_does_not_get_its_way() -> None:
    hostile = place(
        "class Meta(type):\n    def __getattribute__(cls, name): raise SystemExit\nclass A(metaclass=Meta): pass"
    )
    assert problems.type_name(hostile["A"]()) == "A"


# taps


def relu(u: Any, slope: float = 0.0) -> Any:
    """Rectify."""
    return np.where(u > 0, u, slope * u)


def test_a_tapped_function_is_what_it_was_while_it_is_off() -> None:
    tapped = Taps().tapped(relu)
    assert tapped(np.array([-2.0, 3.0]), slope=0.5).tolist() == [-1.0, 3.0]
    assert (tapped.__name__, tapped.__doc__) == ("relu", "Rectify.")
    assert inspect.signature(tapped) == inspect.signature(relu)


def visited(visit: Visit, *arguments: Any) -> list[Any]:
    """Return what a tapped function gives for one argument after another during a visit."""
    taps = Taps()
    tapped = taps.tapped(relu)
    taps.visitor = visit
    return [np.asarray(tapped(argument)).tolist() for argument in arguments]


def test_identity_returns_a_copy_of_the_argument() -> None:
    given = np.array([-1.0, 2.0])
    visit = Visit(identity=True, force=None, record=None, row=np.zeros(1))
    assert visited(visit, given) == [[-1.0, 2.0]]
    assert visit(relu, (given,), {}) is not given


def test_a_forced_call_returns_the_row_in_the_shape_of_its_argument() -> None:
    visit = Visit(identity=False, force=1, record=None, row=np.array([5.0, 6.0]))
    assert visited(visit, np.array([-1.0]), np.array([[1.0], [2.0]]), np.array([-3.0])) == [
        [-0.0],
        [[5.0], [6.0]],
        [-0.0],
    ]
    assert visit.calls == 3


def test_a_forced_call_of_another_width_is_refused() -> None:
    with pytest.raises(Refused, match="gets 3 numbers, the layer has 2 neurons"):
        visited(Visit(identity=False, force=0, record=None, row=np.zeros(2)), np.zeros(3))


def test_the_argument_of_the_call_to_record_is_kept_as_it_was() -> None:
    given = np.array([-1.0, 2.0])
    visit = Visit(identity=False, force=None, record=0, row=np.zeros(1))
    visited(visit, given)
    given[:] = 0
    assert visit.recorded().tolist() == [-1.0, 2.0]


def test_a_call_to_record_that_never_came_is_refused() -> None:
    visit = Visit(identity=False, force=None, record=2, row=np.zeros(1))
    visited(visit, np.zeros(1), np.zeros(1))
    with pytest.raises(Refused, match="called 2 times only"):
        visit.recorded()


# loading


@pytest.fixture
def importing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a function that opens files of a submission for import, and forget afterwards what was imported."""
    before = set(sys.modules)

    def offer(files: dict[str, str]) -> loading.SubmissionFinder:
        finder = loading.SubmissionFinder({name: text.encode() for name, text in files.items()}, "/box/submission")
        monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
        return finder

    yield offer
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_what_is_tried_out_below_a_class_may_end_in_an_error(importing: Any) -> None:
    source = "class MLP:\n    def step(self): return helper()\nX = open('nowhere')\nX.read()\ndef helper(): return 3\n"
    found = loading.load(importing({"mlp.py": source}), "mlp.py", "mlp")
    assert (list(found["classes"]), list(found["functions"])) == (["MLP"], ["helper"])
    assert type(found["stumbled"]) is FileNotFoundError
    assert loading.resolve("mlp.MLP")().step() == 3


@pytest.mark.parametrize("source", ["X = open('nowhere')\nclass MLP: pass", "class MLP: pass\nexit()"])
def test_an_error_above_the_class_and_an_end_of_the_program_are_none_to_go_on_after(
    importing: Any, source: str
) -> None:
    with pytest.raises((FileNotFoundError, SystemExit)):
        loading.load(importing({"mlp.py": source}), "mlp.py", "mlp")
    assert "mlp" not in sys.modules


def test_a_class_in_other_capitals_is_the_one_that_is_asked_for_where_there_is_one(importing: Any) -> None:
    loading.load(importing({"mlp.py": "class Mlp: pass\nclass NET: pass\nclass Net: pass"}), "mlp.py", "mlp")
    assert loading.resolve("mlp.MLP").__name__ == "Mlp"
    with pytest.raises(Refused):
        loading.resolve("mlp.net")


FITS = {"MLP": ["forward", "backward", "step"]}
WHOLE = "def forward(self): pass\n    def backward(self): pass\n"


@pytest.mark.parametrize(
    ("source", "called"),
    [
        (f"class Network:\n    {WHOLE}\nclass Layer:\n    def forward(self): pass\n", "Network"),
        (f"class Mlp: pass\nclass Network:\n    {WHOLE}", "Mlp"),
        (f"class Base:\n    {WHOLE}\nclass Network(Base): pass", "Network"),
        (f"class Network:\n    {WHOLE}\nNet = Network", "Network"),
        (f"class MLP: pass\nclass Network:\n    {WHOLE}", None),
        (f"class One:\n    {WHOLE}\nclass Two:\n    {WHOLE}", None),
    ],
)
def test_a_class_of_another_name_is_taken_where_exactly_one_fits(
    importing: Any, source: str, called: str | None
) -> None:
    found = loading.load(importing({"mlp.py": source}), "mlp.py", "mlp", FITS)
    assert found["called"].get("MLP") == called
    assert getattr(sys.modules["mlp"], "MLP", None) is (getattr(sys.modules["mlp"], called or "MLP", None))


@pytest.mark.parametrize(
    ("line", "passed_over"),
    [
        ("%matplotlib inline", [1]),
        ("!pip install numpy", [1]),
        ("files = !ls", [1]),
        ("print?", [1]),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", []),
        ("display(3)", []),
    ],
)
def test_what_only_jupyter_understands_does_nothing_in_a_file(
    importing: Any, line: str, passed_over: list[int]
) -> None:
    found = loading.load(importing({"mlp.py": f"{line}\nclass MLP: pass"}), "mlp.py", "mlp")
    assert (list(found["classes"]), found["jupyter"]) == (["MLP"], passed_over)


def test_ipython_that_runs_no_notebook_offers_what_does_nothing() -> None:
    package = SimpleNamespace(get_ipython=lambda: None)
    jupyter.LOST["IPython"](package)
    assert package.get_ipython().system("pip install numpy") is None


def test_a_file_that_is_wrong_without_its_lines_of_jupyter_too_says_where(importing: Any) -> None:
    with pytest.raises(SyntaxError) as caught:
        loading.load(importing({"mlp.py": "%matplotlib inline\nclass MLP: pass\nx = = 3\n"}), "mlp.py", "mlp")
    assert caught.value.lineno == 3


def test_classes_and_functions_are_listed_with_their_parameters(importing: Any) -> None:
    source = (
        "from os import path\nfrom collections import OrderedDict\n"
        "class MLP:\n"
        "    def forward(self, x, start=None, *rest, deep, flat=1, **more): pass\n"
        "    @staticmethod\n    def fresh(n): pass\n"
        "    @classmethod\n    def made(cls, n=3): pass\n"
        "def solve(x): pass\n"
    )
    assert loading.load(importing({"mlp.py": source}), "mlp.py", "mlp") == {
        "classes": {
            "MLP": {"forward": ["x", "start=", "*rest", "deep!", "flat!=", "**more"], "fresh": ["n"], "made": ["n="]}
        },
        "functions": {"solve": ["x"]},
        "called": {},
        "jupyter": [],
    }


def test_inherited_methods_and_classes_from_the_students_other_modules_are_listed(importing: Any) -> None:
    files = {
        "parts/net.py": "class Net:\n    def step(self, alpha): pass",
        "mlp.py": "from parts.net import Net\nclass MLP(Net): pass",
    }
    found = loading.load(importing(files), "mlp.py", "mlp")
    assert found["classes"] == {"Net": {"step": ["alpha"]}, "MLP": {"step": ["alpha"]}}


def test_names_that_are_too_long_to_travel_are_left_out_and_nothing_else(importing: Any) -> None:
    long = "a" * 121
    source = f"def {long}(x): pass\nclass MLP:\n    def {long}(self): pass\n    def step(self, {long}): pass\nclass {long}: pass"
    found = loading.load(importing({"mlp.py": source}), "mlp.py", "mlp")
    assert (found["classes"], found["functions"]) == ({"MLP": {"step": [long]}}, {})


def test_listing_a_module_asks_no_object_in_it_anything(importing: Any) -> None:
    source = (
        "class Meta(type):\n    def __getattribute__(cls, name): raise SystemExit\n"
        "class Odd(metaclass=Meta):\n    def __getattribute__(self, name): raise SystemExit\n"
        "odd = Odd()\n"
        "def solve(x): pass\nsolve.__signature__ = odd\n"
        "def other(x): pass\nother.__module__ = [odd]\n"
        "globals()[7] = odd\n"
    )
    found = loading.load(importing({"mlp.py": source}), "mlp.py", "mlp")
    assert (found["classes"], found["functions"]) == ({"Meta": {"__getattribute__": ["name"]}}, {"solve": []})


def test_another_module_that_imports_mlp_gets_the_same_one(importing: Any) -> None:
    files = {"mlp.py": "class MLP: pass\nimport odd_helper", "odd_helper.py": "import mlp"}
    loading.load(importing(files), "mlp.py", "mlp")
    assert sys.modules["odd_helper"].mlp is sys.modules["mlp"]


@pytest.mark.parametrize("name", ["json", "numpy", "matplotlib", "random", "sitecustomize_", "numpy.linalg"])
def test_only_names_of_their_own_are_found_in_a_submission(importing: Any, name: str) -> None:
    found = importing({f"{name.replace('.', '/')}.py": "raise SystemExit"}).find_spec(name)
    assert (found is not None) == (name == "sitecustomize_")


def test_a_module_that_failed_is_not_half_there(importing: Any) -> None:
    finder = importing({"mlp.py": "1/0\nclass MLP: pass"})
    with pytest.raises(ZeroDivisionError):
        loading.load(finder, "mlp.py", "mlp")
    assert "mlp" not in sys.modules


def test_a_missing_file_is_said(importing: Any) -> None:
    with pytest.raises(Refused, match="there is no file"):
        loading.load(importing({}), "mlp.py", "mlp")


def test_switches_are_there_before_other_provided_modules_import_the_functions(importing: Any) -> None:
    importing({"odd_layers.py": "def relu(u): return u", "odd_losses.py": "from odd_layers import relu"})
    loading.preload(["odd_layers", "odd_losses"], ["odd_layers.relu"], Taps())
    assert sys.modules["odd_losses"].relu is sys.modules["odd_layers"].relu
    assert hasattr(sys.modules["odd_layers"].relu, "__wrapped__")


@pytest.mark.parametrize("path", ["mlp_of_nobody.MLP", "json.no_such_name"])
def test_a_name_that_is_not_there_is_refused(path: str) -> None:
    with pytest.raises(Refused):
        loading.resolve(path)


# attributes


def paths(target: Any) -> list[str]:
    return [entry["path"] for entry in attributes.find(target, room=10_000)]


def test_arrays_are_found_in_attributes_dicts_lists_tuples_objects_and_slots() -> None:
    names = place(
        "class Layer:\n    __slots__ = ('W', 'b', 'unset')\n"
        "class Net:\n    def __init__(self, layer, np):\n"
        "        self.layers = [layer]; self.params = {'W1': np.ones(2), 3: (np.ones(1),)}; self.name = 'x'; self.f = max\n"
    )
    layer = names["Layer"]()
    layer.W, layer.b = np.ones((2, 2)), np.ones(2)
    net = names["Net"](layer, np)
    assert paths(net) == ["layers[0].W", "layers[0].b", "params['W1']", "params[3][0]"]


def test_attributes_may_be_called_anything() -> None:
    class Odd: ...

    odd = Odd()
    vars(odd)["\x1b a"] = np.ones(2)
    assert [each["path"] for each in attributes.find(odd, room=1_000)] == [".'\\x1b a'".removeprefix(".")]


def test_arrays_that_are_one_object_say_so() -> None:
    shared = np.ones(2)
    found = attributes.find([np.zeros(1), shared, shared], room=1_000)
    assert [entry["same"] for entry in found] == [0, 1, 1]


def test_looking_for_arrays_runs_no_code_of_the_class_and_ends() -> None:
    names = place(
        "class Net(list):\n"
        "    def __getattribute__(self, name): raise SystemExit\n"
        "    def __iter__(self): raise SystemExit\n"
        "    @property\n    def trap(self): raise SystemExit\n"
    )
    net = names["Net"]()
    net += [net, np.ones(2)]
    assert paths(net) == ["[1]"]


def test_arrays_that_are_too_large_together_are_refused() -> None:
    with pytest.raises(Refused, match="too large"):
        attributes.find([np.zeros(1_000), np.zeros(1_000)], room=10_000)


# alarm

needs_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that raises")


@pytest.fixture
def alarm() -> Iterator[Alarm]:
    before = signal.getsignal(signal.SIGALRM)
    yield Alarm(PLACES)
    signal.signal(signal.SIGALRM, before)


@needs_timer
def test_a_loop_without_end_is_interrupted_and_placed(alarm: Alarm) -> None:
    loop = place("def deep():\n    while True:\n        pass\n\ndef loop():\n    deep()")["loop"]
    with pytest.raises(Overtime):
        alarm.run(0.01, loop)
    assert alarm.where == "mlp.py line 5, in loop"
    assert alarm.exactly in {"mlp.py line 2, in deep", "mlp.py line 3, in deep"}


@needs_timer
def test_swallowing_everything_once_does_not_help(alarm: Alarm) -> None:
    names = place(
        "def loop():\n    try:\n        for _ in for_ever: int()\n    except BaseException: swallowed.append(1)\n"
        "    for _ in for_ever: int()"
    )
    swallowed: list[int] = []
    names.update(swallowed=swallowed, for_ever=itertools.count())
    with pytest.raises(Overtime):
        alarm.run(0.01, names["loop"])
    assert swallowed == [1]


@needs_timer
def test_the_alarm_is_off_afterwards(alarm: Alarm) -> None:
    assert alarm.run(5.0, lambda: 3) == 3
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


# folders


def test_a_folder_is_emptied_however_deep_and_closed_it_is(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(40):
        deep = deep / ("deeper" * 10)
        deep.mkdir()
    (deep / "file").write_text("x")
    (tmp_path / "closed").mkdir(mode=0o000)
    (tmp_path / "link").symlink_to(tmp_path)
    folders.empty(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_emptying_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("x")
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "link").symlink_to(tmp_path / "kept", target_is_directory=True)
    folders.empty(tmp_path / "box")
    assert (tmp_path / "kept" / "file").read_text() == "x"


def test_the_files_of_a_submission_are_laid_with_their_folders(tmp_path: Path) -> None:
    folders.lay({"mlp.py": b"x", "parts/net.py": b"y"}, tmp_path / "submission")
    assert (tmp_path / "submission" / "parts" / "net.py").read_bytes() == b"y"
