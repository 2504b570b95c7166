"""A whole server in this process: real SQLite, a clock that stands still, a browser and clients."""

import base64
import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import msgspec
import pytest
from sqlalchemy import delete
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from gatewright.apis import Api, ApiScope, ClientGrant
from gatewright.app import Application, Platform, build_platform
from gatewright.app.preparing import ensure_first_tenant
from gatewright.clients import Client
from gatewright.connections import Connection, DatabaseOptions
from gatewright.jose import rotation
from gatewright.jose.keys import generate_private
from gatewright.kernel.clock import FixedClock
from gatewright.roles import Permission, Role
from gatewright.settings import Settings
from gatewright.settings.model import Audit, Database, Issuer, Listen, Logging, Mail, Outbound, Secrets
from gatewright.storage.database import Database as Storage
from gatewright.storage.database import revision_bump
from gatewright.storage.schema import logs, metadata
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.storage.statement import Statement
from gatewright.users import PasswordHasher, User, email_identifier

ISSUER = "https://id.example.test/"
CALLBACK = "https://app.example.test/callback"
PASSWORD = "Correct-Horse-1"
API = "https://api.example.test/timesheets"
SECRET = "web-client-secret-0123456789abcdef"
PASSWORD_GRANT = "password"
REALM_GRANT = "http://auth0.com/oauth/grant-type/password-realm"


def settings_for(folder: Path, *, issuer: str = ISSUER, dev: bool = True) -> Settings:
    """Settings as a process would have read them."""
    return Settings(
        listen=Listen(),
        issuer=Issuer(url=issuer),
        database=Database(url=f"sqlite:///{folder}/test.db"),
        secrets=Secrets(master_key=b"k" * 32),
        mail=Mail(),
        outbound=Outbound(),
        logging=Logging(),
        audit=Audit(),
        dev=dev,
    )


def create_tables(path: Path) -> None:
    """The schema, without the detour through migrations."""
    path.write_bytes(_empty_file())


@cache
def _empty_file() -> bytes:
    """Made once: SQLite waits for the disk after each of so many tables, and that took longer than a test."""
    dialect = sqlite.dialect()
    with closing(sqlite3.connect(":memory:")) as connection:
        for table in metadata.sorted_tables:
            connection.execute(str(CreateTable(table).compile(dialect=dialect)))
            for index in table.indexes:
                connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
        connection.commit()
        return connection.serialize()


