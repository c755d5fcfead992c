from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from grader import gradebook
from grader.errors import AuthorError
from grader.filenames import GRADEBOOK, GRADEBOOK_PLACE
from grader.gradebook.book import Gradebook
from grader.gradebook.engine import of_file, on_network, opened, reading, url_of, writing
from grader.gradebook.tables import METADATA


def test_migrations_lead_to_the_tables_of_today(tmp_path: Path) -> None:
    engine = opened(of_file(tmp_path / "book"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 1)])
def test_sqlite_is_set_up_for_several_writers(tmp_path: Path, pragma: str, value: object) -> None:
    engine = opened(of_file(tmp_path / "book"))
    with reading(engine) as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value
    engine.dispose()


def test_whoever_reads_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = opened(of_file(tmp_path / "book"))
    count = text("select count(*) from runs")
    with writing(engine) as writer, reading(engine) as reader:
        writer.execute(text("insert into runs (key, made) values ('a', '2026-11-30 22:00:00')"))
        assert reader.scalar(count) == 0
    with reading(engine) as reader:
        assert reader.scalar(count) == 1
    engine.dispose()


def test_nothing_is_written_of_a_transaction_that_fails(tmp_path: Path) -> None:
    engine = opened(of_file(tmp_path / "book"))
    added = text("insert into runs (key, made) values ('a', '2026-11-30 22:00:00')")
    with pytest.raises(IntegrityError), writing(engine) as writer:
        writer.execute(added, [{}, {}])
    with reading(engine) as reader:
        assert reader.scalar(text("select count(*) from runs")) == 0
    engine.dispose()


def test_a_gradebook_of_a_newer_grader_is_refused(tmp_path: Path) -> None:
    engine = opened(of_file(tmp_path / "book"))
    with writing(engine) as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(AuthorError, match="made by a newer grader"):
        opened(of_file(tmp_path / "book"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / GRADEBOOK).write_text("not one" * 1000)
    with pytest.raises(AuthorError, match="file is not a database"):
        gradebook.opened(tmp_path)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/name", "postgresql://host:port/name", "sqlite://", "sqlite:///:memory:"]
)
def test_only_databases_that_are_known_are_taken(url: str) -> None:
    with pytest.raises(AuthorError, match="--gradebook"):
        url_of(url)


def test_a_password_behind_the_question_mark_is_neither_kept_nor_told() -> None:
    with pytest.raises(AuthorError, match="holds a password") as raised:
        url_of("postgresql://host/name?password=swordfish")
    assert "swordfish" not in str(raised.value)


def test_a_file_is_known_from_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    gradebook.opened(tmp_path / "run", "sqlite:///elsewhere").close()
    monkeypatch.chdir("/")
    with gradebook.opened(tmp_path / "run") as again:
        assert again.engine.url.database == str(tmp_path / "elsewhere")


def test_a_gradebook_is_opened_while_somebody_writes(tmp_path: Path) -> None:
    gradebook.opened(tmp_path).close()
    writer, impatient = (opened(of_file(tmp_path / GRADEBOOK)) for _ in range(2))
    event.listen(impatient, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 0"))
    impatient.dispose()
    with writing(writer):
        Gradebook(impatient, "this", tmp_path).close()
    writer.dispose()


def test_a_run_knows_where_its_gradebook_is_and_keeps_no_password(tmp_path: Path) -> None:
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere'}"
    gradebook.opened(tmp_path / "run", elsewhere).close()
    with gradebook.opened(tmp_path / "run") as again:
        assert again.engine.url.database == str(tmp_path / "elsewhere")
    assert not (tmp_path / "run" / GRADEBOOK).exists()
    with pytest.raises(AuthorError, match="leave it out"):
        gradebook.opened(tmp_path / "run", f"sqlite:///{tmp_path / 'third'}")


def test_a_run_has_one_gradebook(tmp_path: Path) -> None:
    gradebook.opened(tmp_path).close()
    with pytest.raises(AuthorError, match="has a gradebook already"):
        gradebook.opened(tmp_path, f"sqlite:///{tmp_path / 'elsewhere'}")


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "mlpgrader.gradebook/1"}'])
def test_a_place_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / GRADEBOOK_PLACE).write_text(text)
    with pytest.raises(AuthorError, match="where the gradebook of this run is"):
        gradebook.opened(tmp_path)


@pytest.mark.parametrize(("at", "kind"), [("srv/a b/run", "nfs4"), ("srv/other", ""), ("home", "")])
def test_network_drives_are_known_by_the_table_of_mounts(tmp_path: Path, at: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    drive = str(tmp_path / "srv/a b").replace(" ", "\\040")
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nhost:/x {drive} nfs4 rw 0 0\n")
    assert on_network(tmp_path / at, mounts) == kind
