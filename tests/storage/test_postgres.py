"""What only the PostgreSQL driver promises: its pool, lost connections, schema changes, notifications."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing

import asyncpg
import pytest
from sqlalchemy import func, select, text
from tests.storage.polling import until
from tests.storage.tables import (
    ADD_NOTE,
    ADD_PERSON,
    ALL_NOTES,
    GET_NOTE,
    GET_PERSON,
    GROW,
    TAKE_NOTE,
    TAKE_PERSON,
)
from tests.support.postgres import PostgresCluster

from gatewright.kernel.errors import Invalid, Unavailable
from gatewright.kernel.units import Change, Duplicate, Unmatched
from gatewright.storage.database import STREAM_ROWS, Rejected, revision_bump
from gatewright.storage.postgres import PostgresDatabase
from gatewright.storage.postgres_revisions import LEASE, RevisionListener
from gatewright.storage.statement import Statement

SLEEP = Statement(select(func.pg_sleep(30)))


def note(note_id: object, text: str = "") -> Change:
    return ADD_NOTE.change(tenant_id="t", note_id=str(note_id), text=text)


def person(name: str) -> Change:
    return ADD_PERSON.change(tenant_id="t", name=name, email=name, version=1)


def grow(name: str) -> Change:
    return GROW.change(must_match=True, tenant_id="t", name=name)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url, size=4)
    await database.open()
    yield database
    await database.close()


class Observer:
    """Looks at the server from outside."""

    def __init__(self, cluster: PostgresCluster, name: str) -> None:
        self._cluster = cluster
        self._name = name

    def query(self, sql: str) -> str:
        return self._cluster.query(self._name, sql)

    def commits(self) -> int:
        return int(self.query(f"SELECT xact_commit FROM pg_stat_database WHERE datname = '{self._name}'"))

    def sessions(self, state: str) -> int:
        others = f"datname = '{self._name}' AND pid <> pg_backend_pid()"
        return int(self.query(f"SELECT count(*) FROM pg_stat_activity WHERE {others} AND state = '{state}'"))

    def cut_off(self, condition: str) -> int:
        """Ends the sessions whose last statement fits; returns how many."""
        mine = f"datname = '{self._name}' AND pid <> pg_backend_pid() AND {condition}"
        return int(self.query(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {mine}"))


@pytest.fixture
def observer(postgres_cluster: PostgresCluster, postgres_name: str) -> Observer:
    return Observer(postgres_cluster, postgres_name)


class TestOpening:
    @pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:1"])
    async def test_no_server_is_unavailable(self, host: str) -> None:
        """Where nobody listens, opening raises Unavailable."""
        with pytest.raises(Unavailable) as caught:
            await PostgresDatabase(f"postgresql://u:secret@{host}/x").open()
        assert "secret" not in f"{caught.value.message}{caught.value.detail}"

    async def test_no_such_database_is_unavailable(self, postgres_cluster: PostgresCluster) -> None:
        """A database that does not exist is named to the log, not to the public."""
        with pytest.raises(Unavailable) as caught:
            await PostgresDatabase(postgres_cluster.url("missing")).open()
        assert "missing" in caught.value.detail
        assert "missing" not in caught.value.message


class TestTransactions:
    async def test_refusals_leave_no_transaction_open(
        self, database: PostgresDatabase, observer: Observer
    ) -> None:
        """After units that fail in every way no session keeps a transaction, or its locks."""
        await database.run((person("ada"), note("n")))
        for unit in (
            (grow("ada"), grow("nobody")),
            (grow("ada"), person("ada")),
            (note("x"), grow("nobody")),
            (note("x"), note("n")),
        ):
            with pytest.raises((Unmatched, Duplicate)):
                await database.run(unit)
        assert observer.sessions("idle in transaction") == 0
        assert observer.sessions("idle in transaction (aborted)") == 0

    async def test_a_cancelled_caller_leaves_no_transaction_open(
        self, database: PostgresDatabase, observer: Observer
    ) -> None:
        """A caller cancelled between the changes of a unit leaves no lock behind."""
        await database.run((person("ada"),))
        for number in range(10):
            task = asyncio.create_task(database.run((grow("ada"), grow("ada"), grow("ada"))))
            await asyncio.sleep(0.0005 * number)
            task.cancel()
            await asyncio.wait([task])
        assert await asyncio.wait_for(database.run((grow("ada"),)), 5) == (1,)
        assert observer.sessions("idle in transaction") == 0

    async def test_deadlocks_are_tried_again(self, database: PostgresDatabase) -> None:
        """Units that lock the same rows in opposite orders, many at once, all succeed."""
        await database.run((person("ada"), person("bob")))
        units = [(grow("ada"), grow("bob")), (grow("bob"), grow("ada"))] * 10
        assert await asyncio.gather(*map(database.run, units)) == [(1, 1)] * 20

    async def test_a_nul_is_invalid(self, database: PostgresDatabase) -> None:
        """Text with a NUL, which PostgreSQL cannot store, is Invalid input."""
        with pytest.raises(Invalid):
            await database.run((note("a\0b"),))
        with pytest.raises(Invalid):
            await database.fetch_one(GET_NOTE, tenant_id="t", note_id="a\0b")

    async def test_a_function_that_is_missing_is_named(self, database: PostgresDatabase) -> None:
        """A mistake in a statement is Rejected in the server's words."""
        with pytest.raises(Rejected, match="no_such_function"):
            await database.fetch(Statement(select(func.no_such_function())))

    async def test_a_write_of_no_known_kind_runs(self, database: PostgresDatabase) -> None:
        """A statement that is no INSERT, UPDATE or DELETE may be part of a unit."""
        assert await database.run((note("n"), Statement(text("ANALYZE notes")).change())) == (1, 0)


