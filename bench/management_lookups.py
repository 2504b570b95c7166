"""What scripts wait for with few users and with many: `python -m bench.management_lookups [--many 1000000]`.

It fills two databases of its own (`seed_users`), starts our server on each, and calls their management APIs
in turn over HTTP, on several connections at once. Nothing else should run meanwhile.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote, urlencode

from bench.cluster import cluster
from bench.ours import PROGRAM, our_target
from bench.seed_users import CONNECTION, person, seed
from bench.servers import Server, shell_words
from bench.targets import Target
from gatewright.apis import MANAGEMENT_SCOPES, is_about_oneself
from gatewright.users import User

CONNECTIONS = 16
CALLS = 480
"""Of each kind in a turn."""

TURNS = 4
WARM_UP = 80
CALLERS = 8
"""Clients that take turns: each may do 3,000 calls in a minute."""

SECRET = "bench_caller_secret_0123456789abcdefgh"


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    method: str
    path: str
    body: object = None


Kind = Callable[[User, int], Call]
"""A call about a user; the number is another at each call."""


def _search(**query: object) -> str:
    return "/users?" + urlencode(query)


KINDS: dict[str, Kind] = {
    "get by id": lambda user, _: Call("GET", f"/users/{quote(user.user_id)}"),
    "by e-mail": lambda user, _: Call("GET", "/users-by-email?" + urlencode({"email": user.email})),
    "list page": lambda _, number: Call("GET", _search(per_page=50, page=number % 19)),
    "list page, totals": lambda _, number: Call(
        "GET", _search(per_page=50, page=number % 19, include_totals="true")
    ),
    "prefix search": lambda user, _: Call("GET", _search(q=f"email:{user.email[:8].lower()}*", per_page=10)),
    "update": lambda user, number: Call(
        "PATCH", f"/users/{quote(user.user_id)}", {"app_metadata": {"seen": number}}
    ),
}


class Lane:
    """One connection that is kept open."""

    def __init__(self, target: Target, token: str) -> None:
        self._target = target
        self._token = token

    async def __aenter__(self) -> "Lane":
        self._reader, self._writer = await asyncio.open_connection(*self._target.address)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def send(self, call: Call) -> bytes:
        """The body of the answer; raises `RuntimeError` for one that is not good."""
        body = b"" if call.body is None else json.dumps(call.body).encode()
        kind = "Content-Type: application/json\r\n" if body else ""
        head = (
            f"{call.method} /api/v2{call.path} HTTP/1.1\r\nHost: {self._target.host}\r\n"
            f"Authorization: Bearer {self._token}\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answered = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(answered.partition("content-length: ")[2].partition("\r\n")[0] or 0)
        content = await self._reader.readexactly(length)
        if answered[9:12] != "200":
            raise RuntimeError(f"{call.method} {call.path}: {answered[9:12]} {content[:300]!r}")
        return content


@dataclass(frozen=True, slots=True)
class Side:
    """A running server, access tokens for it, and how many users it has."""

    target: Target
    tokens: list[str]
    count: int


async def measured(side: Side, kind: Kind, turn: int) -> list[float]:
    """Milliseconds of each call, over users spread over all of them: others in each turn."""
    chance = random.Random(turn)
    numbers = range(turn * 10_000, turn * 10_000 + CALLS + WARM_UP)
    calls = iter([kind(person(chance.randrange(side.count)), number) for number in numbers])
    times: list[float] = []

    async def lane(token: str) -> None:
        async with Lane(side.target, token) as own:
            for call in calls:
                started = time.perf_counter()
                await own.send(call)
                times.append((time.perf_counter() - started) * 1_000)

    await asyncio.gather(*(lane(side.tokens[number % CALLERS]) for number in range(CONNECTIONS)))
    return times[WARM_UP:]


def tenant_file(folder: Path, audience: str) -> Path:
    """A tenant of a database and of clients that may do everything."""
    scopes = [scope for scope in MANAGEMENT_SCOPES if not is_about_oneself(scope)]
    names = [f"caller_{number}" for number in range(CALLERS)]
    client = {"app_type": "non_interactive", "grant_types": ["client_credentials"], "client_secret": SECRET}
    tenant = {
        "clients": [{"name": name, "client_id": name, **client} for name in names],
        "clientGrants": [{"client_id": name, "audience": audience, "scope": scopes} for name in names],
        "databases": [{"name": CONNECTION, "strategy": "auth0"}],
    }
    file = folder / "tenant.json"  # YAML has JSON in it
    file.write_text(json.dumps(tenant))
    return file


def token(target: Target, client_id: str) -> str:
    """An access token of one of the callers."""
    asked = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": SECRET,
        "audience": f"{target.base_url}/api/v2/",
    }
    connection = HTTPConnection(*target.address)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/oauth/token", urlencode(asked), kind)
    return str(json.loads(connection.getresponse().read())["access_token"])


@contextmanager
def filled(folder: Path, count: int, *, postgres: bool) -> Iterator[Side]:
    """A running server with so many users."""
    folder.parent.chmod(0o711)  # PostgreSQL's account has to pass through
    folder.mkdir()
    with cluster(folder / "cluster") if postgres else nullcontext() as made:
        url = made.url if made else f"sqlite:///{folder}/users.db"
        target = our_target("gatewright", "Gatewright", folder=folder, database=url)
        file = tenant_file(folder, f"{target.base_url}/api/v2/")
        prepare = f"{shell_words(PROGRAM, 'migrate')} && {shell_words(PROGRAM, 'apply', file)}"
        with Server(replace(target, prepare=prepare), folder / "server.log") as server:
            began = time.perf_counter()
            asyncio.run(seed(url, count))
            print(f"{count:,} users after {time.perf_counter() - began:.0f} s", flush=True)
            server.start()
            yield Side(target, [token(target, f"caller_{number}") for number in range(CALLERS)], count)


def compare(few: Side, many: Side) -> None:
    """Prints a table of both sizes and their ratio. Both are asked in turn, so that noise hits both alike."""
    sides = (few, many)
    print(f"{'ms':20}{few.count:>12,}{'p95':>8}{many.count:>12,}{'p95':>8}   ratio")
    for name, kind in KINDS.items():
        times: dict[int, list[float]] = {side.count: [] for side in sides}
        for turn in range(TURNS):
            for side in sides if turn % 2 else reversed(sides):
                times[side.count] += asyncio.run(measured(side, kind, turn))
        middle = [median(times[side.count]) for side in sides]
        tails = [quantiles(times[side.count], n=20)[-1] for side in sides]
        cells = "".join(f"{each:12.2f}{tail:8.2f}" for each, tail in zip(middle, tails, strict=True))
        print(f"{name:20}{cells}{middle[1] / middle[0]:8.2f}", flush=True)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="gatewright-management-") as folder,
        filled(Path(folder) / "few", asked.few, postgres=asked.postgres) as few,
        filled(Path(folder) / "many", asked.many, postgres=asked.postgres) as many,
    ):
        compare(few, many)


if __name__ == "__main__":
    main()
