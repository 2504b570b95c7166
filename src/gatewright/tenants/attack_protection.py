"""What a tenant does against guessing; field names, values and units are the wire's."""

from typing import Literal

import msgspec

Shield = Literal["block", "user_notification"]
NetworkShield = Literal["block", "admin_notification"]


class BruteForceProtection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a wrong password may be typed for one identifier, in 15 minutes.

    ``mode``: whether tries from one network count together, or those from everywhere.
    It holds while it is ``enabled`` and ``block`` is among the ``shields``; nobody is notified by mail yet.
    ``allowlist``: addresses and networks that are never blocked.
    """

    enabled: bool = True
    shields: tuple[Shield, ...] = ("block",)
    allowlist: tuple[str, ...] = ()
    mode: Literal["count_per_identifier_and_ip", "count_per_identifier"] = "count_per_identifier_and_ip"
    max_attempts: int = 10


class Throttle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many attempts, one of which comes back every ``rate`` milliseconds."""

    max_attempts: int
    rate: int

    @property
    def window(self) -> int:
        """The seconds in which all of them come back."""
        return max(1, -(-self.max_attempts * self.rate // 1_000))


class LoginThrottle(Throttle, frozen=True, kw_only=True):
    """Wrong passwords from one network, whoever they were for."""

    max_attempts: int = 100
    rate: int = 36_000


class SignupThrottle(Throttle, frozen=True, kw_only=True):
    """New accounts from one network."""

    max_attempts: int = 50
    rate: int = 1_200


class Stages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is counted by network."""

    pre_login: LoginThrottle = msgspec.field(default=LoginThrottle(), name="pre-login")
    pre_user_registration: SignupThrottle = msgspec.field(
        default=SignupThrottle(), name="pre-user-registration"
    )


class SuspiciousIpThrottling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one network may try: an IPv4 address, or an IPv6 network of 64 bits.

    It holds while it is ``enabled`` and ``block`` is among the ``shields``; nobody is notified by mail yet.
    ``allowlist``: addresses and networks that are never blocked.
    """

    enabled: bool = True
    shields: tuple[NetworkShield, ...] = ("block",)
    allowlist: tuple[str, ...] = ()
    stage: Stages = Stages()


class AttackProtection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Protection against guessing passwords and making accounts by the thousand.

    Mailed codes, mailed links, client secrets and tokens have limits of their own, which stay.
    """

    brute_force: BruteForceProtection = msgspec.field(
        default=BruteForceProtection(), name="bruteForceProtection"
    )
    suspicious_ip: SuspiciousIpThrottling = msgspec.field(
        default=SuspiciousIpThrottling(), name="suspiciousIpThrottling"
    )
