"""The seven scenarios S1 to S7: what one operation is, and how its answers are judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from bench.browser import JourneyFailed
from bench.contestants import Contestant
from bench.flows import authenticate, authorize_path, code_fields, new_proof, read_json, token_request
from bench.plan import Step, begins, equal, get, keep, post, present
from bench.targets import CodeRequest, Credentials
from bench.tokens import WrongToken, is_jwt, verify

OPTIONAL = ("id_token", "refresh_token")  # a peer may lack them; then a note says so

Judge = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Job:
    """A scenario made ready for one contestant; `judge` raises `WrongToken` for a wrong answer."""

    steps: Sequence[Step]
    lanes: Sequence[Mapping[str, str]] = ()
    judge: Judge = lambda answer: None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """`key` is S1 to S7; `prepare` raises `JourneyFailed` or `WrongToken` when the server cannot do it."""

    key: str
    title: str
    prepare: Callable[[Contestant, int], Job]


def _need(path: str, what: str) -> str:
    if not path:
        raise JourneyFailed(f"discovery names no {what}")
    return path


def _discovery(contestant: Contestant, lanes: int) -> Job:
    target = contestant.target
    return Job(
        [get(target.discovery, target.host, rules=[equal("json", "issuer", contestant.endpoints.issuer)])]
    )


def _jwks(contestant: Contestant, lanes: int) -> Job:
    path = _need(contestant.endpoints.jwks, "jwks_uri")
    return Job([get(path, contestant.target.host, rules=[present("kid"), present("n")])])


def _access_token_judge(contestant: Contestant) -> Judge:
    def judge(answer: dict[str, Any]) -> None:
        if not is_jwt(answer.get("access_token", "")):
            raise WrongToken("the access token is no JWT")
        verify(answer["access_token"], contestant.keys, issuer=contestant.endpoints.issuer)

    return judge


def _client_credentials(contestant: Contestant, lanes: int) -> Job:
    target, endpoints = contestant.target, contestant.endpoints
    form = {"grant_type": "client_credentials", **target.client_credentials}
    answer = token_request(contestant.lane(0), endpoints, target.machine_client, form)
    judge = _access_token_judge(contestant)
    judge(answer)
    step = _token_step(contestant, form, rules=[present("access_token")], client=target.machine_client)
    return Job([step], judge=judge)


def _token_step(
    contestant: Contestant,
    form: Mapping[str, str],
    *,
    rules: Sequence[str],
    raw: str = "",
    client: Credentials | None = None,
    path: str = "",
) -> Step:
    headers, proof = authenticate(client or contestant.target.client)
    where = path or contestant.endpoints.token
    return post(where, contestant.target.host, {**form, **proof}, rules=rules, raw=raw, **headers)


def _seen(answer: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The optional members this server answers with, and notes on the others."""
    there = [name for name in OPTIONAL if name in answer]
    return there, [f"answers without {name}" for name in OPTIONAL if name not in answer]


def _token_judge(
    contestant: Contestant, first: Mapping[str, Any], *, nonce: str = ""
) -> tuple[Judge, list[str]]:
    """Judge id_token, with a nonce that begins so, and access token as far as the first answer had them."""
    opaque = not is_jwt(first["access_token"])
    access = _access_token_judge(contestant)

    def judge(answer: dict[str, Any]) -> None:
        claims = contestant.check_id_token(answer) if "id_token" in first else {"nonce": nonce}
        if not str(claims.get("nonce", "")).startswith(nonce):
            raise WrongToken("the id_token does not carry our nonce")
        if not opaque:
            access(answer)

    return judge, ["its access token is opaque"] if opaque else []


def _code_flow(contestant: Contestant, lanes: int) -> Job:
    target, endpoints = contestant.target, contestant.endpoints
    answers = [contestant.flow(number, target.code) for number in range(lanes)]
    there, lacking = _seen(answers[0])
    judge, opaque = _token_judge(contestant, answers[0], nonce="n")
    redirect_uri = target.client.redirect_uri
    path = authorize_path(endpoints, target.client, target.code, "{challenge}", "s{op}", "n{op}")
    authorize = get(
        path,
        target.host,
        statuses=(302, 303),
        rules=[begins(redirect_uri), equal("location", "state", "s{op}"), keep("code", "location", "code")],
        Cookie="{cookie}",
    )
    token = _token_step(
        contestant,
        code_fields(target.client, target.code),
        rules=[present("access_token"), *map(present, there)],
        raw="code={code}&code_verifier={verifier}",
    )
    variables = [_session_variables(contestant, number) for number in range(lanes)]
    return Job([authorize, token], variables, judge, [*lacking, *opaque])


