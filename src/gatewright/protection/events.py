"""What protection tells."""

from typing import ClassVar

from gatewright.kernel.events import Event


class LimitReached(Event):
    """Somebody tried too often and is refused for a while."""

    code: ClassVar[str] = "limit_wc"


class NetworkLimitReached(LimitReached):
    """From one network too many wrong passwords came, for whomever, or too many sign-ups."""

    code: ClassVar[str] = "limit_mu"


class DelegationLimitReached(LimitReached):
    """Too many delegations were wanted for one user."""

    code: ClassVar[str] = "limit_delegation"


class BlockLifted(Event):
    """An administrator let in again whom too many attempts had shut out."""

    code: ClassVar[str] = "ublkdu"
