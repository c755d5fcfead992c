from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from grader import rubric
from grader.errors import AuthorError
from grader.model import Limits, Parameter, RubricItem

CHECKS = {"layer_shapes": (), "forward_values": ("tolerance",), "gradients_match": ()}
GOOD = """\
assignment = "byomlp"
title = "An assignment"
points = 5

[limits]
call_seconds = 2
processes = 8

[[item]]
id = "forward"
title = "Forward pass"
points = 3.5
checks = { layer_shapes = 0, forward_values = 3.5 }

[[item]]
id = "backprop"
title = "Backpropagation"
points = 1.5
public = false
checks = { gradients_match = 1.5 }

[thresholds.forward_values]
tolerance = 1
"""


def load(folder: Path, text: str) -> rubric.Rubric:
    (folder / "byomlp.toml").write_text(text, encoding="utf-8")
    return rubric.load(folder / "byomlp.toml", checks=CHECKS)


def complaint(folder: Path, text: str) -> list[str]:
    with pytest.raises(AuthorError) as caught:
        load(folder, text)
    return str(caught.value).splitlines()


def test_a_good_rubric_is_read_whole(tmp_path: Path) -> None:
    read = load(tmp_path, GOOD)
    assert (read.assignment, read.title, read.points) == ("byomlp", "An assignment", 5)
    assert read.items == (
        RubricItem("forward", "Forward pass", 3.5, {"layer_shapes": 0.0, "forward_values": 3.5}),
        RubricItem("backprop", "Backpropagation", 1.5, {"gradients_match": 1.5}, public=False),
    )
    assert read.thresholds == {"forward_values": {"tolerance": 1.0}}
    assert read.digest == f"sha256:{hashlib.sha256(GOOD.encode()).hexdigest()}"


def test_limits_that_are_not_named_keep_their_defaults(tmp_path: Path) -> None:
    limits = load(tmp_path, GOOD).limits
    assert limits == Limits(call_seconds=2.0, processes=8)
    assert isinstance(limits.call_seconds, float)
    assert isinstance(limits.processes, int)


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff" + GOOD).points == 5


