"""The suite's view of the provider: each request is checked by the ground rules, warnings are kept."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from tests.conformance import rules
from tests.support.protocol import basic, bearer, is_login_page, posted_form
from tests.support.world import CALLBACK, ISSUER, PASSWORD, SECRET, Browser, World, claims_of, header_of

from gatewright_guard import Expectations, StaticKeys, verify

NONCE = "nonce-of-the-suite"
FRONT = {"code": {"code"}, "token": {"access_token", "token_type", "expires_in"}, "id_token": {"id_token"}}
BESIDE = {"state", "iss", "scope"}


@dataclass(frozen=True)
class Plan:
    """What one run of a certification plan asks for throughout: a response type and mode (Multiple §3)."""

    response_type: str = "code"
    response_mode: str = ""

    @property
    def words(self) -> frozenset[str]:
        """The words of the response type, in no order."""
        return frozenset(self.response_type.split())

    @property
    def gives_code(self) -> bool:
        """Whether there is something to redeem."""
        return "code" in self.words

    @property
    def gives_access_token(self) -> bool:
        """Whether userinfo can be asked."""
        return self.words != {"id_token"}

    @property
    def wants_nonce(self) -> bool:
        """Whether an id_token comes through the browser, which only a nonce ties to the request."""
        return "id_token" in self.words

    def __str__(self) -> str:
        return f"{self.response_type} by {self.response_mode or 'default'}"


@dataclass
class Provider:
    """The provider under test, as one browser and one client of the suite see it."""

    world: World
    browser: Browser
    client_id: str = "web"
    redirect_uri: str = CALLBACK
    plan: Plan = Plan()
    logins: int = 0
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, world: World, **fields: Any) -> "Provider":
        """A fresh browser of the suite."""
        return cls(world, world.browser(), **fields)

    def warn(self, warnings: Iterable[str]) -> None:
        """Keeps what would be a warning."""
        self.warnings.extend(warnings)

    def request(self, **parameters: str) -> dict[str, str]:
        """The ordinary request of the suite; a parameter set to ``""`` is left out."""
        asked = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": "state-of-the-suite",
            "nonce": NONCE,
            "response_type": self.plan.response_type,
            "response_mode": self.plan.response_mode,
            **parameters,
        }
        return {name: value for name, value in asked.items() if value}

    async def ask(self, *, post: bool = False, **parameters: str) -> httpx2.Response:
        """Where the browser is after the authorization request, before any form is filled."""
        asked = self.request(**parameters)
        if post:
            return await self.browser.follow(await self.browser.post("/authorize", data=asked))
        return await self.browser.follow(await self.browser.get("/authorize?" + urlencode(asked)))

    async def authorize(self, *, post: bool = False, **parameters: str) -> dict[str, str]:
        """The parameters of the answer; the person signs in when asked."""
        response = await self.ask(post=post, **parameters)
        if is_login_page(response):
            self.logins += 1
            response = await self.browser.submit(response, username="ada@example.test", password=PASSWORD)
        if 'id="consent-form"' in response.text:
            response = await self.browser.submit(response, action="accept")
        return await self.answer(response, **parameters)

    async def answer(self, response: httpx2.Response, **parameters: str) -> dict[str, str]:
        """Checks where the answer stands, and that it is this request's (RFC 6749 §4.1.2, RFC 9207 §2)."""
        asked = self.request(**parameters)
        found = self._sent(response, asked)
        assert found.get("state") == asked.get("state")
        assert found.get("iss", ISSUER) == ISSUER
        if "error" in found:
            assert not set(found) & {name for names in FRONT.values() for name in names}
            self.warn(rules.check_error(found))
            self.warn(f"surplus {name}" for name in set(found) - rules.ERROR_PARAMETERS)
        else:
            await self._check_front(found, asked)
        return found

    def _sent(self, response: httpx2.Response, asked: dict[str, str]) -> dict[str, str]:
        """The parameters, from the one place where they may stand (Multiple §2.1, Form Post §2)."""
        if asked.get("response_mode") == "form_post":
            action, found = posted_form(response)
            assert action == self.redirect_uri
            return found
        assert response.status_code in (302, 303), response.text[:500]
        location = response.headers["location"]
        assert location.startswith(self.redirect_uri)
        parts = urlsplit(location)
        own = urlsplit(self.redirect_uri).query
        if asked.get("response_type", "code") == "code":
            assert parts.fragment == ""
            return dict(parse_qsl(parts.query))
        assert parts.query == own
        return dict(parse_qsl(parts.fragment))

    async def _check_front(self, found: dict[str, str], asked: dict[str, str]) -> None:
        """Just what the response type names, and each of it sound (Core §3.2.2.5, §3.3.2.5)."""
        words = asked["response_type"].split()
        own = dict(parse_qsl(urlsplit(self.redirect_uri).query))
        assert set(found) - BESIDE - set(own) == set().union(*(FRONT[word] for word in words))
        for name in {"code", "access_token"} & set(found):
            rules.check_random(found[name])
        if "access_token" in found:
            assert found["token_type"].lower() == "bearer"
            assert 0 < int(found["expires_in"]) <= rules.A_YEAR
        if "id_token" in found:
            await self.check_id_token(
                found["id_token"],
                nonce=asked.get("nonce"),
                allowed=_belonging(asked) if words == ["id_token"] else (),
            )
            claims = claims_of(found["id_token"])
            rules.check_half_hash(claims, "c_hash", found.get("code"))
            rules.check_half_hash(claims, "at_hash", found.get("access_token"))

    async def redeem(self, code: str, *, how: str = "basic", **fields: str) -> httpx2.Response:
        """Redeems a code, the client proving itself by ``basic`` or ``post``."""
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri, **fields}
        return await self.token(body, how=how)

    async def token(self, body: dict[str, str], *, how: str = "basic") -> httpx2.Response:
        """A token request of this client."""
        if how == "post":
            body = {**body, "client_id": self.client_id, "client_secret": SECRET}
            return await self.browser.post("/oauth/token", data=body)
        return await self.browser.post("/oauth/token", data=body, headers=basic(self.client_id, SECRET))

    async def tokens(self, response: httpx2.Response, *, nonce: str | None = NONCE) -> dict[str, Any]:
        """The checked token answer."""
        self.warn(rules.check_token_answer(response))
        found: dict[str, Any] = response.json()
        if "id_token" in found:
            await self.check_id_token(found["id_token"], nonce=nonce)
        return found

    async def check_id_token(self, token: str, *, nonce: str | None, allowed: Iterable[str] = ()) -> None:
        """Signature and claims of an id_token; ``allowed`` are claims of the person that belong into it."""
        now = self.world.clock.now()
        key_set = await self.key_set()
        expected = Expectations(issuer=ISSUER, audience=(self.client_id,), id_token_ok=True, leeway=0)
        verify(token, StaticKeys.from_jwks(key_set), expected, now)
        self.warn(
            rules.check_id_token(
                header_of(token),
                claims_of(token),
                issuer=ISSUER,
                client_id=self.client_id,
                nonce=nonce,
                now=now,
                allowed=set(allowed),
            )
        )

    async def sign_in(self, **parameters: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """A whole flow of the plan: its newest tokens, and the claims of its id_token.

        Where two id_tokens come, they speak of the same person and login (Core §3.3.3.6).
        """
        front = await self.authorize(**parameters)
        tokens: dict[str, Any] = dict(front)
        if self.plan.gives_code:
            nonce = self.request(**parameters).get("nonce")
            tokens |= await self.tokens(await self.redeem(front["code"]), nonce=nonce)
        claims = claims_of(tokens["id_token"])
        if "id_token" in front:
            first = claims_of(front["id_token"])
            assert [claims.get(n) for n in ("iss", "sub", "auth_time")] == [
                first.get(n) for n in ("iss", "sub", "auth_time")
            ]
        return tokens, claims

    async def userinfo(self, token: str, subject: str, *, how: str = "get") -> dict[str, Any]:
        """The checked userinfo answer, asked for in one of the three ways."""
        match how:
            case "get":
                response = await self.browser.get("/userinfo", headers=bearer(token))
            case "header":
                response = await self.browser.post("/userinfo", headers=bearer(token))
            case _:
                response = await self.browser.post("/userinfo", data={"access_token": token})
        self.warn(rules.check_userinfo(response, subject, self.world.clock.now()))
        found: dict[str, Any] = response.json()
        return found

    async def metadata(self) -> dict[str, Any]:
        """The discovery document."""
        found: dict[str, Any] = rules.check_json(await self.browser.get("/.well-known/openid-configuration"))
        return found

    async def key_set(self) -> dict[str, Any]:
        """The checked key set."""
        found: dict[str, Any] = rules.check_json(await self.browser.get("/.well-known/jwks.json"))
        self.warn(rules.check_key_set(found["keys"]))
        return found


def _belonging(asked: dict[str, str]) -> set[str]:
    """Claims that belong into an id_token with which no access token ever comes (Core §5.4, §5.5)."""
    by_scope = (rules.CLAIMS.get(scope, set()) for scope in asked["scope"].split())
    return set().union(*by_scope, json.loads(asked.get("claims", "{}")).get("id_token", {}))
