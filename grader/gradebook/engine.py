"""Opening the database of a gradebook: SQLite as it has to be set for several writers, or PostgreSQL; and its migrations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from grader.errors import AuthorError
from grader.gradebook.tables import RUNS

# so long a writer waits for the others
PATIENCE = 120.0
MIGRATIONS = Path(__file__).with_name("migrations")
# of /proc/mounts: file systems whose locks do not hold between machines
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ncpfs", "fuse.glusterfs", "ceph", "lustre"}
)
MOUNTS = Path("/proc/mounts")
LOCK = 4_711_040
IN_MEMORY = ":memory:"
# parts of a URL behind the question mark that nobody may read
SECRETS = frozenset({"password", "sslpassword"})


def url_of(given: str) -> URL:
    """Return the URL of a database of a kind that we know, with the whole path of a file; AuthorError for anything else."""
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise AuthorError("--gradebook: no URL of a database; give one such as postgresql://host/name") from error
    if SECRETS & set(url.query):
        raise AuthorError(
            "--gradebook: holds a password, which would be written down; leave it to PGPASSWORD or .pgpass"
        )
    kind = url.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise AuthorError(f"--gradebook {url.render_as_string()}: only sqlite and postgresql are known")
    if kind == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.database in (None, "", IN_MEMORY):
        raise AuthorError(f"--gradebook {url.render_as_string()}: names no file; give one, or leave --gradebook out")
    # the next command may be given in another folder
    return url.set(drivername="sqlite", database=str(Path(url.database).absolute()))


def of_file(file: Path) -> URL:
    """Return the URL of an SQLite file."""
    return URL.create("sqlite", database=str(file))


def without_password(url: URL) -> str:
    """Return a URL as it can be written down."""
    return url.set(password=None).render_as_string()


def opened(url: URL) -> Engine:
    """Return an engine for a database whose tables are those of today; AuthorError when it cannot be reached."""
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != IN_MEMORY:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    else:
        try:
            engine = create_engine(url, pool_pre_ping=True)
        except (ImportError, NoSuchModuleError) as error:
            raise AuthorError("a gradebook in PostgreSQL needs psycopg: pip install 'mlpgrader[postgres]'") from error
    try:
        migrate(engine)
    except DBAPIError as error:
        engine.dispose()
        raise AuthorError(
            f"the gradebook {url.render_as_string()}: {_said(error)}; check the URL, and who may write there"
        ) from error
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that writes: it waits for other writers before it reads, so that nothing it has read grows old."""
    with engine.connect() as connection, connection.execution_options(writes=True).begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that sees one state of the whole and waits for nobody."""
    level = "SERIALIZABLE" if engine.dialect.name == "sqlite" else "REPEATABLE READ"
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": level}
    with engine.connect() as connection, connection.execution_options(**options).begin():
        yield connection


def lock(connection: Connection, run: int) -> None:
    """Let nobody else change this run until the transaction ends; in SQLite that is so from its beginning."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(RUNS.c.id).where(RUNS.c.id == run).with_for_update())


def migrate(engine: Engine) -> None:
    """Bring the tables to where they are today; AuthorError when they are of a newer grader."""
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    newest = ScriptDirectory.from_config(configuration).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == newest:
            return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        configuration.attributes["connection"] = connection
        try:
            command.upgrade(configuration, "head")
        except CommandError as error:
            raise AuthorError(
                f"the gradebook {engine.url.render_as_string()} was made by a newer grader ({error}); use that one"
            ) from error


def on_network(folder: Path, mounts: Path = MOUNTS) -> str:
    """Return the kind of network drive that a folder lies on, by the table of `mounts`; empty where it is none."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    found, resolved = ("", ""), folder.resolve()
    for line in lines:
        _, place, kind, *_ = [*line.split(" "), "", "", ""]
        at = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), place)
        if at and resolved.is_relative_to(at) and len(at) >= len(found[0]):
            found = at, kind
    return found[1] if found[1] in NETWORK else ""


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # the module begins no transaction by itself: that is done below
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"busy_timeout = {int(1000 * PATIENCE)}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # a transaction that reads first and then begins to write is refused at once where another one has written meanwhile
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _said(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig and str(error.orig).strip() else type(error).__name__