WRONG = {
    "sum of an item": (
        ("forward_values = 3.5", "forward_values = 2"),
        "item 'forward' is worth 3.5, its checks add up to 2",
    ),
    "sum of all": (("points = 5", "points = 6"), "the rubric is worth 6, its items add up to 5"),
    "unknown check": (
        ("gradients_match =", "gradient_match ="),
        "item 'backprop': there is no check 'gradient_match'; did you mean 'gradients_match'?",
        "check 'gradients_match' is in no item; add it to one, with 0 points if it is worth nothing by itself",
    ),
    "far from any check": (
        ("gradients_match = 1.5", "gradients_match = 1.5, zzz = 0"),
        "item 'backprop': there is no check 'zzz'; remove it",
    ),
    "unused check": (
        ("layer_shapes = 0, ", ""),
        "check 'layer_shapes' is in no item; add it to one, with 0 points if it is worth nothing by itself",
    ),
    "repeated check": (
        ("gradients_match = 1.5", "gradients_match = 1.5, layer_shapes = 0"),
        "check 'layer_shapes' is in item 'forward' and in item 'backprop'; keep it in one of them",
    ),
    "repeated id": (('id = "backprop"', 'id = "forward"'), "2 items have the id 'forward'; give each its own"),
    "odd id": (
        ('id = "backprop"', 'id = "Back prop"'),
        "item 'Back prop' is to have an id of small letters, digits and underscores that begins with a letter",
    ),
    "misspelt key": (
        ("[[item]]\nid", "[[item]]\npoint = 1\nid"),
        "item 'forward' has the unknown key 'point'; did you mean 'points'?",
        "item 'backprop' has the unknown key 'point'; did you mean 'points'?",
    ),
    "key of no use": (("points = 5", "points = 5\nzzz = 1"), "the rubric has the unknown key 'zzz'; remove it"),
    "no title": (('title = "An assignment"\n', ""), "the rubric lacks 'title'; add it"),
    "no id": (('id = "backprop"\n', ""), "item number 2 lacks 'id'; add it"),
    "no checks": (
        ("checks = { gradients_match = 1.5 }\n", ""),
        "item 'backprop' lacks 'checks'; add it",
        "check 'gradients_match' is in no item; add it to one, with 0 points if it is worth nothing by itself",
    ),
    "empty title": (
        ('title = "Backpropagation"', 'title = " "'),
        "item 'backprop': 'title' is ' '; write a text in quotes",
    ),
    "number as title": (('title = "An assignment"', "title = 3"), "the rubric: 'title' is 3; write a text in quotes"),
    "text as points": (("points = 1.5", 'points = "1.5"'), "item 'backprop' is worth '1.5'; write a number of points"),
    "truth as points": (("points = 1.5", "points = true"), "item 'backprop' is worth True; write a number of points"),
    "negative points": (("points = 5", "points = -5"), "the rubric is worth -5; points lie between 0 and 10000"),
    "no number": (("points = 5", "points = nan"), "the rubric is worth nan; points lie between 0 and 10000"),
    "endless points": (("points = 5", "points = inf"), "the rubric is worth inf; points lie between 0 and 10000"),
    "huge points": (
        ("points = 5", f"points = 1{'0' * 400}"),
        f"the rubric is worth 1{'0' * 400}; points lie between 0 and 10000",
    ),
    "a third": (
        ("gradients_match = 1.5", "gradients_match = 0.33"),
        "item 'backprop': check 'gradients_match' is worth 0.33; points are multiples of 0.25",
    ),
    "checks as a list": (
        ("{ gradients_match = 1.5 }", '["gradients_match"]'),
        "item 'backprop': 'checks' is no table of points; write checks = { name_of_check = 2 }",
        "check 'gradients_match' is in no item; add it to one, with 0 points if it is worth nothing by itself",
    ),
    "empty checks": (
        ("{ gradients_match = 1.5 }", "{}"),
        "item 'backprop': 'checks' is no table of points; write checks = { name_of_check = 2 }",
        "check 'gradients_match' is in no item; add it to one, with 0 points if it is worth nothing by itself",
    ),
    "public as text": (("public = false", 'public = "no"'), "item 'backprop': 'public' is 'no'; write true or false"),
    "threshold missing": (
        ("[thresholds.forward_values]\ntolerance = 1\n", ""),
        "[thresholds.forward_values] is missing; add it with tolerance",
    ),
    "threshold misspelt": (
        ("tolerance = 1", "tolerence = 1"),
        "[thresholds.forward_values] has the unknown key 'tolerence'; did you mean 'tolerance'?",
        "[thresholds.forward_values] lacks 'tolerance'; add it",
    ),
    "threshold of no check": (
        ("tolerance = 1", "tolerance = 1\n[thresholds.layer_shape]\nx = 1"),
        "[thresholds.layer_shape]: there is no check 'layer_shape'; did you mean 'layer_shapes'?",
    ),
    "threshold as text": (
        ("tolerance = 1", 'tolerance = "1"'),
        "[thresholds.forward_values]: 'tolerance' is '1'; write a number",
    ),
    "threshold without number": (
        ("tolerance = 1", "tolerance = nan"),
        "[thresholds.forward_values]: 'tolerance' is nan; write a number",
    ),
    "threshold without name": (
        ("[thresholds.forward_values]\ntolerance = 1", "[thresholds]\nforward_values = 1"),
        "[thresholds.forward_values] is 1; write a line name = number beneath it",
    ),
    "unknown limit": (
        ("call_seconds", "call_second"),
        "[limits] has the unknown key 'call_second'; did you mean 'call_seconds'?",
    ),
    "limit of nothing": (("processes = 8", "processes = 0"), "[limits]: 'processes' is 0; write a number above 0"),
    "limit as truth": (("processes = 8", "processes = true"), "[limits]: 'processes' is True; write a number above 0"),
    "limit with a fraction": (
        ("processes = 8", "processes = 8.5"),
        "[limits]: 'processes' is 8.5; write a whole number",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_problem_is_one_line_with_file_place_and_fix(tmp_path: Path, case: str) -> None:
    (old, new), *expected = WRONG[case]
    assert old in GOOD
    assert complaint(tmp_path, GOOD.replace(old, new)) == [f"byomlp.toml: {line}" for line in expected]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("points = 5", "points = 7").replace("tolerance = 1", "tolerance = true").replace("3.5", "3")
    assert len(complaint(tmp_path, wrong)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "byomlp.toml: is empty; it needs assignment, title, points, item"),
        ("# only a comment", "byomlp.toml: is empty; it needs assignment, title, points, item"),
    ],
)
def test_what_is_no_rubric_at_all_is_one_problem(tmp_path: Path, text: str, expected: str) -> None:
    assert complaint(tmp_path, text) == [expected]


@pytest.mark.parametrize(
    ("text", "what"),
    [("a = 1\nb = = 2", "line 2"), (f"a = {'9' * 5_000}", "digits"), (f"a = {'[' * 50_000}", "recursion")],
)
def test_what_is_no_toml_is_said_with_its_place(tmp_path: Path, text: str, what: str) -> None:
    (line,) = complaint(tmp_path, text)
    assert line.startswith("byomlp.toml: is not valid TOML: ")
    assert what in line


