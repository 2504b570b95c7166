"""The connection whose people are known by the mailbox they read: a code or a link is sent there.

Its users have no password. What is sent, and when it is right, is the matter of ``login``.
"""

from typing import Any

import msgspec

STRATEGY = "email"


class Totp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many digits a code has, and for how many seconds a code or link is good."""

    length: int = 6
    time_step: int = 180


class EmailOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Settings of a passwordless connection (strategy ``email``).

    ``disable_signup``: only who has an account gets mail. ``brute_force_protection`` counts wrong codes by
    address and network; what bounds guesses of one code, and of one address, cannot be switched off.
    The second block is kept and given back for those who move here, and steers nothing.
    """

    totp: Totp = Totp()
    disable_signup: bool = False
    brute_force_protection: bool = True

    name: str | None = None
    email: dict[str, Any] | None = None
    auth_params: dict[str, Any] | None = msgspec.field(default=None, name="authParams")
    from_: str | None = msgspec.field(default=None, name="from")
    subject: str | None = None
    syntax: str | None = None
    template: str | None = None
    non_persistent_attrs: tuple[str, ...] = ()
