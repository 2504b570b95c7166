"""Worker processes: ready together, replaced one by one, stopped in order."""

import os
import signal
import threading
from collections import Counter
from http.client import RemoteDisconnected
from pathlib import Path

import pytest
from tests.cli.conftest import Start
from tests.cli.process import SERVE, Running, connect, fetch, get, port_of, refuses, until
from tests.support.ports import free_port

BURST = 16


def serving(start: Start, workers: int = 2, **environment: str) -> tuple[Running, int]:
    port = free_port()
    settings = {**SERVE, "GATEWRIGHT_WORKERS": str(workers), "GATEWRIGHT_PORT": str(port)}
    running = start("serve", **{**settings, **environment})
    running.ready()
    return running, port


def pids(port: int) -> set[int]:
    """The workers that answer a burst of connections."""
    connections = [connect(port, host="127.0.0.1") for _ in range(BURST)]
    try:
        return {get(connection)["pid"] for connection in connections}
    finally:
        for connection in connections:
            connection.close()


def test_all_workers_accept_when_ready_is_said(start: Start) -> None:
    """After the ready line every one of the workers answers connections."""
    _, port = serving(start, workers=3)
    seen: set[int] = set()
    until(lambda: seen.update(pids(port)) or len(seen) == 3, "answers of three workers")


def test_ready_names_the_issuer(start: Start) -> None:
    """The ready line carries the issuer, once."""
    running, _ = serving(start)
    assert running.stop() == 0
    assert [line for line in running.lines if line.startswith("ready")] == [
        "ready: https://login.example.com/"
    ]


def test_connections_opened_at_once_are_spread(start: Start) -> None:
    """Of many connections opened at once no worker is left without, and none has nearly all."""
    _, port = serving(start)
    connections = [connect(port, host="127.0.0.1") for _ in range(64)]
    for connection in connections:
        connection.connect()
    load = Counter(get(connection)["pid"] for connection in connections)
    for connection in connections:
        connection.close()
    assert len(load) == 2
    assert min(load.values()) >= 12  # less happens once in a million with a fair coin


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_requests_under_way_are_finished(start: Start, number: int) -> None:
    """A request that is being answered when the server is told to stop gets its answer; the exit is clean."""
    running, port = serving(start)
    answers: list[bytes] = []

    def ask() -> None:
        connection = connect(port, host="127.0.0.1")
        connection.request("GET", "/slow?seconds=1")
        answers.append(connection.getresponse().read())
        connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    running.wait_for("slow")
    status = running.stop(number)
    asking.join()
    assert (answers, status) == ([b"done"], 0)


def test_idle_connections_do_not_delay_the_end(start: Start) -> None:
    """Kept-alive connections with nothing under way are closed at once."""
    running, port = serving(start)
    connections = [connect(port, host="127.0.0.1") for _ in range(4)]
    for connection in connections:
        get(connection)
    assert running.stop() == 0
    for connection in connections:
        connection.close()


def test_lifespans_are_closed(start: Start) -> None:
    """Every worker closes its application before it ends."""
    running, _ = serving(start)
    running.stop()
    assert len([line for line in running.lines if line.startswith("closed")]) == 2


def test_no_new_connections_while_stopping(start: Start) -> None:
    """While a request is being finished, new connections are refused rather than left waiting."""
    running, port = serving(start)
    slow = connect(port, host="127.0.0.1")
    slow.request("GET", "/slow?seconds=3")
    running.wait_for("slow")
    running.process.send_signal(signal.SIGTERM)
    until(lambda: refuses(port), "a refused connection")
    assert slow.getresponse().read() == b"done"
    slow.close()
    assert running.end() == 0


def test_a_worker_that_will_not_stop_is_killed(start: Start) -> None:
    """A worker stuck in code that never yields is killed within ten seconds, and the exit status says so."""
    running, port = serving(start, workers=1)
    connection = connect(port, host="127.0.0.1")
    connection.request("GET", "/stuck")
    running.wait_for("stuck")
    assert running.stop() == 1
    assert any("worker killed" in line for line in running.errors)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()


def test_a_dead_worker_is_replaced(start: Start) -> None:
    """When a worker dies another takes its place, and the others keep answering."""
    running, port = serving(start)
    before = until(lambda: two(pids(port)), "two workers")
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    after = until(lambda: two(pids(port) - {victim}), "a new worker")
    assert max(before) in after
    assert running.stop() == 0


def test_a_crash_does_not_announce_again(start: Start) -> None:
    """The ready line is printed once, however often workers are replaced."""
    running, port = serving(start, workers=1)
    first = fetch(port)["pid"]
    os.kill(first, signal.SIGKILL)
    assert fetch(port)["pid"] != first  # waited in the queue of the seat
    running.stop()
    assert len([line for line in running.lines if line.startswith("ready")]) == 1


def test_workers_that_cannot_start_end_the_server(start: Start) -> None:
    """When workers die as soon as they start, the fifth death ends the server with status 1, never ready."""
    running = start("serve", **SERVE, GATEWRIGHT_PORT=str(free_port()), TINY_STILLBORN="1")
    assert running.end() == 1
    assert not any(line.startswith("ready") for line in running.lines)
    assert len([line for line in running.errors if "worker died" in line]) == 5
    assert "die as soon as they start" in running.errors[-1]


def test_workers_do_not_outlive_the_supervisor(start: Start) -> None:
    """When the supervisor is killed its workers stop and free the port."""
    running, port = serving(start)
    running.stop(signal.SIGKILL)
    until(lambda: refuses(port), "a free port")


def test_nothing_runs_while_idle(start: Start) -> None:
    """Idle processes are not scheduled: nobody ticks, nobody polls."""
    running, port = serving(start)
    processes = [running.process.pid, *until(lambda: two(pids(port)), "two workers")]
    quiet = until(lambda: settled(processes), "two samples a second apart without one switch between")
    assert quiet


def two(found: set[int]) -> set[int] | None:
    return found if len(found) == 2 else None


def settled(processes: list[int]) -> bool:
    before = [switches(pid) for pid in processes]
    threading.Event().wait(1.0)  # the time in which nothing may happen, not a wait for something
    return before == [switches(pid) for pid in processes]


def switches(pid: int) -> int:
    """How often the process gave up the processor to wait."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("voluntary_ctxt_switches:")[2].split()[0])


def test_a_port_is_chosen(start: Start, tmp_path: Path) -> None:
    """Port 0 takes a free port, the same for every address and worker, and the issuer names it."""
    running = start("dev", "--http", "--port", "0", "--workers", "2", "--data", str(tmp_path / "data"))
    port = port_of(running.ready())
    assert fetch(port)["dev"] is True
    assert fetch(port, host="::1")["client"] == "::1"
