"""A CSV file whose cells are changed one by one."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import AuthorError
from grader.exports.platforms import sheet
from grader.exports.platforms.sheet import OLD, Sheet


def read(content: bytes) -> Sheet:
    return sheet.read(content, name="the file")


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8).map(
        lambda text: f'"{text.replace(chr(34), chr(34) * 2)}"'
    ),
    st.text(st.characters(codec="utf-8", exclude_characters=',;\t"\r\n\0'), max_size=8),
    st.sampled_from(["", '=" a"', " 12,5 ", 'a "b" c', '"a"b', "\u202e\u200f", "\ufeff"]),
)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """Return a text, and its cells as they stand in it: of one width, so that the header says what separates them."""
    separator, newline = draw(st.sampled_from(",;\t")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    width = draw(st.integers(3, 5))
    cells = CELLS.map(lambda cell: f'"{cell}"' if separator in cell and cell[:1] != '"' else cell)
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6))
    rows.insert(0, [f"name {k}" for k in range(width)])
    end = draw(st.sampled_from(["", newline]))
    return newline.join(separator.join(row) for row in rows) + end, rows


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")


@given(files(), st.sampled_from(ENCODINGS))
def test_what_is_read_is_written_byte_for_byte(made: tuple[str, list[list[str]]], encoding: str) -> None:
    content = made[0].encode(encoding)
    assert read(content).content == content


@given(files())
def test_cells_are_found_where_they_are(made: tuple[str, list[list[str]]]) -> None:
    text, rows = made
    assert [list(line.cells) for line in read(text.encode()).lines] == rows


@given(files(), st.integers(0), st.integers(0), st.text(st.characters(codec="utf-8"), max_size=10))
def test_only_the_cell_that_is_changed_changes(
    made: tuple[str, list[list[str]]], line: int, column: int, value: str
) -> None:
    found = read(made[0].encode())
    line, column = line % len(found.lines), column % len(found.lines[0].cells)
    lines = sheet.read(found.with_values({(line, column): value}).content, name="again").lines
    assert lines[line].value(column) == value
    assert [
        cell for k, each in enumerate(lines) for n, cell in enumerate(each.cells) if (k, n) != (line, column)
    ] == [
        cell for k, each in enumerate(found.lines) for n, cell in enumerate(each.cells) if (k, n) != (line, column)
    ]  # fmt: skip


@given(st.binary(max_size=60))
def test_any_bytes_come_back_or_are_refused(content: bytes) -> None:
    with suppress(AuthorError):
        assert read(content).content == content


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b'a,b\n1,"2\n3,4\n', "line 2: a quote opens and does not close"),
        (b"\xff\xfea\0,", "is no text"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(AuthorError, match=told):
        read(content)


def test_a_file_of_windows_keeps_its_bytes_and_that_is_said() -> None:
    found = read(b"name,mark\r\nJ\xf6rg \x81,\r\n")
    assert found.told == (OLD,)
    assert found.with_values({(1, 1): "5"}).content == b"name,mark\r\nJ\xf6rg \x81,5\r\n"


def test_utf_16_without_a_mark_is_seen() -> None:
    content = "a\tb\n1\t2\n".encode("utf-16-le")
    assert read(content).with_values({(1, 1): "9"}).content == "a\tb\n1\t9\n".encode("utf-16-le")


@pytest.mark.parametrize(
    ("line", "value", "made"),
    [
        ("1,2,", "5", "1,2,5"),
        ('"1","2",""', "5", '"1","2","5"'),
        ('"1","2",', "5", '"1","2","5"'),
        ('1,"2",', "5", '1,"2",5'),
        ("1,2,", "a, b", '1,2,"a, b"'),
        ("1,2,", 'say "no"', '1,2,"say ""no"""'),
        ("1,2,", " blank", '1,2," blank"'),
    ],
)
def test_a_new_value_is_quoted_as_its_neighbours_are(line: str, value: str, made: str) -> None:
    assert read(f"a,b,c\n{line}\n".encode()).with_values({(1, 2): value}).content == f"a,b,c\n{made}\n".encode()


def test_what_an_encoding_lacks_is_a_question_mark() -> None:
    assert read(b"n\xe4me,b\n1,\n").with_values({(1, 1): "王"}).content == b"n\xe4me,b\n1,?\n"


def test_a_separator_within_quotes_does_not_count() -> None:
    assert read(b'"a,b,c";d\n').separator == ";"


def test_a_shorter_line_is_filled_up() -> None:
    assert read(b"a,b,c\n1\n").with_values({(1, 2): "5"}).content == b"a,b,c\n1,,5\n"