@dataclass
class World:
    """A running server with a tenant in it, and what tests ask of it."""

    platform: Platform
    app: Application
    clock: FixedClock
    tenant_id: str = "main"

    def browser(self, *, address: str = "203.0.113.7", base: str = ISSUER) -> "Browser":
        """A fresh browser."""
        return Browser(self.app, base=base, address=address)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, past every store."""
        with closing(sqlite3.connect(self.platform.settings.database.url.removeprefix("sqlite:///"))) as file:
            return list(file.execute(query, values))

    def dump(self) -> list[str]:
        """The whole database as text."""
        with closing(sqlite3.connect(self.platform.settings.database.url.removeprefix("sqlite:///"))) as file:
            return list(file.iterdump())

    async def put_client(self, client: Client, *, secret: str | None = None) -> Client:
        """Stores a client, with ``secret`` sealed into it."""
        if secret is not None:
            kept = self.platform.clients.sealed(self.tenant_id, client.client_id, secret, self.clock.now())
            client = msgspec.structs.replace(client, secrets=(kept,))
        await self.commit(self.platform.stores.clients.put(self.tenant_id, client))
        return client

    async def change_client(self, client_id: str, **fields: Any) -> Client:
        """Changes fields of a stored client."""
        client = await self.platform.clients.get(self.tenant_id, client_id)
        assert client is not None
        return await self.put_client(msgspec.structs.replace(client, **fields))

    async def put_api(self, api: Api, *, secret: str | None = None) -> Api:
        """Stores an API."""
        if secret is not None:
            sealed = self.platform.apis.sealed_secret(self.tenant_id, api.api_id, secret)
            api = msgspec.structs.replace(api, sealed_secret=sealed)
        await self.commit(self.platform.stores.apis.put(self.tenant_id, api))
        return api

    async def change_api(self, identifier: str, **fields: Any) -> Api:
        """Changes fields of a stored API."""
        api = await self.platform.apis.by_identifier(self.tenant_id, identifier)
        assert api is not None
        return await self.put_api(msgspec.structs.replace(api, **fields))

    async def change_tenant(self, **fields: Any) -> None:
        """Changes settings of the tenant."""
        tenant = await self.platform.tenants.get(self.tenant_id)
        settings = msgspec.structs.replace(tenant.settings, **fields)
        await self.platform.bus.commit(
            self.platform.stores.tenants.put(msgspec.structs.replace(tenant, settings=settings))
        )

    async def change_branding(self, **fields: Any) -> None:
        """Changes the tenant's branding."""
        tenant = await self.platform.tenants.get(self.tenant_id)
        branding = msgspec.structs.replace(tenant.branding, **fields)
        await self.platform.bus.commit(
            self.platform.stores.tenants.put(msgspec.structs.replace(tenant, branding=branding))
        )

    async def change_connection(self, **options: Any) -> None:
        """Changes options of the database connection."""
        (connection,) = await self.platform.stores.connections.all(self.tenant_id)
        changed = msgspec.structs.replace(
            connection, options=msgspec.structs.replace(connection.options, **options)
        )
        await self.commit(self.platform.stores.connections.put(self.tenant_id, changed))

    async def put_user(self, email: str, password: str = PASSWORD, **fields: Any) -> User:
        """A user of the database connection."""
        subject = fields.pop("subject", "")
        user = self.platform.users.database_user(CONNECTION, email=email, subject=subject)
        user = msgspec.structs.replace(user, **fields)
        digest = await self.platform.hasher.hash(password)
        await self.platform.users.add(self.tenant_id, user, (email_identifier(email),), digest)
        return user

    async def change_user(self, user_id: str, **fields: Any) -> User:
        """Changes a user."""
        return await self.platform.users.change(self.tenant_id, user_id, **fields)

    async def commit(self, *changes: Any) -> None:
        """Runs configuration changes so that every cache sees them."""
        await self.platform.bus.commit((*changes, revision_bump(self.tenant_id)))

    async def logs(self, limit: int = 50) -> list[Any]:
        """The newest entries of the audit log."""
        return await self.platform.stores.logs.newest(self.tenant_id, limit=limit)

    async def mails(self) -> list[dict[str, Any]]:
        """Captured messages, newest last."""
        response = await self.browser().get("/dev/messages.json")
        found: list[dict[str, Any]] = response.json()
        return found


CONNECTION = "Username-Password-Authentication"
_EMPTY_LOG = Statement(delete(logs))


@asynccontextmanager
async def world(folder: Path, database: Storage | None = None) -> AsyncIterator[World]:
    """A server with clients, an API, a role and users, over SQLite or an empty ``database`` with tables."""
    if database is None:
        (folder / "test.db").write_bytes(await _furnished_file())
    async with _running(folder, database) as made:
        if database is not None:
            await _furnish_all(made)
        yield made


_FURNISHED: list[bytes] = []


async def _furnished_file() -> bytes:
    """What every world begins with: made once, because a copy takes a hundredth of the time.

    Its signing keys are none of the pool that ``quick_keys`` takes from, so rotation brings other ones.
    """
    if not _FURNISHED:
        with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
            patched.setattr(rotation, "generate_private", generate_private)
            folder = Path(name)
            create_tables(folder / "test.db")
            async with _running(folder) as made:
                await _furnish_all(made)
            _FURNISHED.append((folder / "test.db").read_bytes())
    return _FURNISHED[0]


