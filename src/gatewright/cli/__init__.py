"""ROOF floor: the ``gatewright`` command.

Owns what belongs to the process: arguments, listening sockets, worker processes, the local certificate
authority, log lines. Decides nothing about identity; that is ``app`` and below.
"""

from gatewright.cli.entry import main

__all__ = ["main"]
