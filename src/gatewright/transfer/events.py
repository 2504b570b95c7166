"""What happens when users come or go by the thousand, with the wire's log codes."""

from typing import ClassVar

from gatewright.kernel.events import Event


class UsersImported(Event):
    """An import is over; ``details`` say how many lines ended how."""

    code: ClassVar[str] = "sui"


class UsersImportFailed(Event):
    """An import ended before its last line; ``details`` say how far it got."""

    code: ClassVar[str] = "fui"


class UsersExported(Event):
    """Users were written down; ``details`` say how many, and which fields."""

    code: ClassVar[str] = "sapi"
