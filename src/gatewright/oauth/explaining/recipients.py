"""What is wrong with the choice of the one to whom a token was sent."""

from gatewright_guard import Diagnosis, Unverified


def unregistered(audience: str) -> Diagnosis:
    """Nobody knows the API."""
    return Diagnosis(
        seen=f"an API {audience}",
        expected="the identifier of an API of this tenant",
        change="add the API to the tenant, or name it exactly as its identifier is written",
    )


def legacy_api(found: Unverified, client_id: str) -> tuple[Diagnosis, ...]:
    """What an API of the legacy pipeline says to a JWT: it is a client, and believes id_tokens for it."""
    if client_id in found.audience:
        return ()
    application = ", ".join(found.audience) or "nobody"
    kind = "an id_token for the application" if found.is_id_token else "a token for"
    return (
        Diagnosis(
            seen=f"{kind} {application}, not signed for {client_id}",
            expected=f"an id_token for {client_id}, signed with the secret or the key of {client_id}",
            change=f"exchange the application's id_token at /delegation with target={client_id}, "
            "or let application and API be one client with one secret",
        ),
    )


def opaque_at_legacy_api(client_id: str) -> Diagnosis:
    """The same to an opaque access token."""
    return Diagnosis(
        seen="an opaque access token, which is for userinfo alone",
        expected=f"an id_token for {client_id}, signed with the secret or the key of {client_id}",
        change="ask for scope=openid and send the id_token of the same answer, "
        f"exchanged at /delegation with target={client_id} unless application and API are one client",
    )


def opaque_at_api(audience: str) -> Diagnosis:
    """What a named API says to an opaque access token."""
    return Diagnosis(
        seen="an opaque access token: no audience was requested",
        expected=f"a JWT access token for the audience {audience}",
        change=f"add audience={audience} to the authorization request of the application, "
        f"or set the tenant's default_audience to {audience}",
    )
