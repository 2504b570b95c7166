"""What happens to streams by itself."""

from typing import ClassVar

from gatewright.kernel.events import Event


class LogStreamSuspended(Event):
    """A log stream failed for a week and is not tried any more; ``details`` say which, and why."""

    code: ClassVar[str] = "log_stream_suspended"
