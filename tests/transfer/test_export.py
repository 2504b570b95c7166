"""Users that are written down."""

import csv
import io
import json
import tracemalloc

import msgspec
import pytest
from tests.support.world import CONNECTION, PASSWORD, World
from tests.transfer.filled import counts, errors, finished, imported

from gatewright.jobs import ExportField
from gatewright.kernel.errors import Invalid
from gatewright.transfer import UserExport
from gatewright.transfer.held_job import LEASE_SECONDS
from gatewright.transfer.worker import Worker
from gatewright.users import Identifier, Identity, User

pytestmark = pytest.mark.anyio


class Died(BaseException):
    """The process is gone: nothing more is done."""


async def written(
    world: World, form: str = "ndjson", *fields: str, limit: int | None = None, **options: object
) -> str:
    """The whole file."""
    chosen = [
        ExportField(name=name, export_as=export_as)
        for name, _, export_as in (f.partition("=") for f in fields)
    ]
    export = UserExport(
        world.platform.stores.users,
        tenant_id=world.tenant_id,
        form=form,
        fields=chosen,
        **options,  # type: ignore[arg-type]
    )
    return "".join([piece async for piece in export.text(limit=limit)])


async def several(world: World, count: int = 3) -> None:
    await imported(
        world,
        *(
            {"email": f"p{n}@example.test", "user_id": f"p{n:04}", "app_metadata": {"n": n}}
            for n in range(count)
        ),
    )


async def test_ndjson(world: World) -> None:
    """One object a line, in the order of ids, with times as the wire writes them."""
    await several(world)
    users = [json.loads(line) for line in (await written(world)).splitlines()]
    assert [user["user_id"] for user in users] == ["auth0|ada", "auth0|p0000", "auth0|p0001", "auth0|p0002"]
    assert users[0]["created_at"] == "2027-01-15T08:00:00.000Z"
    assert users[1]["app_metadata"] == {"n": 0}
    assert (users[0]["email_verified"], users[1]["email_verified"], users[1]["blocked"]) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_json(world: World, count: int) -> None:
    """An array, whole and well-formed, with nobody in it too."""
    await world.platform.users.delete(world.tenant_id, "auth0|ada")
    if count:
        await several(world, count)
    assert [user["email"] for user in json.loads(await written(world, "json"))] == [
        f"p{n}@example.test" for n in range(count)
    ]


async def test_csv(world: World) -> None:
    """A table (RFC 4180) with a header, quoted where it must be; metadata is JSON."""
    await world.change_user("auth0|ada", name='Ada, "the\nfirst"', user_metadata={"a": [1]})
    text = await written(
        world, "csv", "user_id=id", "name", "user_metadata", "blocked", "user_metadata.a[0]=one", "last_login"
    )
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["id", "name", "user_metadata", "blocked", "one", "last_login"],
        ["auth0|ada", 'Ada, "the\nfirst"', '{"a":[1]}', "false", "1", ""],
    ]
    assert text.startswith("id,name,user_metadata,blocked,one,last_login\r\n")


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1+1", "'+1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-x", "'-x"),
        ("\tx", "'\tx"),
        ("+4915112345", "+4915112345"),
        ("Ada", "Ada"),
    ],
)
async def test_no_cell_is_a_formula(world: World, name: str, cell: str) -> None:
    """CVE class "formula injection": what a person calls themselves is text in every spreadsheet."""
    await world.change_user("auth0|ada", name=name)
    rows = list(csv.reader(io.StringIO(await written(world, "csv", "name"), newline="")))
    assert rows == [["name"], [cell]]


async def test_chosen_fields(world: World) -> None:
    """Fields are named by path, called as asked, null where there is nothing, in the order asked for."""
    lines = await written(
        world, "ndjson", "identities[0].connection=db", "email", "app_metadata.plan", "identities[9].x"
    )
    assert list(json.loads(lines).items()) == [
        ("db", CONNECTION),
        ("email", "ada@example.test"),
        ("app_metadata.plan", None),
        ("identities[9].x", None),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        ["", "email"],
        ["a..b"],
        ["a["],
        ["[0]"],
        ["x" * 201],
        ["email", "email"],
        ["email=x", "name=x"],
        [f"f{number}" for number in range(101)],
    ],
)
async def test_fields_that_cannot_be(world: World, fields: list[str]) -> None:
    """A path that is none, two columns of one name, or too many are refused before anything is written."""
    with pytest.raises(Invalid):
        await written(world, "csv", *fields)


