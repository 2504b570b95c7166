"""What a tenant file may say of protection against attacks."""

import ipaddress
from collections.abc import Iterator

from gatewright.provisioning.checks.values import check_range
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.stored_only import NO_EFFECT
from gatewright.tenants import AttackProtection
from gatewright.tenants.attack_protection import Throttle

MOST_ATTEMPTS = 100
"""Wrong passwords for one identifier: with more, weak ones are guessed."""

MOST_PER_NETWORK = 100_000
LONGEST_RATE = 86_400_000
"""Milliseconds: a day."""

MOST_LISTED = 100
BRUTE_FORCE, SUSPICIOUS_IP = "bruteForceProtection", "suspiciousIpThrottling"


def check_attack_protection(entry: Entry[AttackProtection]) -> Iterator[Problem]:
    """The section ``attackProtection``."""
    brute, network = entry.value.brute_force, entry.value.suspicious_ip
    path = inside(entry.path, BRUTE_FORCE)
    yield from check_range(inside(path, "max_attempts"), brute.max_attempts, 1, MOST_ATTEMPTS, "attempts")
    yield from _check_list(inside(path, "allowlist"), brute.allowlist)
    path = inside(entry.path, SUSPICIOUS_IP)
    yield from _check_list(inside(path, "allowlist"), network.allowlist)
    yield from _check_stage(inside(path, "stage.pre-login"), network.stage.pre_login)
    yield from _check_stage(inside(path, "stage.pre-user-registration"), network.stage.pre_user_registration)


def unguarded(entry: Entry[AttackProtection]) -> Iterator[str]:
    """What the section gives up, and what of it has no effect, in words for whoever wrote it."""
    brute, network = entry.value.brute_force, entry.value.suspicious_ip
    for name, chosen in ((BRUTE_FORCE, brute), (SUSPICIOUS_IP, network)):
        path = inside(entry.path, name)
        if not chosen.enabled or "block" not in chosen.shields:
            yield f"{path}: nobody is stopped from guessing by it"
        yield from (
            f"{inside(path, 'shields')}: {shield}: {NO_EFFECT}"
            for shield in chosen.shields
            if shield != "block"
        )
    if brute.mode == "count_per_identifier":
        path = inside(inside(entry.path, BRUTE_FORCE), "mode")
        yield f"{path}: anybody can lock a person out by guessing wrongly on purpose"


def _check_stage(path: str, stage: Throttle) -> Iterator[Problem]:
    most = inside(path, "max_attempts")
    yield from check_range(most, stage.max_attempts, 1, MOST_PER_NETWORK, "attempts")
    yield from check_range(inside(path, "rate"), stage.rate, 1, LONGEST_RATE, "milliseconds")


def _check_list(path: str, networks: tuple[str, ...]) -> Iterator[Problem]:
    if len(networks) > MOST_LISTED:
        yield Problem(path, f"{len(networks)} addresses; wanted: at most {MOST_LISTED}")
    for place, network in enumerate(networks):
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            wanted = "an IPv4 or IPv6 address, or a network like 192.0.2.0/24"
            yield Problem(f"{path}[{place}]", f"read {shown(network)}; wanted: {wanted}")
