"""``/api/v2/jobs``: users in and out by the thousand, and links mailed again."""

import asyncio
import csv
import io
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import bcrypt
import httpx2
import pytest
from tests.login.visits import link_in
from tests.support.management import Caller, caller, put_other_tenant, refused
from tests.support.world import ISSUER, PASSWORD, World, answer, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

IMPORTS, EXPORTS, VERIFY = "/jobs/users-imports", "/jobs/users-exports", "/jobs/verification-email"
PEOPLE = [{"email": f"p{number}@example.test", "user_id": f"p{number}"} for number in range(3)]
USERS = ("users", json.dumps(PEOPLE))
NO_FIELD = {"email": "x@example.test", "shoe_size": 5}


def form(*parts: tuple[str, str | bytes]) -> dict[str, Any]:
    """A form with its parts in this very order; ``users`` is the file."""
    boundary = secrets.token_hex(8)
    content = b""
    for name, value in parts:
        more = '; filename="users.json"\r\nContent-Type: application/json' if name == "users" else ""
        content += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
        content += (value.encode() if isinstance(value, str) else value) + b"\r\n"
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    return {"content": content + f"--{boundary}--\r\n".encode(), "headers": headers}


async def connection_id(world: World) -> str:
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    return connection.connection_id


async def sent(world: World, robot: Caller, people: object, **fields: str) -> httpx2.Response:
    """The answer to an import; the fields come first, as from most libraries."""
    file = people if isinstance(people, bytes) else json.dumps(people)
    named = {"connection_id": await connection_id(world), **fields}
    return await robot.call("POST", IMPORTS, **form(*named.items(), ("users", file)))


async def over(robot: Caller, job: Mapping[str, Any], *, within: float = 60) -> dict[str, Any]:
    """The job when nothing will happen any more, which is to be so in so many seconds."""
    pause = 0.01
    async with asyncio.timeout(within):
        while True:
            found: dict[str, Any] = await robot.read(f"/jobs/{job['id']}")
            if found["status"] in ("completed", "failed"):
                return found
            await asyncio.sleep(pause)
            pause = min(2 * pause, 0.5)  # calls are counted, and the server's clock stands still


async def imported(world: World, robot: Caller, people: object, **fields: str) -> dict[str, Any]:
    """The import of ``people``, when it is over."""
    response = await sent(world, robot, people, **fields)
    assert response.status_code == 202, response.text
    return await over(robot, response.json())


async def exported(robot: Caller, **fields: Any) -> dict[str, Any]:
    """An export, when it is over."""
    response = await robot.post(EXPORTS, fields)
    assert response.status_code == 200, response.text
    return await over(robot, response.json())


async def downloaded(world: World, job: Mapping[str, Any]) -> httpx2.Response:
    """What lies at the job's address, fetched without a token."""
    url = urlsplit(job["location"])
    assert f"{url.scheme}://{url.netloc}/" == ISSUER
    return await world.browser().get(f"{url.path}?{url.query}")


async def test_import(world: World, robot: Caller) -> None:
    """An import is accepted as a job, which tells how far it is and what came of it."""
    response = await sent(world, robot, [*PEOPLE, NO_FIELD], external_id="batch 7", upsert="true")
    assert response.status_code == 202
    job = response.json()
    expected = {
        "type": "users_import",
        "status": "pending",
        "connection_id": await connection_id(world),
        "external_id": "batch 7",
        "upsert": True,
        "send_completion_email": False,
        "percentage_done": 0,
    }
    assert expected.items() <= job.items()
    done = await over(robot, job)
    assert (done["status"], done["percentage_done"]) == ("completed", 100)
    assert done["summary"] == {"failed": 1, "updated": 0, "inserted": 3, "total": 4}
    assert done["created_at"].endswith("Z")
    assert (await robot.get("/users/auth0%7Cp2")).status_code == 200


