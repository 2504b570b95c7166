"""Starting, watching and stopping a server."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bench.ours import our_target
from bench.servers import Server, ServerFailed, port_is_taken, shell_words
from bench.targets import Target

from .small_server import Reply, served

SERVE = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
HTTPServer(("127.0.0.1", int(os.environ["GATEWRIGHT_PORT"])), Handler).serve_forever()
"""


def target(folder: Path, **changes: str) -> Target:
    ours = our_target("small", "small", folder=folder, database="")
    return replace(
        ours, **{"prepare": "", "version": "", "start": shell_words(sys.executable, "-c", SERVE), **changes}
    )


def test_a_server_starts_and_stops(tmp_path: Path) -> None:
    """A started server answers, has memory and one process, and is gone after the run."""
    with Server(target(tmp_path), tmp_path / "log") as server:
        assert server.start() > 0
        assert server.memory() > 1
        assert server.process_count() == 1
        assert server.store_roots == []
    assert not port_is_taken(server.target.address)


def test_a_server_that_ends_at_once_is_told_with_its_log(tmp_path: Path) -> None:
    """A start that fails says so with the last lines of the log."""
    with (
        Server(target(tmp_path, start="sh -c 'echo no such setting; exit 2'"), tmp_path / "log") as server,
        pytest.raises(ServerFailed, match=r"start failed.*no such setting"),
    ):
        server.start()


def test_a_failed_preparation_is_told(tmp_path: Path) -> None:
    """A preparation that fails ends the attempt with its status and log."""
    failing = target(tmp_path, prepare="echo no package; exit 3")
    with (
        pytest.raises(ServerFailed, match=r"prepare ended with 3; .*no package"),
        Server(failing, tmp_path / "log"),
    ):
        pass


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """A server is not started on a port where somebody else answers."""
    with served(lambda seen: Reply()) as other:
        taken = replace(target(tmp_path), base_url=other.base_url)
        with pytest.raises(ServerFailed, match="is taken"), Server(taken, tmp_path / "log"):
            pass


def test_a_store_is_known_by_the_file_its_preparation_writes(tmp_path: Path) -> None:
    """Processes listed by a target's own preparation count as its stores."""
    pids = tmp_path / "pids"
    with Server(
        target(tmp_path, pidfile=str(pids), prepare=f"echo store $$ > {pids}"), tmp_path / "log"
    ) as server:
        server.start()
        assert len(server.store_roots) == 1


def test_a_file_left_by_another_target_is_ignored(tmp_path: Path) -> None:
    """A pid file that was there before belongs to somebody else."""
    pids = tmp_path / "pids"
    pids.write_text("store 1\n")
    os.utime(pids, (1, 1))
    with Server(target(tmp_path, pidfile=str(pids)), tmp_path / "log") as server:
        server.start()
        assert server.store_roots == []
