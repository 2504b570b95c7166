"""Which limits hold for a tenant and an address: those it set, or none where it lets the address alone."""

import ipaddress
from functools import lru_cache

from gatewright.protection.limiter import Limit, network_of
from gatewright.protection.limits import PASSWORD, PASSWORD_PER_IP, SIGNUP_PER_IP
from gatewright.tenants import AttackProtection
from gatewright.tenants.attack_protection import SuspiciousIpThrottling, Throttle


def password_limit(protection: AttackProtection, ip: str) -> Limit | None:
    """What bounds wrong passwords for one identifier; ``None`` for nothing."""
    chosen = protection.brute_force
    if not chosen.enabled or "block" not in chosen.shields or is_listed(ip, chosen.allowlist):
        return None
    return _limit(PASSWORD.name, chosen.max_attempts, PASSWORD.window)


def password_subject(protection: AttackProtection, connection: str, identifier: str, ip: str) -> str:
    """What wrong passwords for ``identifier``, which is normalised, are counted by."""
    if protection.brute_force.mode == "count_per_identifier":
        return f"{connection} {identifier}"
    return f"{connection} {identifier} {network_of(ip)}"


def login_limit(protection: AttackProtection, ip: str) -> Limit | None:
    """What bounds wrong passwords from one network; ``None`` for nothing."""
    return _throttle(PASSWORD_PER_IP, protection.suspicious_ip, protection.suspicious_ip.stage.pre_login, ip)


def signup_limit(protection: AttackProtection, ip: str) -> Limit | None:
    """What bounds new accounts from one network; ``None`` for nothing."""
    stage = protection.suspicious_ip.stage.pre_user_registration
    return _throttle(SIGNUP_PER_IP, protection.suspicious_ip, stage, ip)


@lru_cache(maxsize=4096)
def is_listed(ip: str, networks: tuple[str, ...]) -> bool:
    """Whether ``ip`` is one of the addresses, or in one of the networks. What is no address is in none."""
    if not networks:
        return False
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in ipaddress.ip_network(network, strict=False) for network in networks)


def _throttle(usual: Limit, chosen: SuspiciousIpThrottling, stage: Throttle, ip: str) -> Limit | None:
    if not chosen.enabled or "block" not in chosen.shields or is_listed(ip, chosen.allowlist):
        return None
    return _limit(usual.name, stage.max_attempts, stage.window)


@lru_cache(maxsize=256)
def _limit(name: str, attempts: int, window: int) -> Limit:
    return Limit(name, attempts=attempts, window=window)
