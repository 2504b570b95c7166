"""A private PostgreSQL server for tests: started once, an empty database for each who asks.

The server programs come from the distribution; they refuse to run as root, so root hands over to the
``postgres`` user. Durability stays on (fsync), as in production.
Import the fixture ``postgres_cluster`` into a ``conftest.py`` to offer it to the tests below it.
A copy of a template database costs a few hundred milliseconds, emptying one a few dozen: tests that only
change rows share a database, tests that change tables take a copy.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from tests.support.ports import free_port

from gatewright.storage.schema import metadata

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "autovacuum": "off",
    "log_min_messages": "warning",
    "lc_messages": "C",
    "deadlock_timeout": "20ms",
}
_START_SECONDS = 30.0
_EMPTY = """
DO $$
DECLARE
  every text[] := ARRAY(SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public');
  touched text[] := '{}';
  each text;
  has_rows boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  -- waits for those who are still committing; a row of theirs would be overlooked
  EXECUTE 'LOCK TABLE ' || array_to_string(every, ', ') || ' IN ACCESS EXCLUSIVE MODE';
  FOREACH each IN ARRAY every LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || each || ')' INTO has_rows;
    IF has_rows THEN
      touched := touched || each;
    END IF;
  END LOOP;
  IF touched <> '{}' THEN
    EXECUTE 'TRUNCATE ' || array_to_string(touched, ', ') || ' RESTART IDENTITY CASCADE';
  END IF;
END $$
"""


class PostgresCluster:
    """One server process over a directory of its own, listening on a free loopback port.

    ``start`` makes the directory on first use; ``stop`` ends the process and keeps the data, so that
    ``restart`` shows what a server does to its clients; ``remove`` ends it and deletes everything.
    """

    def __init__(self) -> None:
        self._programs = _server_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="gatewright-postgres-"))
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._name = secrets.token_hex(4)

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        if not self._data.exists():
            self._initialise()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                _unprivileged(self._postgres_command()), stdout=log, stderr=log, cwd=self._folder
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Ends the server at once, cutting off its clients, and keeps the data."""
        if self._process is not None:
            self._process.send_signal(2)  # SIGINT: PostgreSQL's "fast" shutdown
            self._process.wait(_START_SECONDS)
            self._process = None

    def remove(self) -> None:
        """Ends the server and deletes all it ever held."""
        self.stop()
        shutil.rmtree(self._folder)

    def create_database(self, template: str = "template0") -> str:
        """Makes a database as a copy of ``template`` and returns its name."""
        self._databases += 1
        name = f"test_{self._name}_{self._databases}"
        self._sql("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def create_tables(self, name: str) -> None:
        """The schema, without the detour through migrations."""
        dialect, tables = postgresql.dialect(), metadata.sorted_tables
        made = [*map(CreateTable, tables), *(CreateIndex(each) for table in tables for each in table.indexes)]
        self._sql(name, ";".join(str(each.compile(dialect=dialect)) for each in made))

    def drop_database(self, name: str) -> None:
        """Drops a database, cutting off whoever is still connected."""
        self._sql("postgres", f'DROP DATABASE "{name}" WITH (FORCE)')

    def empty_database(self, name: str) -> None:
        """Cuts off whoever is connected and removes all rows; a tenth of the time of a new copy."""
        self._sql(name, _EMPTY)

    def url(self, database: str) -> str:
        """The URL under which a program reaches ``database``."""
        return f"postgresql://gatewright@127.0.0.1:{self._port}/{database}"

    def query(self, database: str, sql: str) -> str:
        """What ``psql`` prints for one statement: rows by line, columns by ``|``."""
        return self._sql(database, sql)

    def _sql(self, database: str, sql: str) -> str:
        command = [str(self._programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*command, "-d", self.url(database), "-c", sql], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"psql refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def _initialise(self) -> None:
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        command = [str(self._programs / "initdb"), "-D", str(self._data), "-U", "gatewright"]
        options = ["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(_unprivileged([*command, *options]), check=True, capture_output=True, cwd=self._folder)

    def _postgres_command(self) -> list[str]:
        settings = _SETTINGS | {"unix_socket_directories": str(self._folder), "port": str(self._port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self._data), *options]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        probe = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port)]
        while subprocess.run(probe, check=False).returncode:
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")
            time.sleep(0.02)


def _server_programs() -> Path:
    """The folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise RuntimeError("PostgreSQL's server programs are not installed: apt-get install postgresql")


def _unprivileged(command: list[str]) -> list[str]:
    """The command as a user who may run PostgreSQL, ending with whoever started it."""
    setpriv = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        setpriv += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    return [*setpriv, "--", *command]


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """One PostgreSQL server for all tests of this process."""
    cluster = PostgresCluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
