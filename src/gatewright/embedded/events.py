"""What embedded login tells, with the wire's log codes."""

from typing import ClassVar

from gatewright.kernel.events import Event


class CrossOriginAuthenticated(Event):
    """A page of the application brought the right password and got a login ticket for it."""

    code: ClassVar[str] = "scoa"


class CrossOriginRefused(Event):
    """A page brought a password that may not bring any for this application: the origin, or the switch."""

    code: ClassVar[str] = "fcoa"