class TestPool:
    async def test_waiting_for_a_connection_is_bounded(self, postgres_url: str) -> None:
        """Who finds every connection in use gets Unavailable after the agreed patience."""
        database = PostgresDatabase(postgres_url, size=1, patience=0.1)
        await database.open()
        slow = asyncio.create_task(database.fetch(SLEEP))
        await asyncio.sleep(0)
        began = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            await database.fetch_one(GET_NOTE, tenant_id="t", note_id="n")
        assert time.monotonic() - began < 5
        assert (caught.value.retry_after, caught.value.detail) == (1, "every connection is in use")
        slow.cancel()
        await asyncio.wait([slow])
        assert await database.fetch_one(GET_NOTE, tenant_id="t", note_id="n") is None
        await database.close()

    async def test_no_more_connections_than_agreed(
        self, database: PostgresDatabase, observer: Observer
    ) -> None:
        """However many callers there are, the pool stays within its size."""
        await asyncio.gather(*(database.run((note(number),)) for number in range(200)))
        assert 1 <= observer.sessions("idle") <= 4 + 1  # and the one that listens

    async def test_a_statement_that_takes_too_long_is_given_up(self, postgres_url: str) -> None:
        """A statement beyond the time limit ends as Unavailable, and the next is served."""
        database = PostgresDatabase(postgres_url, size=1, timeout=0.2)
        await database.open()
        with pytest.raises(Unavailable):
            await database.fetch(SLEEP)
        assert await database.run((note("n"),)) == (1,)
        await database.close()

    async def test_closing_cuts_off_who_does_not_finish(self, postgres_url: str) -> None:
        """Closing waits for a statement under way no longer than a statement may take."""
        database = PostgresDatabase(postgres_url, timeout=0.3)
        await database.open()
        slow = asyncio.create_task(database.fetch(SLEEP))
        await asyncio.sleep(0.05)
        await asyncio.wait_for(database.close(), 5)
        with pytest.raises(Unavailable):
            await slow

    async def test_exports_are_few(self, database: PostgresDatabase) -> None:
        """A fifth export at once is refused; when one ends the next is served."""
        await asyncio.gather(*(database.run((note(number),)) for number in range(STREAM_ROWS + 1)))
        async with AsyncExitStack() as stack:
            for _ in range(4):
                stream = await stack.enter_async_context(aclosing(database.stream(ALL_NOTES, tenant_id="t")))
                await anext(stream)
            with pytest.raises(Unavailable):
                await anext(database.stream(ALL_NOTES, tenant_id="t"))
        assert len(await anext(database.stream(ALL_NOTES, tenant_id="t"))) == STREAM_ROWS

    async def test_exports_do_not_use_up_the_pool(self, postgres_url: str) -> None:
        """Reads and writes go on while exports stand still."""
        database = PostgresDatabase(postgres_url, size=1, patience=1)
        await database.open()
        await database.run(tuple(note(number) for number in range(STREAM_ROWS + 1)))
        async with aclosing(database.stream(ALL_NOTES, tenant_id="t")) as stream:
            await anext(stream)
            assert await database.run((note("meanwhile"),)) == (1,)
        await database.close()


class TestRoundTrips:
    async def test_independent_changes_are_one_transaction_of_one_statement(
        self, database: PostgresDatabase, observer: Observer
    ) -> None:
        """Changes of different tables reach the server as a single statement."""
        await database.run((note("n"), person("ada"), revision_bump("t")))
        sent = observer.query("SELECT query FROM pg_stat_activity WHERE query LIKE '%c2 AS (INSERT%'")
        assert "c0 AS (INSERT INTO notes" in sent
        assert "c1 AS (INSERT INTO people" in sent