async def test_errors_of_an_import(world: World, robot: Caller) -> None:
    """Each record that became no user is listed by its number, without secrets, with all that is wrong."""
    secret = {**NO_FIELD, "password_hash": "swordfish"}
    job = await imported(world, robot, [PEOPLE[0], secret, PEOPLE[1], {"email": "no address"}])
    first, second = await robot.read(f"/jobs/{job['id']}/errors")
    assert (first["number"], second["number"]) == (2, 4)
    assert {each["path"] for each in first["errors"]} == {"shoe_size", "password_hash"}
    assert first["errors"][0]["code"] == "INVALID_FORMAT"
    assert first["user"]["email"] == "x@example.test"
    assert "swordfish" not in json.dumps(first)
    assert second["errors"][0]["path"] == "email"


async def test_errors_of_many_records(world: World, robot: Caller) -> None:
    """Errors of many units are one list, in the order of the file."""
    lines = "".join(f'{{"email": "no address {number}"}}\n' for number in range(200))
    job = await imported(world, robot, lines.encode())
    assert [each["number"] for each in await robot.read(f"/jobs/{job['id']}/errors")] == [*range(1, 201)]


async def test_no_errors(world: World, robot: Caller) -> None:
    """A job without errors answers 204 when it is asked for them."""
    job = await imported(world, robot, PEOPLE)
    response = await robot.get(f"/jobs/{job['id']}/errors")
    assert (response.status_code, response.content) == (204, b"")


async def test_file_before_its_fields(world: World, robot: Caller) -> None:
    """The file may stand before the fields that say what to do with it."""
    parts = (
        ("users", json.dumps(PEOPLE)),
        ("upsert", "false"),
        ("connection_id", await connection_id(world)),
    )
    response = await robot.call("POST", IMPORTS, **form(*parts))
    assert response.status_code == 202
    assert (await over(robot, response.json()))["summary"]["inserted"] == 3


async def test_upsert(world: World, robot: Caller) -> None:
    """Without ``upsert`` a user who is there is an error, with it they are updated."""
    ada = [{"email": "ada@example.test", "name": "Ada of the file"}]
    assert (await imported(world, robot, ada))["summary"]["failed"] == 1
    assert (await imported(world, robot, ada, upsert="true"))["summary"]["updated"] == 1
    assert (await robot.read("/users/auth0%7Cada"))["name"] == "Ada of the file"


async def test_forms_that_are_refused(world: World, robot: Caller) -> None:
    """What is wrong with a form is told by its field; nothing of the file is kept."""
    here = ("connection_id", await connection_id(world))
    wrong = [
        ((here,), "users: missing"),
        ((USERS,), "connection_id: missing"),
        ((USERS, ("connection_id", "con_none")), "connection_id: the connection does not exist"),
        ((("connection_id", "con_none"), USERS), "connection_id: the connection does not exist"),
        ((here, here, USERS), "connection_id: stands in the form twice"),
        ((here, USERS, USERS), "users: stands in the form twice"),
        ((here, ("upsert", "yes"), USERS), "upsert: read 'yes'; wanted: true or false"),
        ((here, ("upsrt", "true"), USERS), "upsrt: no such field; did you mean upsert?"),
        ((here, ("external_id", "x" * 201), USERS), "external_id: 201 characters"),
        ((here, ("users", "[]")), "users: there is no user in the file"),
        ((here, ("external_id", b"\xff"), USERS), "external_id: not in UTF-8"),
    ]
    for parts, told in wrong:
        response = await robot.call("POST", IMPORTS, **form(*parts))
        assert refused(response) == (400, "invalid_body"), told
        assert told in response.json()["message"]
        assert world.rows("SELECT * FROM job_parts") == [], told
    assert world.rows("SELECT * FROM jobs") == []


async def test_body_that_is_no_form(robot: Caller) -> None:
    """An import that is sent as JSON is refused with 415, and a form that breaks off with 400."""
    assert refused(await robot.post(IMPORTS, {"users": PEOPLE})) == (415, "unsupported_media_type")
    cut = form(USERS)
    cut["content"] = cut["content"][:-20]
    assert refused(await robot.call("POST", IMPORTS, **cut)) == (400, "invalid_body")


