"""The section ``attackProtection`` of a tenant file."""

import pytest
from tests.provisioning.conftest import TENANT, Room

FILE = """
attackProtection:
  bruteForceProtection: {max_attempts: 4, mode: count_per_identifier, shields: [block, user_notification]}
  suspiciousIpThrottling: {enabled: false, allowlist: ["192.0.2.7", "2001:db8::/32"]}
"""


async def test_applied_and_taken_back(room: Room) -> None:
    """The section sets protection; an empty one brings back what a tenant begins with."""
    await room.apply(FILE)
    held = (await room.platform.tenants.get(TENANT)).attack_protection
    assert (held.brute_force.max_attempts, held.suspicious_ip.enabled) == (4, False)
    await room.apply("attackProtection: {}")
    held = (await room.platform.tenants.get(TENANT)).attack_protection
    assert (held.brute_force.max_attempts, held.suspicious_ip.enabled) == (10, True)


async def test_file_without_it_leaves_it_alone(room: Room) -> None:
    """A file that does not speak of protection changes nothing of it."""
    await room.apply(FILE)
    await room.apply("tenant: {friendly_name: Acme}")
    assert (await room.platform.tenants.get(TENANT)).attack_protection.brute_force.max_attempts == 4


async def test_plan_says_what_is_given_up(room: Room) -> None:
    """Whoever weakens protection, or asks for what is not there, is told."""
    plan = await room.plan(FILE)
    assert plan.warnings == (
        "attackProtection.bruteForceProtection.shields: user_notification: stored, has no effect yet",
        "attackProtection.suspiciousIpThrottling: nobody is stopped from guessing by it",
        "attackProtection.bruteForceProtection.mode: "
        "anybody can lock a person out by guessing wrongly on purpose",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("attackProtection: {bruteForceProtection: {max_attempts: 0}}", "max_attempts: read 0"),
        ("attackProtection: {botDetection: {}}", "attackProtection.botDetection: no such field"),
        (
            "attackProtection: {suspiciousIpThrottling: {allowlist: [a]}}",
            "attackProtection.suspiciousIpThrottling.allowlist[0]: read 'a'",
        ),
    ],
)
async def test_wrong_field_is_named(room: Room, text: str, told: str) -> None:
    """What breaks a rule is refused by its path."""
    (problem,) = await room.problems(text)
    assert told in problem