async def test_no_secret_is_written_unless_asked_for(world: World) -> None:
    """An export has password hashes if that was asked for, and then an import elsewhere takes the file."""
    await imported(
        world,
        {
            "email": "b@example.test",
            "custom_password_hash": {
                "algorithm": "ldap",
                "hash": {"value": "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="},
            },
        },
    )
    for fields in ((), ("password_hash",), ("hash",), ("custom_password_hash",)):
        text = await written(world, "ndjson", *fields)
        assert "argon2" not in text
        assert "SHA" not in text
    text = await written(world, "ndjson", "email", "email_verified", with_hashes=True)
    for user_id in (
        "auth0|ada",
        world.rows("SELECT user_id FROM users WHERE email = 'b@example.test'")[0][0],
    ):
        await world.platform.users.delete(world.tenant_id, user_id)
    job = await imported(world, *text.splitlines())
    assert counts(job) == (2, 0, 0), await errors(world, job)
    assert (await world.browser().bring_password(password=PASSWORD)).status_code == 200
    assert (await world.browser().bring_password("b@example.test", "password")).status_code == 200


async def test_limit_and_connection(world: World) -> None:
    """At most so many users are written, and only those of the connection that is named."""
    await several(world, 5)
    other = User(
        user_id="auth0|aaa",
        email="o@example.test",
        identities=(Identity(connection="other", provider="auth0", user_id="aaa"),),
    )
    unit = world.platform.stores.users.insert(world.tenant_id, other, (Identifier("email", other.email),))
    await world.platform.bus.commit(unit)
    assert (await written(world, "csv", "user_id", limit=2)).split() == ["user_id", "auth0|aaa", "auth0|ada"]
    assert "aaa" not in await written(world, "csv", "user_id", connection=CONNECTION)
    assert (await written(world, "csv", "user_id", connection="other")).split() == ["user_id", "auth0|aaa"]
    assert len((await written(world, "csv", "user_id", limit=3, connection=CONNECTION)).split()) == 4


async def test_export_as_a_job(world: World) -> None:
    """An ordered export becomes a file in parts, and the log tells who wrote what down."""
    await several(world, 1_200)
    job = await world.platform.transfers.order_export(
        world.tenant_id,
        form="csv",
        fields=[ExportField(name="email", export_as="mail")],
        limit=1_100,
        client_id="m2m",
    )
    done = await finished(world, job)
    parts = [part async for part in world.platform.jobs.parts(world.tenant_id, job.job_id, "output")]
    assert len(parts) > 3
    assert len("".join(parts).split()) == 1_101
    assert (done.status, done.done, done.percentage_done) == ("completed", 1_100, 100)
    (event,) = [log for log in await world.logs() if log.event == "UsersExported"]
    assert (event.client_id, event.details) == (
        "m2m",
        {"job_id": job.job_id, "users": 1_100, "fields": ["email"]},
    )


async def test_killed_export_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that was cut off has every user once when the next worker is done with it."""
    await several(world, 1_200)
    platform = world.platform
    monkeypatch.setattr(platform.jobs, "_nudge", lambda: None)
    job = await platform.transfers.order_export(world.tenant_id, fields=[ExportField(name="user_id")])
    worker = Worker(
        platform.stores.jobs, platform.stores.users, platform.connections, platform.bus, platform.clock
    )
    commit, left = platform.bus.commit, [4]

    async def counted(*what: object) -> tuple[int, ...]:
        left[0] -= 1
        if left[0] == 0:
            raise Died
        return await commit(*what)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(platform.bus, "commit", counted)
        with pytest.raises(Died):
            await worker.work()
    world.clock.advance(LEASE_SECONDS)
    await worker.work()
    text = "".join([part async for part in platform.jobs.parts(world.tenant_id, job.job_id, "output")])
    assert [json.loads(line)["user_id"] for line in text.splitlines()] == [
        row[0] for row in world.rows("SELECT user_id FROM users ORDER BY user_id")
    ]


async def test_memory_stays_flat(world: World) -> None:
    """Ten times as many users take no more memory to write down."""

    async def most() -> int:
        export = UserExport(world.platform.stores.users, tenant_id=world.tenant_id, form="json")
        tracemalloc.start()
        async for _ in export.text():
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    await several(world, 1_000)
    few = await most()
    users = world.platform.stores.users
    template = await users.get(world.tenant_id, "auth0|p0001")
    assert template is not None
    for start in range(0, 9_000, 500):
        copies = (
            msgspec.structs.replace(template, user_id=f"auth0|q{start + n:05}", identities=())
            for n in range(500)
        )
        await world.platform.bus.commit(
            tuple(change for copy in copies for change in users.insert(world.tenant_id, copy, ()))
        )
    assert await most() < few * 1.5
