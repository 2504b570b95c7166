"""What is told of messages."""

from typing import ClassVar

from gatewright.kernel.events import Event


class MessageFailed(Event):
    """A message was given up: refused for good, tried too often, or no longer of use to anybody."""

    code: ClassVar[str] = "fn"


class ProviderFailed(Event):
    """A tenant's own mail server cannot be used at present; its messages wait and are tried again."""

    code: ClassVar[str] = "fn"
