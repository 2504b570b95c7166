"""``gatewright dev``: a server with database, keys, local HTTPS and a demo tenant, from one command."""

import asyncio
import gc
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from gatewright import __version__
from gatewright.cli.certificates import LocalTls, ensure_certificates
from gatewright.cli.commands import command_app
from gatewright.cli.data_directory import DataDirectory, open_data_directory
from gatewright.cli.listening import open_sockets
from gatewright.cli.program import Apply, ManagementClient, Program, load_apply, load_program
from gatewright.cli.service import end_quietly_on_signals, run_service
from gatewright.cli.structured_logs import configure_logs
from gatewright.kernel.clock import Clock, SystemClock
from gatewright.settings import (
    Audit,
    Database,
    Issuer,
    Listen,
    Logging,
    Mail,
    Outbound,
    Secrets,
    Settings,
    WrongSetting,
    is_set,
    read_subject,
)

app = command_app()

_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - recognised, not listened on


@dataclass(frozen=True, slots=True)
class DevOptions:
    """What the command line says."""

    port: int = 8443
    host: str = "localhost"
    http: bool = False
    data: Path = Path(".gatewright")
    config: Path | None = None
    workers: int = 1


@app.command()
def dev(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8443,
    host: Annotated[
        str, typer.Option(help="Name or address to listen on, and the issuer's host.")
    ] = "localhost",
    http: Annotated[bool, typer.Option("--http", help="Speak plain HTTP.")] = False,
    data: Annotated[Path, typer.Option(help="Directory for database, keys and certificates.")] = Path(
        ".gatewright"
    ),
    config: Annotated[
        Path | None, typer.Option(help="Tenant file to apply at every start; default: a demo tenant.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
) -> None:
    """Start a development server with everything it needs: database, keys, local HTTPS, a demo tenant."""
    end_quietly_on_signals()
    gc.disable()  # what is imported stays; looking for garbage in it only delays the start
    options = DevOptions(port=port, host=host, http=http, data=data, config=config, workers=workers)
    raise typer.Exit(run_dev(options, load_program(), load_apply(), SystemClock()))


def run_dev(options: DevOptions, program: Program, apply: Apply, clock: Clock) -> int:
    """Serves until stopped; returns the exit status. Raises ``Invalid`` when an option is wrong."""
    if options.config is not None and not options.config.is_file():
        raise WrongSetting(f"read {str(options.config)!a}; wanted: a tenant file", path="--config")
    directory = open_data_directory(options.data)
    listening = open_sockets(
        options.host, options.port, options.workers, host_name="--host", port_name="--port"
    )
    tls = None if options.http else _certificates(directory, options.host, clock)
    settings = _settings(options, directory, listening.port, tls)
    configure_logs(settings.logging)
    management = asyncio.run(_make_ready(settings, program, apply, options.config))
    _write_management(directory, settings.issuer.url, management)
    print(_greeting(settings.issuer.url, directory, tls, management), flush=True)
    return run_service(settings, program.create_app, listening)


async def _make_ready(
    settings: Settings, program: Program, apply: Apply, tenant_file: Path | None
) -> ManagementClient:
    await program.prepare(settings, migrate=True)
    return await apply(settings, tenant_file)


def _certificates(directory: DataDirectory, host: str, clock: Clock) -> LocalTls:
    hosts = ["localhost", "*.localhost", "127.0.0.1", "::1", *([] if host in _EVERYWHERE else [host])]
    return ensure_certificates(directory.path, hosts, optional=[socket.gethostname()], now=clock.now())


def _settings(options: DevOptions, directory: DataDirectory, port: int, tls: LocalTls | None) -> Settings:
    scheme = "http" if tls is None else "https"
    return Settings(
        issuer=read_subject(Issuer, url=f"{scheme}://{_host_in_url(options.host)}:{port}/"),
        database=read_subject(Database, **_unless_set("GATEWRIGHT_DATABASE", url=directory.database_url)),
        secrets=read_subject(Secrets, **_master_key(directory)),
        listen=read_subject(
            Listen,
            host=options.host,
            port=port,
            workers=options.workers,
            tls_certificate=tls and tls.certificate,
            tls_key=tls and tls.key,
        ),
        mail=read_subject(Mail),
        outbound=read_subject(Outbound),
        logging=read_subject(Logging, **_unless_set("GATEWRIGHT_LOG_FORMAT", format=_log_format())),
        audit=read_subject(Audit),
        dev=True,
    )


def _master_key(directory: DataDirectory) -> dict[str, object]:
    if is_set("GATEWRIGHT_MASTER_KEY"):
        return {}
    return {"master_key": directory.master_key()}


def _unless_set(name: str, **value: object) -> dict[str, object]:
    return {} if is_set(name) else dict(value)


def _log_format() -> str:
    return "console" if os.isatty(sys.stderr.fileno()) else "json"


def _host_in_url(host: str) -> str:
    if host in _EVERYWHERE:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _write_management(directory: DataDirectory, issuer: str, management: ManagementClient) -> None:
    directory.write_management(
        domain=issuer.partition("://")[2].rstrip("/"),
        client_id=management.client_id,
        client_secret=management.client_secret,
        audience=f"{issuer}api/v2/",
    )


def _greeting(
    issuer: str, directory: DataDirectory, tls: LocalTls | None, management: ManagementClient
) -> str:
    lines = [
        f"Gatewright {__version__}: {issuer}",
        f"  messages      {issuer}dev/messages shows the mail it would have sent",
        f"  data          {directory.path}",
        f"  management    client id {management.client_id}, secret {management.client_secret}",
        f"                (also in {directory.path / 'management.json'})",
    ]
    return "\n".join(lines + (_trust(tls) if tls else []))


def _trust(tls: LocalTls) -> list[str]:
    news = ", made just now" if tls.new_authority else ""
    return [
        f"  certificates  signed by {tls.authority}{news}; to trust it",
        "    in a browser: settings, certificates, authorities, import that file",
        f"    in Node:      export NODE_EXTRA_CA_CERTS={tls.authority}",
        f"    in Python:    export SSL_CERT_FILE={tls.authority} REQUESTS_CA_BUNDLE={tls.authority}",
    ]