async def test_too_large_a_form(robot: Caller) -> None:
    """A form that is longer than any that is read is refused with 413 before it is read."""
    huge = form(USERS)
    huge["headers"]["content-length"] = str(2**31)
    response = await robot.call("POST", IMPORTS, **huge)
    assert refused(response) == (413, "payload_too_large")
    assert "1073741824 bytes" in response.json()["message"]


async def test_export_as_json(world: World, robot: Caller) -> None:
    """An export is one JSON object a line, at an address that needs no token."""
    job = await exported(robot)
    assert (job["type"], job["format"], job["percentage_done"]) == ("users_export", "json", 100)
    response = await downloaded(world, job)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-disposition"] == f'attachment; filename="{job["id"]}.ndjson"'
    users = [json.loads(line) for line in response.text.splitlines()]
    assert "ada@example.test" in {user["email"] for user in users}
    assert not any("hash" in name for user in users for name in user)


async def test_export_as_csv(world: World, robot: Caller) -> None:
    """An export as CSV has the fields that were asked for, under the names that were asked for."""
    job = await exported(
        robot,
        connection_id=await connection_id(world),
        format="csv",
        limit=1,
        fields=[{"name": "email"}, {"name": "user_metadata.plan", "export_as": "plan"}],
    )
    assert (job["limit"], job["fields"][1]) == (1, {"name": "user_metadata.plan", "export_as": "plan"})
    rows = list(csv.reader(io.StringIO((await downloaded(world, job)).text)))
    assert (rows[0], len(rows)) == (["email", "plan"], 2)


WRONG_EXPORTS = [
    ({"format": "xml"}, "format: read 'xml'"),
    ({"limit": 0}, "limit: read 0"),
    ({"connection_id": "con_none"}, "connection_id: the connection does not exist"),
    ({"fields": [{"name": "a b["}]}, "fields[0].name"),
    ({"fields": [{"nam": "email"}]}, "fields[0]"),
    ({"hashes": True}, "hashes: no such field"),
]