@asynccontextmanager
async def _running(folder: Path, database: Storage | None = None) -> AsyncIterator[World]:
    clock = FixedClock()
    database = database or SqliteDatabase(folder / "test.db", synchronous="OFF")
    hasher = PasswordHasher(time_cost=1, queue=1000)
    platform = build_platform(settings_for(folder), database, clock=clock, hasher=hasher)
    app = Application(platform)
    await app.start()
    try:
        yield World(platform, app, clock)
    finally:
        await app.stop()


async def _furnish_all(made: World) -> None:
    await ensure_first_tenant(made.platform)
    await made.platform.database.run((_EMPTY_LOG.change(),))  # of the first start, which no test is about
    await _furnish(made)


async def _furnish(made: World) -> None:
    grants = ("authorization_code", "refresh_token", "client_credentials")
    web = Client(
        client_id="web",
        name="Web App",
        callbacks=(CALLBACK, "https://app.example.test/other"),
        allowed_logout_urls=("https://app.example.test/",),
        web_origins=("https://app.example.test",),
        grant_types=grants,
    )
    spa = Client(
        client_id="spa",
        name="Single Page App",
        app_type="spa",
        token_endpoint_auth_method="none",
        callbacks=("https://spa.example.test/",),
        web_origins=("https://spa.example.test",),
        grant_types=("authorization_code", "refresh_token"),
    )
    third = Client(
        client_id="third",
        name="Third Party",
        callbacks=("https://third.example.test/callback",),
        grant_types=grants,
        is_first_party=False,
    )
    kiosk = Client(
        client_id="kiosk",
        name="Kiosk",
        callbacks=("https://kiosk.example.test/callback",),
        grant_types=(PASSWORD_GRANT, REALM_GRANT, "refresh_token"),
    )
    await made.put_client(web, secret=SECRET)
    await made.put_client(spa)
    await made.put_client(third, secret=SECRET)
    await made.put_client(kiosk, secret=SECRET)
    await made.put_api(
        Api(
            api_id="a" * 24,
            identifier=API,
            name="Timesheets",
            scopes=(
                ApiScope(value="read:timesheets", description="See your timesheets"),
                ApiScope(value="create:timesheets", description="Add a timesheet"),
            ),
            allow_offline_access=True,
        )
    )
    permission = Permission(permission_name="read:timesheets", resource_server_identifier=API)
    stores, tenant_id = made.platform.stores, made.tenant_id
    await made.commit(
        stores.roles.put(tenant_id, Role(role_id="rol_reader", name="reader", permissions=(permission,))),
        stores.apis.put_grant(
            tenant_id,
            ClientGrant(grant_id="cgr_web", client_id="web", audience=API, scope=("read:timesheets",)),
        ),
        stores.connections.put(
            tenant_id,
            Connection(
                connection_id="con_db",
                name=CONNECTION,
                strategy="auth0",
                options=DatabaseOptions(),
                enabled_clients=("web", "spa", "third", "kiosk"),
            ),
        ),
    )
    await made.put_user("ada@example.test", subject="ada", email_verified=True, name="Ada Example")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append({"action": found.get("action") or "", "fields": {}, "id": found.get("id")})
        elif tag == "input" and self.forms and found.get("name"):
            self.forms[-1]["fields"][found["name"]] = found.get("value") or ""

    def handle_data(self, data: str) -> None:
        self.text += data + " "


