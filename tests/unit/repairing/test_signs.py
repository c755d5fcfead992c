"""Python 2 is known by what Python 3 does not have, and by nothing else."""

from __future__ import annotations

import pytest

from grader.repairing import signs


@pytest.mark.parametrize(
    "source",
    [
        "for i in xrange(3): pass",
        "for k, v in d.iteritems(): pass",
        "n = raw_input()",
        "import cPickle as pickle",
        "from itertools import izip",
        "if d.has_key(1): pass",
        "isinstance(x, (int, long))",
    ],
)
def test_a_name_that_only_python_2_has_is_a_sign(source: str) -> None:
    assert signs.speaks_python_2(source)


@pytest.mark.parametrize(
    "source",
    [
        "xrange = range\nfor i in xrange(3): pass",
        "try:\n    xrange\nexcept NameError:\n    xrange = range",
        "try:\n    import cPickle\nexcept ImportError:\n    import pickle",
        "def long(x): return x\nlong(3)",
        "text = 'xrange'",
        "class A:\n    def iteritems(self): return []\nA().iteritems()",
        "long_name = 3",
    ],
)
def test_what_is_made_by_itself_or_tried_is_no_sign(source: str) -> None:
    assert not signs.speaks_python_2(source)


@pytest.mark.parametrize("function", ["zip", "map", "filter"])
def test_going_through_a_list_that_is_none_any_more_is_a_sign(function: str) -> None:
    assert signs.turns_lists_round(f"for a in reversed({function}(f, b)): pass")
    assert not signs.turns_lists_round(f"for a in reversed(list({function}(f, b))): pass")


@pytest.mark.parametrize(
    "source",
    [
        "print 'x'",
        "for i in xrange(3): pass",
        "for i in \uff58range(3): pass",
        "d.has_key(1)",
        "import urllib2",
        "from itertools import imap",
        "for a in reversed(zip(f, b)): pass",
    ],
)
def test_any_sign_is_shown(source: str) -> None:
    assert signs.shows_any(f"x = 'é'\n{source}")


@pytest.mark.parametrize("source", ["W = np.zeros(3)", "text = 'xrange'", "for a in reversed(list(zip(f, b))): pass"])
def test_where_there_is_none_nothing_is_shown(source: str) -> None:
    assert not signs.shows_any(source)


@pytest.mark.parametrize(
    "source", ["print(f'{x}')", "super().__init__()", "W @ x", "print('x', end='')", "def f() -> int: pass"]
)
def test_what_python_2_does_not_have_is_a_sign_against_it(source: str) -> None:
    assert signs.is_of_python_3([source])


@pytest.mark.parametrize(
    "source",
    [
        "print 'x'",
        "print 'loss %f' % x, {'f': 3}",
        "super(A, self).__init__()",
        "@property\ndef f(self): pass",
        "x = 1/2",
    ],
)
def test_what_both_have_is_none(source: str) -> None:
    assert not signs.is_of_python_3([source])


def test_print_with_names_is_python_2_where_it_is_asked_for() -> None:
    assert not signs.is_of_python_3(["from __future__ import print_function\nprint('x', end='')"])


def test_what_only_jupyter_understands_comes_back() -> None:
    source = "%matplotlib inline\nif x:\n    !ls -l\ny = !pwd\nfoo?\nprint 'x'"
    plain, kept = signs.without_jupyter(source)
    assert "%" not in plain
    assert signs.with_jupyter(plain, kept) == source


def test_a_line_that_looks_like_ours_stays() -> None:
    assert signs.with_jupyter("pass # <jupyter 7>", ["%pwd"]) == "pass # <jupyter 7>"
