"""One test for each module of the Basic, Implicit, Hybrid and Form Post OP certification plans.

It is named after the module and runs for every plan that has it; warnings count as failures.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance import rules
from tests.conformance.conftest import SECOND
from tests.conformance.provider import NONCE, Plan, Provider
from tests.support.protocol import encoded, is_login_page, is_shown, s256
from tests.support.world import claims_of, header_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("claims and acr_values", "POST /authorize")]

TYPES = (
    "code",
    "id_token",
    "id_token token",
    "code id_token",
    "code token",
    "code id_token token",
)
PLANS = [Plan(response_type, mode) for mode in ("", "form_post") for response_type in TYPES]
LOGIN_ERRORS = {"login_required", "interaction_required", "account_selection_required", "consent_required"}


def _plans(which: Callable[[Plan], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("plan", [plan for plan in PLANS if which(plan)], ids=str)


every_plan = _plans(lambda plan: True)
plans_with_code = _plans(lambda plan: plan.gives_code)
plans_with_userinfo = _plans(lambda plan: plan.gives_access_token)


async def told(provider: Provider, **parameters: str) -> dict[str, Any]:
    """What userinfo tells after a flow, or the id_token, where no access token comes.

    With userinfo the id_token stays free of it.
    """
    tokens, claims = await provider.sign_in(**parameters)
    if not provider.plan.gives_access_token:
        return claims
    assert not {"name", "email"} & set(claims)
    return await provider.userinfo(tokens["access_token"], claims["sub"])


@every_plan
async def test_oidcc_server(provider: Provider) -> None:
    """The plain flow gives tokens that keep every ground rule, and each access token works at userinfo."""
    front = await provider.authorize()
    tokens: dict[str, Any] = {}
    if provider.plan.gives_code:
        tokens = await provider.tokens(await provider.redeem(front["code"]))
    claims = claims_of(tokens.get("id_token") or front["id_token"])
    assert set(claims) <= rules.PROTOCOL_CLAIMS
    for found in (front, tokens):
        if "access_token" in found:
            await provider.userinfo(found["access_token"], claims["sub"])


@plans_with_userinfo
async def test_oidcc_response_type_missing(provider: Provider) -> None:
    """Without response_type the error comes in the query, or by form_post where that was asked for."""
    found = await provider.authorize(response_type="")
    assert found["error"] in ("unsupported_response_type", "invalid_request")


@every_plan
async def test_oidcc_idtoken_signature(provider: Provider) -> None:
    """Without a registered algorithm the id_token is RS256 with a kid."""
    tokens, _ = await provider.sign_in()
    header = header_of(tokens["id_token"])
    assert header["alg"] == "RS256"
    assert header["kid"]


@every_plan
async def test_oidcc_idtoken_unsigned(provider: Provider) -> None:
    """Unsigned id_tokens are not advertised, so the module does not run."""
    assert "none" not in (await provider.metadata())["id_token_signing_alg_values_supported"]


@plans_with_userinfo
@pytest.mark.parametrize("how", ["get", "header", "body"])
async def test_oidcc_userinfo(provider: Provider, how: str) -> None:
    """Userinfo answers GET, POST with a header, and POST with a body (three modules)."""
    tokens, claims = await provider.sign_in()
    await provider.userinfo(tokens["access_token"], claims["sub"], how=how)


@_plans(lambda plan: not plan.wants_nonce)
async def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(provider: Provider) -> None:
    """Without an id_token in front a request needs no nonce, and the id_token has none."""
    _, claims = await provider.sign_in(nonce="")
    assert "nonce" not in claims


@_plans(lambda plan: plan.wants_nonce)
async def test_oidcc_ensure_request_without_nonce_fails(provider: Provider) -> None:
    """With an id_token in front a request without nonce is an invalid_request."""
    found = await provider.authorize(nonce="")
    assert found["error"] == "invalid_request"


@every_plan
@pytest.mark.parametrize("scope", rules.CLAIMS)
async def test_oidcc_scope(provider: Provider, scope: str) -> None:
    """Userinfo tells all claims of the scope, and the id_token none of them (four modules)."""
    assert rules.CLAIMS[scope] <= set(await told(provider, scope=f"openid {scope}"))


@every_plan
async def test_oidcc_scope_email_tells_no_name(provider: Provider) -> None:
    """For the scope email nobody tells the name."""
    assert "name" not in await told(provider, scope="openid email")


@every_plan
async def test_oidcc_scope_all(provider: Provider) -> None:
    """With all scopes userinfo tells everything."""
    found = await told(provider, scope="openid profile email address phone")
    assert set().union(*rules.CLAIMS.values()) <= set(found)


@every_plan
async def test_oidcc_alternate_happy_flow(provider: Provider) -> None:
    """Another order of scopes and of parameters changes nothing."""
    found = await told(provider, scope="email openid")
    assert rules.CLAIMS["email"] <= set(found)
    asked = dict(reversed(provider.request(scope="email openid").items()))
    response = await provider.browser.get("/authorize", params=asked)
    assert "error" not in await provider.answer(response, scope="email openid")


@every_plan
@pytest.mark.parametrize("display", ["page", "popup"])
async def test_oidcc_display(provider: Provider, display: str) -> None:
    """display=page and display=popup are accepted (two modules)."""
    await provider.sign_in(display=display)


@every_plan
async def test_oidcc_prompt_login(provider: Provider) -> None:
    """prompt=login shows the login form again, and its auth_time is later."""
    _, first = await provider.sign_in(max_age="15000")
    provider.world.clock.advance(1)
    _, second = await provider.sign_in(prompt="login", max_age="15000")
    assert provider.logins == 2
    assert second["auth_time"] > first["auth_time"]


@every_plan
async def test_oidcc_prompt_none_not_logged_in(provider: Provider) -> None:
    """A silent request of a fresh browser is refused, and a state of 128 characters comes back."""
    found = await provider.authorize(prompt="none", state="s" * 128)
    assert found["error"] in LOGIN_ERRORS


@every_plan
async def test_oidcc_prompt_none_logged_in(provider: Provider) -> None:
    """A silent request after a login succeeds without any page, for the same person and login."""
    _, first = await provider.sign_in(max_age="15000")
    provider.world.clock.advance(1)
    response = await provider.ask(prompt="none", max_age="15000")
    await provider.answer(response, prompt="none", max_age="15000")
    _, second = await provider.sign_in(prompt="none", max_age="15000")
    assert provider.logins == 1
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


@every_plan
async def test_oidcc_max_age_1(provider: Provider) -> None:
    """When max_age has passed the login is asked again, and auth_time tells the new one."""
    _, first = await provider.sign_in(max_age="15000")
    provider.world.clock.advance(2)
    assert is_login_page(await provider.ask(max_age="1"))
    _, second = await provider.sign_in(max_age="1")
    assert provider.logins == 2
    assert second["auth_time"] > first["auth_time"]
    assert provider.world.clock.now() - second["auth_time"] <= 300


@every_plan
async def test_oidcc_max_age_10000(provider: Provider) -> None:
    """While max_age has not passed there is no second login, and auth_time stays."""
    _, first = await provider.sign_in(max_age="15000")
    provider.world.clock.advance(2)
    _, second = await provider.sign_in(max_age="10000")
    assert provider.logins == 1
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


@every_plan
async def test_oidcc_ensure_request_with_unknown_parameter_succeeds(provider: Provider) -> None:
    """An unknown parameter is ignored."""
    await provider.sign_in(extra="foobar")


@every_plan
async def test_oidcc_id_token_hint(provider: Provider) -> None:
    """A silent request with the id_token as hint succeeds at once, for the same person and login."""
    tokens, first = await provider.sign_in(max_age="15000")
    _, second = await provider.sign_in(prompt="none", id_token_hint=tokens["id_token"], max_age="15000")
    assert provider.logins == 1
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


@every_plan
async def test_oidcc_login_hint(provider: Provider) -> None:
    """A login_hint of an unknown user is no obstacle."""
    await provider.sign_in(login_hint="buffy@id.example.test")


@every_plan
@pytest.mark.parametrize("name", ["ui_locales", "claims_locales"])
async def test_oidcc_locales(provider: Provider, name: str) -> None:
    """A language we do not speak is no error (two modules)."""
    await provider.sign_in(**{name: "se"})


@every_plan
async def test_oidcc_ensure_request_with_acr_values_succeeds(provider: Provider) -> None:
    """The id_token tells one of the authentication contexts asked for."""
    supported = (await provider.metadata())["acr_values_supported"]
    _, claims = await provider.sign_in(acr_values=" ".join(supported))
    assert claims["acr"] in supported


@plans_with_code
async def test_oidcc_codereuse(provider: Provider) -> None:
    """A code sent again at once is an invalid_grant."""
    code = (await provider.authorize())["code"]
    await provider.tokens(await provider.redeem(code))
    rules.check_token_error(await provider.redeem(code), "invalid_grant")


@plans_with_code
async def test_oidcc_codereuse_30seconds(provider: Provider) -> None:
    """A code sent again after 30 s is an invalid_grant, and the first access token is dead."""
    code = (await provider.authorize())["code"]
    tokens = await provider.tokens(await provider.redeem(code))
    provider.world.clock.advance(30)
    rules.check_token_error(await provider.redeem(code), "invalid_grant")
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    assert 400 <= (await provider.browser.get("/userinfo", headers=headers)).status_code < 500


@every_plan
async def test_oidcc_ensure_registered_redirect_uri(provider: Provider) -> None:
    """A redirect URI with a path segment added is answered on a page."""
    assert is_shown(await provider.ask(redirect_uri=provider.redirect_uri + "/random"))


@every_plan
async def test_oidcc_ensure_post_request_succeeds(provider: Provider) -> None:
    """An authorization request as a form POST works as by GET."""
    assert "error" not in await provider.authorize(post=True)


@plans_with_code
async def test_oidcc_server_client_secret_post(provider: Provider) -> None:
    """The code flow works with the secret in the body."""
    code = (await provider.authorize())["code"]
    await provider.tokens(await provider.redeem(code, how="post"))


@every_plan
async def test_oidcc_request_uri_unsigned_rejected_as_unsupported(provider: Provider) -> None:
    """A request_uri is refused by redirect as not supported."""
    found = await provider.authorize(request_uri="https://client.example.test/request.jwt")
    assert found["error"] == "request_uri_not_supported"


def request_object(**claims: str) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}."


@every_plan
async def test_oidcc_unsigned_request_object_rejected_as_unsupported(provider: Provider) -> None:
    """A request object is refused as not supported, never ignored."""
    inside = request_object(state="inner", nonce=NONCE)
    found = await provider.authorize(request=inside, state="", nonce="")
    assert found["error"] == "request_not_supported"


@every_plan
async def test_oidcc_claims_essential(provider: Provider) -> None:
    """A name asked for as essential is told at userinfo, and not in the id_token where both are there."""
    place = "userinfo" if provider.plan.gives_access_token else "id_token"
    claims = json.dumps({place: {"name": {"essential": True}}})
    assert (await told(provider, claims=claims))["name"] == "Ada Example"


@every_plan
async def test_oidcc_ensure_request_object_with_redirect_uri(provider: Provider) -> None:
    """A bad redirect_uri beside a request object is answered on a page, not redirected."""
    inside = request_object(redirect_uri=provider.redirect_uri)
    assert is_shown(await provider.ask(request=inside, redirect_uri=provider.redirect_uri + "/bad"))


async def refreshed(provider: Provider, tokens: dict[str, Any], **fields: str) -> dict[str, Any]:
    """A refresh, checked against the first answer (OIDC Core §12.2)."""
    provider.world.clock.advance(1)
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **fields}
    found = await provider.tokens(await provider.token(body), nonce=None)
    before, after = claims_of(tokens["id_token"]), claims_of(found["id_token"])
    for name in ("iss", "sub", "aud", "azp", "auth_time"):
        assert after.get(name) == before.get(name)
    assert after["iat"] != before["iat"]
    assert found["access_token"] != tokens["access_token"]
    return found


@plans_with_code
async def test_oidcc_refresh_token(provider: Provider) -> None:
    """Two clients refresh, with scope and without; one's token is an invalid_grant for the other."""
    asked = {"scope": "openid offline_access", "prompt": "consent", "max_age": "15000"}
    first, _ = await provider.sign_in(**asked)
    await refreshed(provider, first, scope="openid offline_access")
    second = Provider.of(provider.world, plan=provider.plan, **SECOND)
    tokens, _ = await second.sign_in(**asked)
    newest = await refreshed(second, tokens)
    body = {"grant_type": "refresh_token", "refresh_token": newest["refresh_token"]}
    rules.check_token_error(await provider.token(body), "invalid_grant")
    assert second.warnings == []


@plans_with_code
async def test_oidcc_ensure_request_with_valid_pkce_succeeds(provider: Provider) -> None:
    """A request with PKCE S256 works."""
    verifier = "verifier-" * 6
    found = await provider.authorize(code_challenge=s256(verifier), code_challenge_method="S256")
    await provider.tokens(await provider.redeem(found["code"], code_verifier=verifier))


@every_plan
async def test_query_of_the_redirect_uri_survives(provider: Provider) -> None:
    """Parameters of the registered redirect URI stay in its query (ground rule 1.2)."""
    provider.redirect_uri += "?dummy1=lorem&dummy2=ipsum"
    await provider.world.change_client("web", callbacks=(provider.redirect_uri,))
    found = await provider.authorize()
    if provider.plan == Plan():  # the others' answers stand elsewhere, beside that query
        assert (found["dummy1"], found["dummy2"]) == ("lorem", "ipsum")
    assert "error" not in found