def _session_variables(contestant: Contestant, number: int) -> dict[str, str]:
    proof = new_proof()
    cookie = contestant.lane(number).cookies.header(urlsplit(contestant.endpoints.authorize).path)
    return {"cookie": cookie, "challenge": proof.challenge, "verifier": proof.verifier}


def _refresh(contestant: Contestant, lanes: int) -> Job:
    target = contestant.target
    form = {"grant_type": "refresh_token", **target.refresh}
    spare = contestant.flow(0, target.code)
    if "refresh_token" not in spare:
        raise JourneyFailed("the code flow gave no refresh token")
    first = token_request(
        contestant.lane(0),
        contestant.endpoints,
        target.client,
        {**form, "refresh_token": spare["refresh_token"]},
    )
    there, lacking = _seen(first)
    rotates = first.get("refresh_token", spare["refresh_token"]) != spare["refresh_token"]
    judge, opaque = _token_judge(contestant, first)
    rules = [present("access_token"), *map(present, there)]
    if rotates:
        rules.append(keep("refresh_token", "json", "refresh_token"))
    step = _token_step(contestant, form, rules=rules, raw="refresh_token={refresh_token}")
    variables = [
        {"refresh_token": _encoded(contestant.flow(n, target.code)["refresh_token"])} for n in range(lanes)
    ]
    return Job([step], variables, judge, [*lacking, *opaque, *([] if rotates else ["does not rotate"])])


def _encoded(value: str) -> str:
    return quote(value, safe="")


def _tokens(contestant: Contestant, lanes: int, request: CodeRequest) -> list[dict[str, Any]]:
    return [contestant.flow(number, request) for number in range(lanes)]


def _userinfo(contestant: Contestant, lanes: int) -> Job:
    path = _need(contestant.endpoints.userinfo, "userinfo_endpoint")
    answers = _tokens(contestant, lanes, contestant.target.userinfo)
    subject = contestant.check_id_token(answers[0])["sub"]
    told = contestant.lane(0).get(path, {"Authorization": f"Bearer {answers[0]['access_token']}"})
    if read_json(told).get("sub") != subject:
        raise JourneyFailed("userinfo does not tell the sub of the id_token")
    step = get(
        path,
        contestant.target.host,
        rules=[equal("json", "sub", subject)],
        Authorization="Bearer {access_token}",
    )
    return Job([step], [{"access_token": answer["access_token"]} for answer in answers])


def _introspect(contestant: Contestant, lanes: int) -> Job:
    path = _need(contestant.endpoints.introspect, "introspection_endpoint")
    answers = _tokens(contestant, lanes, contestant.target.introspect)
    headers, proof = authenticate(contestant.target.introspecting_client)
    form = {"token": answers[0]["access_token"], **proof}
    if read_json(contestant.lane(0).post(path, form, **headers)).get("active") is not True:
        raise JourneyFailed("introspection does not call a fresh access token active")
    step = _token_step(
        contestant,
        {},
        rules=[equal("json", "active", "true")],
        raw="token={access_token}",
        client=contestant.target.introspecting_client,
        path=path,
    )
    return Job([step], [{"access_token": _encoded(answer["access_token"])} for answer in answers])


SCENARIOS = (
    Scenario("S1", "discovery", _discovery),
    Scenario("S2", "jwks", _jwks),
    Scenario("S3", "client_credentials", _client_credentials),
    Scenario("S4", "code flow", _code_flow),
    Scenario("S5", "refresh", _refresh),
    Scenario("S6", "userinfo", _userinfo),
    Scenario("S7", "introspection", _introspect),
)
TITLES = {scenario.key: scenario.title for scenario in SCENARIOS}
