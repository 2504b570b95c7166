"""A tenant file, from its path to the tenant: what ``apply`` and ``dev`` have in common."""

import sys
from pathlib import Path

from gatewright.app.platform import Platform
from gatewright.app.provisioning import build_provisioning
from gatewright.cli.program import ManagementClient
from gatewright.cli.workshop import FIRST_TENANT, opened_platform
from gatewright.kernel.errors import Invalid, NotFound
from gatewright.provisioning import DEVELOPMENT_CLIENT, Document, InvalidFile, Order, read_document
from gatewright.provisioning.demo import demo_document
from gatewright.settings import Settings


async def apply_file(settings: Settings, path: Path | None) -> ManagementClient:
    """Makes the first tenant equal to the file, with a client through which scripts manage it.

    ``None`` stands for the built-in demo tenant, which only adds what is missing: what a person has made or
    changed on their development server stays.
    Raises ``Invalid`` after saying on standard error what is wrong, line by line.
    """
    document = demo_document() if path is None else read_file(path)
    order = Order(
        document=document,
        tenant_id=FIRST_TENANT,
        issuer=settings.issuer.url,
        only_missing=path is None,
        management_client=True,
    )
    async with opened_platform(settings) as platform:
        provisioning = build_provisioning(platform)
        try:
            await provisioning.apply(await provisioning.plan(order))
        except InvalidFile as error:
            raise told(error, path or Path("demo tenant")) from None
        management = await _management_client(platform)
    if path is None:
        print(_demo_people(document), flush=True)
    return management


def read_file(path: Path) -> Document:
    """The file as a document. Raises ``Invalid``, everything that is wrong said on standard error."""
    try:
        return read_document(path.read_bytes())
    except OSError as error:
        raise Invalid(f'read "{path}" ({error.strerror}); wanted: a tenant file') from None
    except InvalidFile as error:
        raise told(error, path) from None


def told(error: InvalidFile, path: Path) -> Invalid:
    """Says every problem on standard error, one a line, and gives the last line to raise."""
    for problem in error.problems:
        line = "" if problem.line is None else f"{problem.line}:"
        where = f" {problem.path}:" if problem.path else ""
        print(f"{path}:{line}{where} {problem.message}", file=sys.stderr)
    count = len(error.problems)
    return Invalid(f"{path}: {count} problem{'' if count == 1 else 's'}, nothing was applied")


async def _management_client(platform: Platform) -> ManagementClient:
    client = await platform.clients.get(FIRST_TENANT, DEVELOPMENT_CLIENT)
    secret = platform.clients.secret(FIRST_TENANT, client) if client else None
    if secret is None:
        raise NotFound("no management client; start the development server again")
    return ManagementClient(client_id=DEVELOPMENT_CLIENT, client_secret=secret)


def _demo_people(document: Document) -> str:
    people = [f"{entry.value.email} (password {entry.value.password})" for entry in document.users or ()]
    return f"Demo tenant: sign in as {' or '.join(people)}"
