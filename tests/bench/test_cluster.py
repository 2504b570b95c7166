"""The private PostgreSQL."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.cluster import cluster
from bench.machine import family
from bench.servers import port_is_taken


def test_a_cluster_lives_as_long_as_its_block() -> None:
    """Inside the block it accepts connections and its first process is known; afterwards it is gone."""
    with TemporaryDirectory() as folder, cluster(Path(folder) / "postgres") as running:
        port = int(running.url.rpartition(":")[2].partition("/")[0])
        label, pid = running.pidfile.read_text().split()
        assert port_is_taken(("127.0.0.1", port))
        assert (label, len(family([int(pid)])) > 1) == ("store", True)
    assert not port_is_taken(("127.0.0.1", port))