@pytest.mark.parametrize(("body", "told"), WRONG_EXPORTS, ids=lambda value: str(value)[:40])
async def test_exports_that_are_refused(world: World, robot: Caller, body: dict[str, Any], told: str) -> None:
    """What is wrong with an export is told by its path, and there is no job."""
    response = await robot.post(EXPORTS, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert world.rows("SELECT * FROM jobs") == []


async def test_address_of_an_export_expires(world: World, robot: Caller) -> None:
    """The address works for ten minutes; asking for the job again gives another one."""
    job = await exported(robot)
    world.clock.advance(599)
    assert (await downloaded(world, job)).status_code == 200
    world.clock.advance(1)
    assert refused(await downloaded(world, job)) == (404, "inexistent_export")
    again = await robot.read(f"/jobs/{job['id']}")
    assert (await downloaded(world, again)).status_code == 200


async def test_forged_addresses(world: World, robot: Caller) -> None:
    """A key opens the one export of the one tenant for the one time; whoever tries many is stopped."""
    job, other = await exported(robot), await exported(robot)
    path, query = urlsplit(job["location"]).path, urlsplit(job["location"]).query
    foreign = world.browser(base=(await put_other_tenant(world)).issuer)
    for url in (
        path,
        f"{path}?{query}x",
        f"{path}?{query.replace('expires=', 'expires=9')}",
        f"{path}?{query.replace('expires=', 'expires=%00')}",
        f"{urlsplit(other['location']).path}?{query}",
    ):
        assert refused(await world.browser().get(url)) == (404, "inexistent_export"), url
    assert refused(await foreign.get(f"{path}?{query}")) == (404, "inexistent_export")
    for _ in range(50):
        blocked = await world.browser().get(path)
    assert refused(blocked)[0] == 429


async def test_key_of_an_export_is_not_kept(world: World, robot: Caller) -> None:
    """The key of an address is in no table; that somebody fetched the users is in the log."""
    job = await exported(robot)
    await downloaded(world, job)
    key = job["location"].rpartition("key=")[2]
    assert not any(key in line for line in world.dump())
    (entry,) = [entry for entry in await world.logs() if entry.event == "ExportRead"]
    assert (entry.type, entry.details["job_id"]) == ("mgmt_api_read", job["id"])


async def test_who_may_make_users_may_not_read_them(world: World, robot: Caller) -> None:
    """Only who may read users is told where exported ones are."""
    job = await exported(robot)
    maker = await caller(world, "create:users")
    assert "location" not in await maker.read(f"/jobs/{job['id']}")
    assert refused(await maker.post(EXPORTS, {})) == (403, "insufficient_scope")


async def test_jobs_of_another_tenant(world: World, robot: Caller) -> None:
    """A job of another tenant is not there."""
    job = await imported(world, robot, PEOPLE)
    issuer = (await put_other_tenant(world)).issuer
    other = await caller(world, base=issuer)
    for path in (f"/jobs/{job['id']}", f"/jobs/{job['id']}/errors"):
        assert refused(await other.get(path)) == (404, "inexistent_job")


async def test_orders_are_in_the_log(world: World, robot: Caller) -> None:
    """Who ordered an import or an export is in the log, and so is what came of it."""
    await imported(world, robot, PEOPLE)
    await exported(robot)
    entries = [entry for entry in await world.logs() if entry.client_id == "robot"]
    described = {entry.description for entry in entries}
    assert {"Create a job to import users", "Create a job to export users"} <= described
    assert {"UsersImported", "UsersExported"} <= {entry.event for entry in entries}


async def test_verification_email(world: World, robot: Caller) -> None:
    """The job mails a link that confirms the address, and is over when it is read."""
    await world.change_user("auth0|ada", email_verified=False)
    job = await robot.made(VERIFY, user_id="auth0|ada", client_id="web")
    assert (job["type"], (await robot.read(f"/jobs/{job['id']}"))["status"]) == (
        "verification_email",
        "completed",
    )
    (mail,) = await world.mails()
    browser = world.browser()
    page = await browser.submit(await browser.get(link_in(mail)))
    assert "confirmed" in text_of(page)
    assert (await robot.read("/users/auth0%7Cada"))["email_verified"] is True


@pytest.mark.parametrize("fields", [{"email_verified": True}, {"blocked": True}, {"email": ""}], ids=str)
async def test_verification_of_no_use(world: World, robot: Caller, fields: dict[str, Any]) -> None:
    """Nothing is mailed to an address that is verified, to nobody, or to who is blocked."""
    await world.change_user("auth0|ada", **{"email_verified": False, **fields})
    assert refused(await robot.post(VERIFY, {"user_id": "auth0|ada"})) == (400, "invalid_body")
    assert await world.mails() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"user_id": "auth0|nobody"}, 404),
        ({"user_id": "auth0|ada", "client_id": "nobody"}, 400),
        ({"user_id": "auth0|ada", "identity": {"user_id": "bob", "provider": "auth0"}}, 400),
        ({"user_id": "auth0|ada", "organization_id": "org_1"}, 400),
    ],
    ids=str,
)
async def test_wrong_verification(world: World, robot: Caller, body: dict[str, Any], status: int) -> None:
    """Whom nobody knows, and what nobody has, is refused, and nothing is mailed."""
    await world.change_user("auth0|ada", email_verified=False)
    assert refused(await robot.post(VERIFY, body))[0] == status
    assert await world.mails() == []


async def test_imported_user_signs_in(world: World, robot: Caller) -> None:
    """A user who was imported with a hash signs in with its password."""
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await imported(world, robot, [{**PEOPLE[0], "password_hash": hashed, "email_verified": True}])
    assert "code" in answer(await world.browser().sign_in("p0@example.test"))
