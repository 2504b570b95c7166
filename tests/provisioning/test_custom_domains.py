"""The section ``customDomains`` of a tenant file."""

from tests.provisioning.conftest import TENANT, Room

FILE = """
customDomains:
- {domain: login.acme.test, type: self_managed_certs, domain_metadata: {team: a}}
"""


async def test_applied_exported_and_applied_again(room: Room) -> None:
    """A domain in the file waits for its record, and either form of the file changes nothing."""
    await room.apply(FILE)
    tenant = await room.platform.tenants.get(TENANT)
    (held,) = tenant.custom_domains
    assert (held.is_ready, tenant.hosts) == (False, ("id.example.test",))
    assert (await room.apply(FILE)).steps == ()
    assert (await room.apply(await room.export())).steps == ()
    await room.apply("customDomains: []")
    assert (await room.platform.tenants.get(TENANT)).custom_domains == ()


async def test_what_is_wrong(room: Room) -> None:
    """A domain that is none, or stands twice, is refused by its line."""
    problems = await room.problems(
        "customDomains: [{domain: 'a b'}, {domain: a.test}, {domain: a.test}, {domain: id.example.test}]"
    )
    assert [problem.partition(": ")[2] for problem in problems if "customDomains" in problem]
    assert any("'a.test' is customDomains[1] already" in problem for problem in problems)
