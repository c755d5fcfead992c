"""Python 2 becomes Python 3 line for line, and nothing else becomes anything."""

from __future__ import annotations

import pytest

from grader.repairing.child import answers, untabbed

OLD = """import sys
def f(x, d):
    print 'x', x
    print >>sys.stderr, `x`
    for i in xrange(3):
        print i,
    for k, v in d.iteritems():
        pass
    try:
        raise ValueError, 'no'
    except ValueError, error:
        print error
    for a, b in reversed(zip([1], [2])):
        exec 'x = 3'
    return x <> 3, 0777, 10L, d.keys()[0], map(str, d)[0]
"""


def translated(source: str, *, divide: bool = False) -> str | None:
    (answer,) = answers([{"source": source, "divide": divide}])
    made: str | None = answer["source"]
    return made


def test_old_statements_become_new_ones_on_the_same_lines() -> None:
    made = translated(OLD)
    assert made is not None
    compile(made, "made", "exec")
    assert [("print" in line) for line in made.split("\n")] == [("print" in line) for line in OLD.split("\n")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("n / 2", "python2_quotient(n, 2)"),
        ("a / b * c / d", "python2_quotient(python2_quotient(a, b) * c, d)"),
        ("1 / (n / 2)", "python2_quotient(1, (python2_quotient(n, 2)))"),
        ("x /= n", "x = python2_quotient_in_place(x, n)"),
        ("n / 2.", "n / 2."),
        ("float(n) / m", "float(n) / m"),
        ("n // 2", "n // 2"),
    ],
)
def test_a_division_is_that_of_python_2_where_it_matters(old: str, new: str) -> None:
    assert translated(old, divide=True) == new
    assert translated(old) == old


def test_a_line_is_never_added() -> None:
    source = "a = reduce(f, x)\nreload(mlp)\nprint 'x'\nclass A:\n    __metaclass__ = B"
    made = translated(source)
    assert made is not None
    assert made.count("\n") == source.count("\n")


@pytest.mark.parametrize("source", ["def f(:\n    pass", "x = = 3", "type X = int", "print 'x' if"])
def test_what_is_no_python_at_all_stays_as_it_is(source: str) -> None:
    assert translated(source) is None


def test_tabs_are_eight_columns_but_in_texts() -> None:
    source = "if x:\n        a = 1\n\tb = '''\n\tc'''\n\td = 2"
    assert untabbed(source) == "if x:\n        a = 1\n        b = '''\n\tc'''\n        d = 2"
    assert translated(source) == untabbed(source)
