"""What a tenant file may say of claims that are added to tokens."""

from collections.abc import Iterator

from gatewright.kernel.errors import Invalid
from gatewright.kernel.urls import parse_absolute
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry
from gatewright.tenants import ClaimRule, TenantSettings
from gatewright.users.sources import ATTRIBUTES, check_source, is_set_by_user

LONGEST_CLAIM = 200


def check_claim_rules(entry: Entry[TenantSettings]) -> Iterator[Problem]:
    """The list ``tenant.token_claims``; names of clients and APIs are looked up elsewhere."""
    for path, rule in claim_rules(entry):
        yield from _check_name(inside(path, "claim"), rule)
        try:
            check_source(rule.value)
        except Invalid as error:
            yield Problem(inside(path, "value"), f"read {shown(rule.value)}; {error.message}")
        if not rule.tokens:
            message = (
                "read an empty list; wanted: id_token, access_token or userinfo, or no such line for all"
            )
            yield Problem(inside(path, "tokens"), message)


def claim_rules(entry: Entry[TenantSettings]) -> Iterator[tuple[str, ClaimRule]]:
    """Rules with their paths."""
    for place, rule in enumerate(entry.value.token_claims):
        yield inside(entry.path, f"token_claims[{place}]"), rule


def doubtful(entry: Entry[TenantSettings]) -> Iterator[str]:
    """Rules by which people could tell APIs what they like about themselves."""
    for path, rule in claim_rules(entry):
        if is_set_by_user(rule.value) and "access_token" in rule.tokens:
            message = (
                "people may change user_metadata themselves; an API must not decide by it what they may do"
            )
            yield f"{inside(path, 'value')}: {message}"


def _check_name(path: str, rule: ClaimRule) -> Iterator[Problem]:
    """An address keeps the claim apart from all others (RFC 7519 §4.2); an attribute may keep its name."""
    if rule.claim in ATTRIBUTES - {"user_id"}:
        if rule.value != f"user.{rule.claim}":
            yield Problem(
                path, f"read {shown(rule.claim)}; wanted: with this name the value user.{rule.claim}"
            )
        return
    parts = parse_absolute(rule.claim)
    if parts is None or parts.scheme not in ("http", "https") or len(rule.claim) > LONGEST_CLAIM:
        wanted = "an address of your own like https://example.com/department, or a profile attribute's name"
        yield Problem(path, f"read {shown(rule.claim)}; wanted: {wanted}")