class Browser:
    """A browser with a cookie jar that shows pages, follows our own redirects and fills forms."""

    def __init__(self, app: Application, *, base: str = ISSUER, address: str = "203.0.113.7") -> None:
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app, client=(address, 5000)), base_url=base
        )

    async def get(self, url: str, **kwargs: Any) -> httpx2.Response:
        """One request, no redirect followed."""
        return await self.client.get(url, **kwargs)

    async def post(self, url: str, **kwargs: Any) -> httpx2.Response:
        """One request, no redirect followed."""
        return await self.client.post(url, **kwargs)

    async def follow(self, response: httpx2.Response) -> httpx2.Response:
        """Follows redirects as long as they stay on the issuer."""
        for _ in range(10):
            location = response.headers.get("location", "")
            is_ours = location.startswith(("/", ISSUER))
            if response.status_code not in (302, 303) or not is_ours:
                return response
            response = await self.get(location)
        raise AssertionError("redirects without end")

    async def authorize(self, **parameters: str) -> httpx2.Response:
        """Opens the authorization endpoint and follows our redirects."""
        return await self.follow(await self.get("/authorize?" + urlencode(request_of(**parameters))))

    async def submit(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Fills the first form of a page, sends it, and follows our redirects."""
        form = forms(page)[0]
        data = {**form["fields"], **fields}
        return await self.follow(
            await self.post(form["action"] or str(page.url), data=data, headers={"origin": ISSUER[:-1]})
        )

    async def sign_in(
        self, email: str = "ada@example.test", password: str = PASSWORD, **parameters: str
    ) -> httpx2.Response:
        """Authorizes and signs in; returns where that ended."""
        page = await self.authorize(**parameters)
        return await self.submit(page, username=email, password=password)

    async def code(self, **parameters: str) -> str:
        """A code, signing in if asked."""
        response = await self.authorize(**parameters)
        if response.status_code == 200:
            response = await self.submit(response, username="ada@example.test", password=PASSWORD)
        return answer(response)["code"]

    async def tokens(self, **parameters: str) -> dict[str, Any]:
        """The token answer of a whole code flow of the web client."""
        response = await self.redeem(await self.code(**parameters))
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def redeem(self, code: str, **fields: str) -> httpx2.Response:
        """Redeems a code of the web client."""
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **fields}
        return await self.token(**asked)

    async def bring_password(
        self, email: str = "ada@example.test", password: str = PASSWORD, **fields: str
    ) -> httpx2.Response:
        """A token request of the kiosk, which asks for passwords itself; ``""`` leaves a field out."""
        asked = {"client_id": "kiosk", "grant_type": REALM_GRANT, "realm": CONNECTION, **fields}
        return await self.token(**{"username": email, "password": password, **asked})

    async def token(self, **fields: str) -> httpx2.Response:
        """A token request of the web client; a field set to ``""`` is left out."""
        body = {"client_id": "web", "client_secret": SECRET, **fields}
        return await self.post("/oauth/token", data={k: v for k, v in body.items() if v})


def request_of(**parameters: str) -> dict[str, str]:
    """An ordinary authorization request of the web client; a parameter set to ``""`` is left out."""
    asked = {
        "client_id": "web",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "state": "the-state",
        **parameters,
    }
    return {name: value for name, value in asked.items() if value}


def forms(page: httpx2.Response) -> list[dict[str, Any]]:
    """The forms of a page with their fields."""
    parser = _Forms()
    parser.feed(page.text)
    assert parser.forms, f"no form in {page.status_code} {page.text[:2000]}"
    return parser.forms


def text_of(page: httpx2.Response) -> str:
    """What a person reads on the page."""
    parser = _Forms()
    parser.feed(re.sub(r"<(style|title)[^>]*>.*?</\1>", "", page.text, flags=re.DOTALL))
    return " ".join(parser.text.split())


def answer(response: httpx2.Response) -> dict[str, str]:
    """Parameters of a redirect to an application, from query or fragment."""
    assert response.status_code in (302, 303), f"{response.status_code} {text_of(response)[:600]}"
    parts = urlsplit(response.headers["location"])
    return dict(parse_qsl(parts.fragment or parts.query))


def claims_of(token: str) -> dict[str, Any]:
    """The payload of a JWT, nothing verified."""
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def header_of(token: str) -> dict[str, Any]:
    """The header of a JWT."""
    header = token.split(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    return found


def pkce_pair() -> tuple[str, str]:
    """A verifier and its S256 challenge."""
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
