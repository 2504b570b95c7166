"""Parameters: parsed once, strictly, and the same by form, query and JSON."""

import json
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.asgi import request_of, scope_of

from gatewright.kernel.errors import Invalid
from gatewright.web import parameters
from gatewright.web.parameters import Parameters, from_body, from_form, from_query

pytestmark = pytest.mark.anyio

FORM = "application/x-www-form-urlencoded"
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
PAIRS = st.lists(st.tuples(TEXT.filter(bool), TEXT), max_size=12)


def query(raw: bytes) -> Parameters:
    return from_query(request_of(scope_of(query=raw)))


async def body(raw: bytes, kind: str = FORM, *, chunk: int = 7) -> Parameters:
    chunks = [raw[at : at + chunk] for at in range(0, len(raw), chunk)]
    return await from_body(request_of(scope_of("POST", headers=[("content-type", kind)]), *chunks))


@given(PAIRS)
def test_what_was_encoded_is_read(pairs: list[tuple[str, str]]) -> None:
    """Whatever a client encodes is read to the character; the first value of a name counts."""
    found = query(urlencode(pairs).encode())
    expected: dict[str, str] = {}
    for name, value in pairs:
        if value:
            expected.setdefault(name, value)
    assert dict(found) == expected


@given(PAIRS)
def test_repetition_is_noticed(pairs: list[tuple[str, str]]) -> None:
    """A name that came twice, with a value at least once, is told."""
    names = [name for name, _ in pairs]
    valued = {name for name, value in pairs if value}
    expected = {name for name in valued if names.count(name) > 1}
    assert query(urlencode(pairs).encode()).repeated == expected


@given(PAIRS)
async def test_form_and_query_are_read_alike(pairs: list[tuple[str, str]]) -> None:
    """A form says what the same query says."""
    raw = urlencode(pairs).encode()
    found = await body(raw)
    assert (dict(found), found.repeated) == (dict(query(raw)), query(raw).repeated)


@given(st.dictionaries(TEXT.filter(bool), TEXT | st.none(), max_size=12))
async def test_json_is_read(members: dict[str, str | None]) -> None:
    """A JSON object of texts is read like a form; null and empty count as absent."""
    found = await body(json.dumps(members).encode(), "application/json")
    assert dict(found) == {name: value for name, value in members.items() if value}
    assert found.repeated == frozenset()


@given(st.binary(max_size=200))
def test_any_query_is_read_or_refused(raw: bytes) -> None:
    """Any bytes are parameters or an Invalid, and never hold NUL or half a character."""
    try:
        found = query(raw)
    except Invalid:
        return
    for name, value in found.items():
        assert value
        assert "\0" not in name + value
        assert (name + value).encode()


@given(st.binary(max_size=200))
async def test_any_json_is_read_or_refused(raw: bytes) -> None:
    """Any bytes said to be JSON are parameters or an Invalid."""
    try:
        found = await body(raw, "application/json")
    except Invalid:
        return
    assert all(isinstance(value, str) and value for value in found.values())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", {}),
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        (b"a+b=c+d", {"a b": "c d"}),
        (b"a=%2B%20", {"a": "+ "}),
        (b"a", {}),
        (b"a=", {}),
        (b"=a", {"": "a"}),
        (b"a==b=", {"a": "=b="}),
        (b"&&a=1&&", {"a": "1"}),
        (b"a=%E2%9C%93", {"a": "\u2713"}),
        ("a=\u2713".encode(), {"a": "\u2713"}),
        (b"a=100%", {"a": "100%"}),
        (b"a=%zz", {"a": "%zz"}),
    ],
)
def test_query(raw: bytes, expected: dict[str, str]) -> None:
    """Queries are read as browsers write them (WHATWG URL §5)."""
    assert dict(query(raw)) == expected


