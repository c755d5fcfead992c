from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, func, select

from grader.gradebook.engine import of_file, opened, reading
from grader.gradebook.tables import FINDINGS, OPINIONS
from kit import old_books


def test_a_gradebook_of_the_first_tables_goes_on_with_all_that_is_in_it(tmp_path: Path) -> None:
    first = create_engine(of_file(tmp_path / "book"))
    old_books.fill(first)
    first.dispose()
    engine = opened(of_file(tmp_path / "book"))
    with reading(engine) as connection:
        known = connection.execute(select(FINDINGS.c.check).where(FINDINGS.c.basis != "")).scalars()
        assert list(known) == ["says"] * 3
        assert connection.scalar(select(func.count()).select_from(OPINIONS)) == 2
    old_books.judge(engine)
    engine.dispose()
