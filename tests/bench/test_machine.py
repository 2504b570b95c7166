"""What Linux tells about processes."""

import os
import subprocess
import sys
from pathlib import Path

from bench.machine import TICKS, busy_seconds, durable_folder, family, family_memory, file_system, parse_stat


def test_a_command_name_may_look_like_fields() -> None:
    """Parentheses and blanks in the command name do not shift the fields."""
    line = "12 (a) S 9 (b) S 7 1 1 0 -1 0 0 0 0 0 30 20 5 5 20 0 1 0 100"
    process = parse_stat(line)
    assert (process.pid, process.parent, process.cpu) == (12, 7, 50 / TICKS)


def test_family_holds_children_and_not_parents() -> None:
    """A process's family is itself and its descendants."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in {process.pid for process in family([os.getpid()])}
        assert os.getpid() not in {process.pid for process in family([child.pid])}
        child.communicate(b"\n")


def test_memory_of_a_process_that_is_gone_is_nothing() -> None:
    """Asking for the memory of a process that has ended gives zero."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert family_memory([child.pid]) == 0


def test_memory_is_told_in_mebibytes() -> None:
    """This very interpreter takes more than one and less than some thousand MiB."""
    assert 1 < family_memory([os.getpid()]) < 8192


def test_busy_time_counts_this_process() -> None:
    """Everybody's busy time is at least our own."""
    times = os.times()
    assert busy_seconds() >= times.user


def test_proc_is_known_as_such() -> None:
    """The type of a mounted file system is found by the longest mount point."""
    assert file_system(Path("/proc/self")) == "proc"


def test_the_durable_folder_is_no_memory_disk() -> None:
    """Where a real disk is at hand, the database lies on it."""
    folder = durable_folder()
    try:
        assert file_system(folder) != "tmpfs" or file_system(Path("/var/tmp")) == "tmpfs"
    finally:
        folder.rmdir()
