"""A program like ``gatewright`` with a tiny platform inside, so that commands are tested as processes."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gatewright.cli import main
from gatewright.kernel.errors import Conflict, Unavailable
from gatewright.settings import Settings


async def prepare(settings: Settings, *, migrate: bool) -> None:
    """Fails as the environment says."""
    if "TINY_BEHIND" in os.environ and not migrate:
        raise Conflict("the database is at revision 3, this version needs 5; run gatewright migrate")
    if "TINY_UNREACHABLE" in os.environ:
        raise Unavailable("the database does not answer")
    if "TINY_BROKEN" in os.environ:
        raise RuntimeError("password=hunter2 was\nnot accepted")
    if "TINY_HANG" in os.environ:
        print("hanging", flush=True)
        await asyncio.sleep(60)


async def apply_file(settings: Settings, path: Path | None) -> object:
    """A management client whose id tells what was applied."""
    from gatewright.cli.program import ManagementClient

    return ManagementClient(client_id=f"applied-{path.name if path else 'demo'}", client_secret="s3cret")


def create_app(settings: Settings) -> Starlette:
    """Answers with what it knows."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if "TINY_STILLBORN" in os.environ:
            raise RuntimeError("cannot start")
        yield
        print("closed", os.getpid(), flush=True)

    async def show(request: Request) -> Response:
        key = settings.secrets.master_key.hex()
        return JSONResponse({"pid": os.getpid(), "parent": os.getppid(), "dev": settings.dev, "key": key})

    async def slow(request: Request) -> Response:
        print("slow", flush=True)
        await asyncio.sleep(float(request.query_params["seconds"]))
        return Response("done")

    async def stuck(request: Request) -> Response:
        print("stuck", flush=True)
        import time

        time.sleep(60)
        return Response()

    async def echo(request: Request) -> Response:
        return Response(await request.body())

    async def die(request: Request) -> Response:
        os._exit(9)

    routes = [Route("/", show), Route("/slow", slow), Route("/stuck", stuck), Route("/die", die)]
    return Starlette(routes=[*routes, Route("/echo", echo, methods=["POST"])], lifespan=lifespan)


if __name__ == "__main__":
    sys.modules["gatewright.app"] = sys.modules["gatewright.cli.tenant_file"] = sys.modules["__main__"]
    sys.exit(main())