@pytest.mark.parametrize("item", ["item = 1", "item = []", "[item]\nid = 'forward'"])
def test_items_that_are_no_list_are_explained(tmp_path: Path, item: str) -> None:
    lines = complaint(tmp_path, f'assignment = "a"\ntitle = "b"\npoints = 1\n{item}')
    assert "byomlp.toml: 'item' is no list of items; begin each with a line [[item]], in two brackets" in lines


@pytest.mark.parametrize(("name", "header"), [("limits", "[limits]"), ("thresholds", "[thresholds.name_of_check]")])
def test_a_table_that_is_none_is_explained(tmp_path: Path, name: str, header: str) -> None:
    lines = complaint(tmp_path, f'assignment = "a"\ntitle = "b"\npoints = 1\n{name} = 1')
    assert f"byomlp.toml: '{name}' is 1; begin them with a line {header}" in lines


def test_a_rubric_that_is_not_there_is_named_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"none\.toml: the rubric cannot be read \(No such file or directory\)"):
        rubric.load(tmp_path / "none.toml", checks=CHECKS)


def test_a_rubric_in_another_encoding_is_explained(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_bytes('title = "Übung"'.encode("latin-1"))
    with pytest.raises(AuthorError, match=r"r\.toml: is not UTF-8 \(at byte 9\); save it as UTF-8"):
        rubric.load(tmp_path / "r.toml", checks=CHECKS)


def test_restricting_keeps_the_chosen_items_in_the_order_of_the_rubric(tmp_path: Path) -> None:
    read = load(tmp_path, GOOD)
    assert rubric.restrict(read, ["backprop", "forward"]) == read
    assert [item.id for item in rubric.restrict(read, ["backprop"]).items] == ["backprop"]


def test_restricting_to_an_item_that_is_not_there_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(AuthorError) as caught:
        rubric.restrict(load(tmp_path, GOOD), ["backprop", "forwrad", "zzz"])
    assert str(caught.value).splitlines() == [
        "no item 'forwrad'; did you mean 'forward'?",
        "no item 'zzz'",
        "the items of 'byomlp' are forward, backprop",
    ]


def test_restricting_to_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="no item was chosen"):
        rubric.restrict(load(tmp_path, GOOD), [])


def test_the_public_part_lacks_what_students_do_not_see(tmp_path: Path) -> None:
    assert [item.id for item in rubric.public_part(load(tmp_path, GOOD)).items] == ["forward"]


SIZES = "".join(
    f"[sizes.{size}]\nimages = {count}\n" for size, count in (("full", 60000), ("quick", 2000), ("reduced", 500))
)


def load_sized(folder: Path, text: str) -> rubric.Rubric:
    (folder / "byomlp.toml").write_text(text, encoding="utf-8")
    return rubric.load(folder / "byomlp.toml", checks=CHECKS, size_numbers=("images",))