class TestLostConnections:
    async def test_a_restart_of_the_server_is_survived(
        self, database: PostgresDatabase, postgres_cluster: PostgresCluster
    ) -> None:
        """While the server is away callers get Unavailable; after it is back they find all rows."""
        await asyncio.gather(*(database.run((note(number),)) for number in range(20)))
        postgres_cluster.stop()
        for attempt in (
            database.ping,
            lambda: database.run((note("a"),)),
            lambda: database.run((note("a"), person("a"))),
            lambda: database.run((grow("a"), grow("a"))),
            lambda: database.take(note("a")),
            lambda: database.fetch_one(GET_NOTE, tenant_id="t", note_id="0"),
            lambda: database.scan(ALL_NOTES, tenant_id="t"),
            lambda: anext(database.stream(ALL_NOTES, tenant_id="t")),
        ):
            with pytest.raises(Unavailable) as caught:
                await attempt()
            assert caught.value.retry_after == 1
        postgres_cluster.start()
        await database.ping()
        assert len(await database.fetch(ALL_NOTES, tenant_id="t")) == 20
        assert await database.run((note("after"), person("after"))) == (1, 1)

    async def test_work_under_way_ends_as_unavailable(
        self, database: PostgresDatabase, postgres_cluster: PostgresCluster
    ) -> None:
        """Units under way when the server stops end with an answer or as Unavailable."""
        numbers = iter(range(100_000))
        outcomes: list[object] = []

        async def write() -> None:
            while not any(isinstance(each, Exception) for each in outcomes):
                number = next(numbers)
                try:
                    await database.run((note(number), person(str(number))))
                    outcomes.append(number)
                except Exception as error:
                    outcomes.append(error)

        writers = [asyncio.create_task(write()) for _ in range(8)]
        await until(lambda: len(outcomes) > 50, "some units")
        await asyncio.to_thread(postgres_cluster.stop)
        await asyncio.gather(*writers)
        postgres_cluster.start()
        kept = {row[0] for row in await database.fetch(ALL_NOTES, tenant_id="t")}
        assert {str(each) for each in outcomes if isinstance(each, int)} <= kept
        assert {type(each) for each in outcomes} == {int, Unavailable}

    async def test_sessions_ended_by_the_server_are_replaced(
        self, database: PostgresDatabase, observer: Observer
    ) -> None:
        """After the server ended idle sessions the callers are served by new ones."""
        await asyncio.gather(*(database.run((note(number),)) for number in range(20)))
        assert observer.cut_off("TRUE") >= 2
        await asyncio.sleep(0.05)  # for the news to reach the sockets
        assert len(await database.fetch(ALL_NOTES, tenant_id="t")) == 20


class TestSchemaChanges:
    @pytest.fixture
    def postgres_name(self, postgres_cluster: PostgresCluster, postgres_template: str) -> Iterator[str]:
        name = postgres_cluster.create_database(postgres_template)
        yield name
        postgres_cluster.drop_database(name)

    @pytest.mark.parametrize("statements", [1, 2, 3])
    async def test_prepared_statements_survive_a_migration(
        self, database: PostgresDatabase, observer: Observer, statements: int
    ) -> None:
        """A statement that was prepared before a column changed its type works after it, in every form."""
        take = TAKE_PERSON.change(must_match=True, tenant_id="t", name="ada")
        unit = ((person("ada"), take, note("x")), (take,), (take, note("y")))[statements % 3]
        for kind in ("integer", "bigint"):
            if unit[0] is take:
                await database.run((person("ada"),))
            assert set(await database.run(unit)) == {1}
            await database.run((TAKE_NOTE.change(tenant_id="t", note_id="x"),))
            await database.run((TAKE_NOTE.change(tenant_id="t", note_id="y"),))
            observer.query(
                f"ALTER TABLE people ALTER version TYPE {kind}; "
                f"ALTER TABLE people ALTER email TYPE {'varchar' if kind == 'integer' else 'text'}"
            )

    async def test_reads_survive_a_migration(self, database: PostgresDatabase, observer: Observer) -> None:
        """A prepared read gives its rows after a column changed its type."""
        await database.run((person("ada"),))
        for kind in ("integer", "bigint", "integer"):
            assert await database.fetch_one(GET_PERSON, tenant_id="t", name="ada") == ("ada", 1)
            observer.query(f"ALTER TABLE people ALTER version TYPE {kind}")


