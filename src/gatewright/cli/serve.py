"""``gatewright serve``: the server, set by ``GATEWRIGHT_*`` variables alone."""

import asyncio
import gc

import typer

from gatewright.cli.commands import command_app
from gatewright.cli.listening import open_sockets
from gatewright.cli.program import Program, load_program
from gatewright.cli.service import end_quietly_on_signals, run_service
from gatewright.cli.structured_logs import configure_logs
from gatewright.kernel.errors import GatewrightError, Invalid, Unavailable
from gatewright.settings import Settings, read_settings

app = command_app()


@app.command()
def serve() -> None:
    """Start the server with the settings in GATEWRIGHT_* variables (gatewright config show lists them)."""
    end_quietly_on_signals()
    gc.disable()  # what is imported stays; looking for garbage in it only delays the start
    settings = read_settings()
    configure_logs(settings.logging)
    raise typer.Exit(run_serve(settings, load_program()))


def run_serve(settings: Settings, program: Program) -> int:
    """Serves a database that is up to date.

    Raises ``Invalid`` when a setting is wrong or migrations are behind, ``Unavailable`` when the
    database does not answer.
    """
    listen = settings.listen
    listening = open_sockets(
        listen.host, listen.port, listen.workers, host_name="GATEWRIGHT_HOST", port_name="GATEWRIGHT_PORT"
    )
    try:
        asyncio.run(program.prepare(settings, migrate=False))
    except (Invalid, Unavailable):
        raise
    except GatewrightError as error:
        raise Invalid(error.message, detail=error.detail) from error
    return run_service(settings, program.create_app, listening)