def test_the_numbers_of_every_size_are_read(tmp_path: Path) -> None:
    read = load_sized(tmp_path, GOOD + SIZES)
    assert read.sizes == {"full": {"images": 60000.0}, "quick": {"images": 2000.0}, "reduced": {"images": 500.0}}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[sizes.quick]\nimages = 2000\n", "", "[sizes.quick] is missing; add it with images"),
        ("images = 500", "imges = 500", "[sizes.reduced] has the unknown key 'imges'; did you mean 'images'?"),
        ("images = 500", "", "[sizes.reduced] lacks 'images'; add it"),
        ("images = 500", "images = 0", "[sizes.reduced]: 'images' is 0; write a number above 0"),
        ("[sizes.full]", "[sizes.ful]", "[sizes] has the unknown key 'ful'; did you mean 'full'?"),
        (
            "[sizes.full]\nimages = 60000\n",
            "[sizes]\nfull = 3\n",
            "[sizes.full] is 3; write a line name = number beneath it",
        ),
    ],
)
def test_a_wrong_size_is_named_with_its_fix(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(AuthorError) as caught:
        load_sized(tmp_path, GOOD + SIZES.replace(old, new))
    assert f"byomlp.toml: {said}" in str(caught.value).splitlines()


def test_an_assignment_without_notebooks_has_no_sizes(tmp_path: Path) -> None:
    assert complaint(tmp_path, GOOD + SIZES)[0] == "byomlp.toml: [sizes] has the unknown key 'full'; remove it"


PARAMETERS: dict[str, Parameter] = {"slope": 0.03, "notebook": "Main.ipynb", "course": "MLP 1", "keys": ("X", "y")}
GIVEN = """\
[parameters]
slope = 2
notebook = "HW5 main (new).ipynb"
course = "Machine Learning 1.5"
keys = ["images"]
"""


def load_with_parameters(folder: Path, text: str) -> rubric.Rubric:
    (folder / "byomlp.toml").write_text(text, encoding="utf-8")
    return rubric.load(folder / "byomlp.toml", checks=CHECKS, parameters=PARAMETERS)


def test_parameters_are_read_as_what_their_examples_are(tmp_path: Path) -> None:
    read = load_with_parameters(tmp_path, GOOD + GIVEN).parameters
    assert read == {
        "slope": 2.0,
        "notebook": "HW5 main (new).ipynb",
        "course": "Machine Learning 1.5",
        "keys": ("images",),
    }
    assert isinstance(read["slope"], float)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (GIVEN, "", "[parameters] is missing; add it with slope, notebook, course, keys"),
        (GIVEN, "[[parameters]]\n", "'parameters' is [{}]; begin them with a line [parameters]"),
        ("slope = 2\n", "", "[parameters] lacks 'slope'; add it"),
        (
            "slope = 2",
            "slope = 2\nnotebok = 'x'",
            "[parameters] has the unknown key 'notebok'; did you mean 'notebook'?",
        ),
        ("slope = 2", "slope = '2'", "[parameters]: 'slope' is '2'; write a number"),
        ("slope = 2", "slope = true", "[parameters]: 'slope' is True; write a number"),
        ("slope = 2", "slope = inf", "[parameters]: 'slope' is inf; write a number"),
        ("course =", "course = 1.5 #", "[parameters]: 'course' is 1.5; write a text in quotes"),
        ("course =", "course = ' ' #", "[parameters]: 'course' is ' '; write a text in quotes"),
        ('["images"]', '"images"', "[parameters]: 'keys' is 'images'; write texts in quotes, as in ['X', 'y']"),
        ('["images"]', "[3]", "[parameters]: 'keys' is [3]; write texts in quotes, as in ['X', 'y']"),
        ('["images"]', "[]", "[parameters]: 'keys' is []; write one text or more, as in ['X', 'y']"),
        ('["images"]', "['a', 'a']", "[parameters]: 'keys' is ['a', 'a']; write each text once, as in ['X', 'y']"),
        *(
            (
                '"HW5 main (new).ipynb"',
                repr(wrong),
                f"[parameters]: 'notebook' is {wrong!r}; write the name of a .ipynb file, without folders, as in 'Main.ipynb'",
            )
            for wrong in ("main.py", "hw/main.ipynb", "../main.ipynb", "main", ".ipynb", 3)
        ),
    ],
)
def test_a_wrong_parameter_is_named_with_its_fix(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD + GIVEN
    with pytest.raises(AuthorError) as caught:
        load_with_parameters(tmp_path, (GOOD + GIVEN).replace(old, new))
    assert str(caught.value).splitlines() == [f"byomlp.toml: {said}"]


def test_a_rubric_of_another_assignment_is_refused_as_such_and_not_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(AuthorError) as caught:
        rubric.load(tmp_path / "r.toml", checks={"other": ()}, assignment="modules")
    said = "r.toml: is a rubric of the assignment 'byomlp', not of 'modules'; give another --rubric, or another --assignment"
    assert str(caught.value) == said
    assert rubric.load(tmp_path / "r.toml", checks=CHECKS, assignment="byomlp").points == 5


def test_a_file_that_breaks_off_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text('assignment = "byomlp"\npoints = \n', encoding="utf-8")
    with pytest.raises(AuthorError, match=r"r\.toml: is not valid TOML: Invalid value \(at line 2"):
        rubric.load(tmp_path / "r.toml", checks=CHECKS)
    (tmp_path / "r.toml").write_text('assignment = "byomlp"\n\npoints = [1,', encoding="utf-8")
    with pytest.raises(AuthorError, match=r"at line 3, the last one"):
        rubric.load(tmp_path / "r.toml", checks=CHECKS)


def test_two_files_have_two_names(tmp_path: Path) -> None:
    path, declared = tmp_path / "byomlp.toml", {"first": "A.ipynb", "second": "B.ipynb"}
    path.write_text(GOOD + "[parameters]\nfirst = 'hw.ipynb'\nsecond = 'HW.ipynb'\n", encoding="utf-8")
    with pytest.raises(
        AuthorError, match=r"'second' is 'HW.ipynb', and so is 'first'; give each file a name of its own"
    ):
        rubric.load(path, checks=CHECKS, parameters=declared)


def test_an_assignment_without_parameters_takes_none(tmp_path: Path) -> None:
    assert complaint(tmp_path, GOOD + GIVEN)[0] == "byomlp.toml: [parameters] has the unknown key 'slope'; remove it"


def test_a_name_cannot_break_the_line_that_complains_of_it(tmp_path: Path) -> None:
    assert complaint(tmp_path, GOOD.replace("[limits]", '"a\\nb\\u001b" = 1\n[limits]')) == [
        "byomlp.toml: the rubric has the unknown key 'a\\nb\\x1b'; remove it"
    ]
