"""POWER floor: the audit log on its way to whoever a tenant sends it to.

Owns batches, turns and what happens when nobody takes them.
Does not own the log (``audit``), what a stream is (``log_streams``), nor the way out (``outbound``).
"""

from gatewright.streaming.delivery import StreamDelivery
from gatewright.streaming.events import LogStreamSuspended
from gatewright.streaming.failures import Failures
from gatewright.streaming.worker import Streaming

__all__ = ["Failures", "LogStreamSuspended", "StreamDelivery", "Streaming"]
