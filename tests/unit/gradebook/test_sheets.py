from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.gradebook.marking import Given
from grader.gradebook.sheets import as_csv, read
from kit.books import book_in, given, noted, result

HEADER = "student,attempt,item,check,version,points,comment"
NAMES = ("ann", "=cmd|' /C calc'!A0", 'O\'Neill, "Zoë"')


def filled(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = folder / "marks.csv"
    path.write_bytes("\n".join([header, *lines]).encode(encoding))
    return path


def marks(folder: Path, *lines: str, **more: str) -> list[Given]:
    return read(filled(folder, *lines, **more), NAMES)[0]


def test_what_waits_comes_back_as_it_was_given(tmp_path: Path) -> None:
    with book_in(tmp_path / "run") as book:
        book.note(*(noted(name) for name in NAMES))
        waiting = book.waiting()
        rows = list(csv.DictReader(io.StringIO(as_csv(waiting, {}), newline="")))
        (tmp_path / "back.csv").write_text(_filled(rows, points="1,5", comment='=so; "so"'), encoding="utf-8-sig")
        found, said = read(tmp_path / "back.csv", NAMES)
        assert said == ()
        assert {step.wrong for step in book.mark(*found, author="tutor")} == {""}
        assert book.waiting() == ()
        assert {final.comment for final in book.finals()} == {'It says.: =so; "so"'}


def _filled(rows: list[dict[str, str]], **cells: str) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows({**row, **cells} for row in rows)
    return written.getvalue()


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.note(*(noted(name) for name in NAMES))
        texts = {(name, 1, "says"): ("@SUM(1)\n=1; +2", "-see") for name in NAMES}
        written = as_csv(book.waiting(), texts)
    # also where a spreadsheet separates by semicolons, to which the quotes of ours mean nothing
    for separator in ",;":
        rows = csv.reader(io.StringIO(written, newline=""), delimiter=separator)
        assert [cell for row in rows for cell in row if cell.strip()[:1] in ("=", "+", "-", "@")] == []


def test_a_stale_mark_is_shown_and_not_filled_in(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.note(noted())
        book.mark(given("2.5", "fine"), author="kay")
        book.note(noted(of=result(digest="sha256:2")))
        (row,) = csv.DictReader(io.StringIO(as_csv(book.waiting(), {}), newline=""))
    assert (row["earlier_points"], row["earlier_comment"], row["by"], row["version"]) == ("2.5", "fine", "kay", "1")
    assert (row["why"], row["points"], row["comment"]) == ("marked on an earlier result", "", "")


def test_an_empty_cell_leaves_and_a_word_deletes(tmp_path: Path) -> None:
    lines = [
        "ann,1,code,says,0,,",
        "ann,1,code,says,0,2,",
        "ann,1,a,b,,,hm",
        "ann,1,a,c,,Delete,",
        "ann,1,a,d,,,DELETE",
    ]
    found = [(each.check, each.points, each.comment, each.delete) for each in marks(tmp_path, *lines)]
    assert found == [
        ("says", Decimal(2), None, False),
        ("b", None, "hm", False),
        ("c", None, None, True),
        ("d", None, "", False),
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_a_decimal_comma_are_read(tmp_path: Path, separator: str) -> None:
    header, line = (text.replace(",", separator) for text in (HEADER, "ann,1,code,says,3,1.5,"))
    (one,) = marks(tmp_path, line.replace(".", ","), header=header)
    assert (one.points, one.version) == (Decimal("1.5"), 3)


def test_a_file_in_the_encoding_of_windows_is_read_and_said(tmp_path: Path) -> None:
    found, said = read(filled(tmp_path, "ann,1,code,says,0,1,großartig", encoding="cp1252"), NAMES)
    assert found[0].comment == "großartig"
    assert "cp1252" in said[0]


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    lines = ["zoe,1,code,says,0,1,", "ann,x,code,says,0,1,", "ann,1,code,says,0,two,", "ann,1,code,says,-1,1,"]
    with pytest.raises(AuthorError) as wrong:
        marks(tmp_path, *lines)
    said = str(wrong.value)
    assert all(f"line {number}: " in said for number in (2, 3, 4, 5))
    assert "nobody called 'zoe'" in said


@pytest.mark.parametrize("header", ["", "student,attempt,item,check", "student,student,attempt,item,check,points"])
def test_a_file_without_the_columns_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(AuthorError, match="once each of the columns"):
        marks(tmp_path, "ann,1", header=header)


@pytest.mark.parametrize("text", ['ann,1,code,says,0,"1', "ann\0,1,code,says,0,1,"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(AuthorError, match=r"marks\.csv"):
        marks(tmp_path, text)


def test_a_short_line_leaves_what_it_does_not_say(tmp_path: Path) -> None:
    assert marks(tmp_path, "ann,1") == []


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="cannot be read"):
        read(tmp_path / "none.csv", NAMES)