class TestRevisions:
    async def test_unknown_while_nobody_listens(
        self, database: PostgresDatabase, postgres_cluster: PostgresCluster
    ) -> None:
        """While the server is away no revision is known; when it is back one is, and it has moved."""
        await until(lambda: database.revision("t") is not None, "a revision")
        before = database.revision("t")
        await asyncio.to_thread(postgres_cluster.stop)
        await until(lambda: database.revision("t") is None, "the loss to be noticed")
        postgres_cluster.start()
        await until(lambda: database.revision("t") is not None, "a revision")
        assert database.revision("t") != before

    async def test_every_break_moves_every_tenant(
        self, database: PostgresDatabase, observer: Observer
    ) -> None:
        """What changed while nobody listened cannot be known, so all tenants move."""
        await until(lambda: database.revision("t") is not None, "a revision")
        before = [database.revision(tenant) for tenant in ("t", "other")]
        assert observer.cut_off("query ILIKE '%listen%'") == 1
        await until(lambda: database.revision("t") not in (None, before[0]), "another revision")
        assert database.revision("other") not in (None, before[1])

    async def test_a_change_by_hand_is_heard(self, database: PostgresDatabase, observer: Observer) -> None:
        """A notification sent by any other program moves the tenant it names."""
        await until(lambda: database.revision("t") is not None, "a revision")
        before, other = database.revision("t"), database.revision("other")
        observer.query("SELECT pg_notify('gatewright_revision', 't')")
        await until(lambda: database.revision("t") != before, "the notification")
        assert database.revision("other") == other

    async def test_the_number_is_kept_in_the_table_too(
        self, database: PostgresDatabase, observer: Observer
    ) -> None:
        """Each bump adds one to the tenant's row, whichever form its unit takes."""
        await database.run((revision_bump("t"),))
        await database.run((revision_bump("t"), note("n")))
        await database.run((revision_bump("t"), person("ada"), grow("ada")))
        assert observer.query("SELECT revision FROM revisions WHERE tenant_id = 't'") == "3"


def last_statement(observer: Observer) -> str:
    """What the listening session was last asked, and when."""
    return observer.query(
        "SELECT query_start, query FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
    )


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def unlisten(session: asyncpg.Connection) -> None:
    """Ends the session's subscriptions, as soon as the first proof, which may be under way, is over."""
    while True:
        try:
            await session.execute("UNLISTEN *")
        except asyncpg.InterfaceError:
            await asyncio.sleep(0.01)
        else:
            return


class TestTrust:
    async def test_trust_ends_unless_it_is_renewed(self, postgres_url: str) -> None:
        """A revision is unknown once the connection has not proved itself for the agreed time."""
        clock = Clock()
        listener = RevisionListener(lambda: asyncpg.connect(postgres_url), clock)
        listener.start()
        await until(lambda: listener.revision("t") is not None, "a revision")
        before = listener.revision("t")
        clock.seconds += LEASE
        assert listener.revision("t") is None
        await until(lambda: listener.revision("t") is not None, "the proof")
        assert listener.revision("t") == before
        await listener.stop()

    @pytest.mark.alone
    async def test_trust_is_renewed_in_time_while_it_is_used(self, postgres_url: str) -> None:
        """Somebody who asks all the time never finds the revision unknown."""
        clock = Clock()
        listener = RevisionListener(lambda: asyncpg.connect(postgres_url), clock)
        listener.start()
        await until(lambda: listener.revision("t") is not None, "a revision")
        for _ in range(40):
            clock.seconds += 1
            assert listener.revision("t") is not None
            await asyncio.sleep(0.02)
        await listener.stop()

    async def test_an_idle_process_asks_nothing(self, postgres_url: str, observer: Observer) -> None:
        """While nobody wants to know a revision, the listening session receives no statement."""
        clock = Clock()
        listener = RevisionListener(lambda: asyncpg.connect(postgres_url), clock)
        listener.start()
        await until(lambda: listener.revision("t") is not None, "a revision")
        await until(lambda: "pg_listening_channels" in last_statement(observer), "the first proof")
        before = last_statement(observer)
        clock.seconds += 100 * LEASE
        await asyncio.sleep(0.3)  # an interval to be idle in
        assert last_statement(observer) == before
        await listener.stop()

    async def test_a_session_that_does_not_listen_is_not_trusted(self, postgres_url: str) -> None:
        """A session that lost its subscription, as behind a transaction pooler, ends the trust."""
        clock = Clock()
        sessions: list[asyncpg.Connection] = []

        async def connect() -> asyncpg.Connection:
            sessions.append(await asyncpg.connect(postgres_url))
            return sessions[-1]

        listener = RevisionListener(connect, clock)
        listener.start()
        await until(lambda: listener.revision("t") is not None, "a revision")
        before = listener.revision("t")
        await unlisten(sessions[0])
        clock.seconds += LEASE
        await until(lambda: listener.revision("t") not in (None, before), "another session")
        assert len(sessions) == 2
        await listener.stop()
