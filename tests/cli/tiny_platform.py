"""A program like ``gatewright`` with a tiny platform inside, so that commands are tested as processes."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gatewright.cli import http_protocol, main
from gatewright.cli.program import ManagementClient
from gatewright.kernel.errors import Conflict, Unavailable
from gatewright.settings import Settings


def say(*words: object) -> None:
    """One line on standard output, at once: tests wait for it."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def prepare(settings: Settings, *, migrate: bool) -> None:
    """Fails as the environment says."""
    if "TINY_BEHIND" in os.environ and not migrate:
        raise Conflict("the database is at revision 3, this version needs 5; run gatewright migrate")
    if "TINY_UNREACHABLE" in os.environ:
        raise Unavailable("the database does not answer")
    if "TINY_BROKEN" in os.environ:
        raise RuntimeError("password=hunter2 was\nnot accepted")
    if "TINY_HANG" in os.environ:
        say("hanging")
        await asyncio.sleep(60)


async def apply_file(settings: Settings, path: Path | None) -> ManagementClient:
    """A management client whose id tells what was applied."""
    return ManagementClient(client_id=f"applied-{path.name if path else 'demo'}", client_secret="s3cret")


def create_app(settings: Settings) -> Starlette:
    """Answers with what it knows."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if "TINY_STILLBORN" in os.environ:
            raise RuntimeError("cannot start")
        yield
        say("closed", os.getpid())

    async def show(request: Request) -> Response:
        knowledge = {
            "pid": os.getpid(),
            "parent": os.getppid(),
            "dev": settings.dev,
            "database": settings.database.url,
            "key": settings.secrets.master_key.hex(),
            "client": request.client.host if request.client else "",
        }
        return JSONResponse(knowledge)

    async def slow(request: Request) -> Response:
        say("slow")
        await asyncio.sleep(float(request.query_params["seconds"]))
        return Response("done")

    async def stuck(request: Request) -> Response:
        say("stuck")
        time.sleep(60)  # noqa: ASYNC251 - a worker that does not listen to anybody
        return Response()

    async def echo(request: Request) -> Response:
        return Response(json.dumps(len(await request.body())))

    async def die(request: Request) -> Response:
        os._exit(9)

    routes = [Route("/", show), Route("/slow", slow), Route("/stuck", stuck), Route("/die", die)]
    return Starlette(routes=[*routes, Route("/echo", echo, methods=["POST"])], lifespan=lifespan)


if __name__ == "__main__":
    sys.modules["gatewright.app"] = sys.modules["gatewright.cli.tenant_file"] = sys.modules["__main__"]
    http_protocol.RECEIVE_WITHIN = float(os.environ.get("TINY_PATIENCE", http_protocol.RECEIVE_WITHIN))
    sys.exit(main())
