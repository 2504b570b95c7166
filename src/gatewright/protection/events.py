"""What protection tells."""

from typing import ClassVar

from gatewright.kernel.events import Event


class LimitReached(Event):
    """Somebody tried too often and is refused for a while."""

    code: ClassVar[str] = "limit_wc"