@pytest.mark.parametrize(
    "raw", [b"a=%ff", b"a=\xff", b"%ff=a", b"a=%ed%a0%80", b"a=%c3", b"a=%00", b"a%00=b"]
)
def test_query_that_is_no_text(raw: bytes) -> None:
    """What is not UTF-8, or holds NUL, is refused."""
    with pytest.raises(Invalid):
        query(raw)


@pytest.mark.parametrize(
    ("members", "repeated"), [('"a":"1","a":"2"', {"a"}), ('"a":"1","a":null', {"a"}), ('"a":null', set())]
)
async def test_members_that_come_twice(members: str, repeated: set[str]) -> None:
    """A JSON member that came twice is noticed, although JSON readers forgive it."""
    assert (await body(b"{" + members.encode() + b"}", "application/json")).repeated == repeated


@pytest.mark.parametrize(
    "raw",
    [b"[]", b"null", b'"a"', b"1", b'{"a":1}', b'{"a":[]}', b'{"a":{}}', b'{"a":true}', b"{", b"", b"\xff"],
)
async def test_json_of_another_kind(raw: bytes) -> None:
    """JSON that is not an object of texts is refused."""
    with pytest.raises(Invalid):
        await body(raw, "application/json")


async def test_value_in_a_refusal_is_not_repeated() -> None:
    """A refusal names the member, and not what it held."""
    with pytest.raises(Invalid, match="'client_secret' is not a string") as refused:
        await body(b'{"client_secret":["hunter2"]}', "application/json")
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data", "application/jsonp", "application/x-www"]
)
async def test_other_content_types(kind: str) -> None:
    """A body of another type is refused with the type seen and those expected."""
    with pytest.raises(Invalid, match="application/json is expected"):
        await body(b"a=1", kind)


async def test_form_alone() -> None:
    """Where a form is expected JSON is refused."""
    request = request_of(scope_of("POST", headers=[("content-type", "application/json")]), b"{}")
    with pytest.raises(Invalid, match="is expected"):
        await from_form(request)


@pytest.mark.parametrize("kind", [f"{FORM};charset=utf-8", f" {FORM} ; charset=x", FORM.upper()])
async def test_parameters_of_the_content_type(kind: str) -> None:
    """Parameters, spaces and case of the content type do not matter."""
    assert dict(await body(b"a=1", kind)) == {"a": "1"}


async def test_largest_body() -> None:
    """A body of 64 KiB is read, one byte more is refused however it is cut."""
    largest = b"a=" + b"x" * (parameters.LARGEST_BODY - 2)
    assert len((await body(largest, chunk=10_000))["a"]) == parameters.LARGEST_BODY - 2
    with pytest.raises(Invalid, match="more than 65536 bytes"):
        await body(largest + b"x", chunk=10_000)


def test_largest_query() -> None:
    """A query of 16 KiB is read, one byte more is refused."""
    largest = b"a=" + b"x" * (parameters.LARGEST_QUERY - 2)
    assert query(largest)["a"]
    with pytest.raises(Invalid, match="16385 bytes"):
        query(largest + b"x")


def test_most_parameters() -> None:
    """A hundred parameters are read, one more is refused."""
    pairs = [f"p{n}=1".encode() for n in range(parameters.MOST_PARAMETERS + 1)]
    assert len(query(b"&".join(pairs[:-1]))) == 100
    with pytest.raises(Invalid, match="more than 100"):
        query(b"&".join(pairs))


async def test_most_members() -> None:
    """A hundred JSON members are read, one more is refused."""
    members = {f"p{n}": "1" for n in range(100)}
    assert len(await body(json.dumps(members).encode(), "application/json", chunk=999)) == 100
    with pytest.raises(Invalid, match="at most 100"):
        await body(json.dumps({**members, "more": "1"}).encode(), "application/json", chunk=999)


def test_absent() -> None:
    """An absent parameter is nothing, or what was asked for instead."""
    found = query(b"a=1&b=" + quote_plus("").encode())
    assert found.get("b") is None
    assert found.get("c", "x") == "x"
    assert "b" not in found
    with pytest.raises(KeyError):
        _ = found["b"]
