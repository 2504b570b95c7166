"""The query language: what is read, what is refused, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.errors import Invalid
from gatewright.users.search import (
    EVERYBODY,
    And,
    Bound,
    Equals,
    Exists,
    InvalidQuery,
    Matches,
    Not,
    Or,
    Query,
    Range,
    Wild,
    field_named,
    order_of,
    parse,
)

EMAIL, NAME, BLOCKED = map(field_named, ("email", "name", "blocked"))
COUNT, CREATED = field_named("logins_count"), field_named("created_at")
PLAN = field_named("app_metadata.plan")
JANE, JOHN, SHUT_OUT = Equals(NAME, "jane"), Equals(NAME, "john"), Equals(BLOCKED, True)
MIDNIGHT = 1_772_323_200
"""2026-03-01T00:00:00Z."""

READ: dict[str, Query] = {
    "": EVERYBODY,
    "  \t": EVERYBODY,
    "name:jane": JANE,
    "name:JANE": JANE,
    'name : "Jane"'.replace(" :", ":"): JANE,
    "(name:jane)": JANE,
    "name:jane AND name:john": And((JANE, JOHN)),
    "name:jane && name:john": And((JANE, JOHN)),
    "name:jane OR name:john AND blocked:true": Or((JANE, And((JOHN, SHUT_OUT)))),
    "(name:jane OR name:john) AND blocked:true": And((Or((JANE, JOHN)), SHUT_OUT)),
    "NOT name:jane AND blocked:true": And((Not(JANE), SHUT_OUT)),
    "NOT NOT name:jane": Not(Not(JANE)),
    "-name:jane": Not(JANE),
    "!name:jane": Not(JANE),
    "name:(jane OR john)": Or((JANE, JOHN)),
    "name:(jane OR (NOT john))": Or((JANE, Not(JOHN))),
    "name:andrew": Equals(NAME, "andrew"),
    "name:ORlando": Equals(NAME, "orlando"),
    r"name:jane\ doe": Equals(NAME, "jane doe"),
    r'name:"say \"hi\" \\ *"': Equals(NAME, 'say "hi" \\ *'),
    r"name:a\*": Equals(NAME, "a*"),
    "name:jane*": Matches(NAME, ("jane", Wild.MANY)),
    "name:**ja?e**": Matches(NAME, (Wild.MANY, "ja", Wild.ONE, "e", Wild.MANY)),
    "name:*": Exists(NAME),
    "_exists_:name": Exists(NAME),
    '_exists_:"app_metadata.plan"': Exists(PLAN),
    "logins_count:[1 TO *]": Range(COUNT, Bound(1), None),
    "logins_count:{1 TO 5]": Range(COUNT, Bound(1, inclusive=False), Bound(5)),
    "logins_count:[* TO *]": Exists(COUNT),
    "logins_count:>=-3": Range(COUNT, Bound(-3), None),
    "logins_count:< 3": Range(COUNT, None, Bound(3, inclusive=False)),
    "created_at:2026-03-01": Range(CREATED, Bound(MIDNIGHT), Bound(MIDNIGHT + 86_399)),
    "created_at:2026-03-01T10:00:00.123Z": Range(CREATED, Bound(MIDNIGHT + 36_000), Bound(MIDNIGHT + 36_000)),
    "created_at:{2026-03-01 TO *]": Range(CREATED, Bound(MIDNIGHT + 86_399, inclusive=False), None),
    "created_at:[* TO 2026-03-01}": Range(CREATED, None, Bound(MIDNIGHT, inclusive=False)),
    "app_metadata.plan:Gold": Equals(PLAN, "Gold"),
    "app_metadata.plan:[1 TO 2.5]": Range(PLAN, Bound(1.0), Bound(2.5)),
    "app_metadata.plan:[1 TO b]": Range(PLAN, Bound("1"), Bound("b")),
    r"app_metadata.https\://example\.test/x:1": Equals(
        field_named("app_metadata.https://example.test/x"), "1"
    ),
}

REFUSED = {
    "name:": 5,
    "name:jane john": 10,
    "name:jane AND": 13,
    "AND name:jane": 0,
    "(name:jane": 10,
    "name:jane)": 9,
    'name:"jane': 5,
    "nmae:jane": 0,
    "name:jane AND nmae:jane": 14,
    "password:x": 0,
    "app_metadata:x": 13,
    "app_metadata..x:1": 0,
    'app_metadata.a\\"b:1': 0,
    "email_verified:yes": 15,
    "logins_count:many": 13,
    "logins_count:9999999999999999999": 13,
    "logins_count:1*": 13,
    "created_at:yesterday": 11,
    "created_at:2026-02-30": 11,
    "created_at:2026*": 11,
    "blocked:[true TO false]": 8,
    "identities.connection:[a TO b]": 22,
    "logins_count:[1 2]": 16,
    "logins_count:[1 TO 2": 20,
    "logins_count:[1* TO 2]": 14,
    "name:jane~2": 9,
    "name:jane^2": 9,
    "+name:jane": 0,
    "name:/ja.*/": 5,
    "name:*a*b*c*": 5,
    ":jane": 0,
    "_exists_:nmae": 0,
    "_exists_:na*": 9,
    "[1 TO 2]": 0,
    "(" * 30 + "name:x" + ")" * 30: 21,
    "-" * 30 + "name:x": 21,
    " OR ".join(["name:x"] * 51): 500,
}


@pytest.mark.parametrize("text", READ)
def test_query_is_read(text: str) -> None:
    """A query becomes the tree that its words mean, its values in the types of their fields."""
    assert parse(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_refusal_names_the_position(text: str) -> None:
    """A query that cannot be read is refused, and the message counts the characters up to the mistake."""
    with pytest.raises(InvalidQuery) as refused:
        parse(text)
    assert refused.value.position == REFUSED[text]
    assert str(refused.value).startswith(f"q: character {REFUSED[text] + 1}: ")


def test_query_has_an_end() -> None:
    """A query of more characters than are read is refused."""
    with pytest.raises(InvalidQuery):
        parse("name:" + "x" * 5_000)


def test_word_without_a_field_is_looked_for_where_people_look() -> None:
    """A value alone is an address, a name, a username or an id."""
    found = parse("Jane")
    assert isinstance(found, Or)
    assert {(each.field.name, each.value) for each in found.queries if isinstance(each, Equals)} == {
        ("email", "jane"),
        ("name", "jane"),
        ("username", "jane"),
        ("user_id", "Jane"),
    }


def test_misspelt_field_is_guessed() -> None:
    """The refusal of an unknown field names the one that is most like it."""
    with pytest.raises(InvalidQuery, match="did you mean email"):
        parse("emial:x")


def mistake(text: str) -> int:
    """Where the mistake in a query is; its length when there is none."""
    try:
        parse(text)
    except InvalidQuery as refused:
        return refused.position
    return len(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed is a query, or is refused at a position within it."""
    assert 0 <= mistake(text) <= len(text)


_PIECES = ("name", "email:", "app_metadata.x:", "AND", "OR", "NOT", "(", ")", "[", "]", "{", "}", "TO", "*")
_WRITTEN = st.lists(
    st.sampled_from((*_PIECES, "?", '"', "\\", "-", "!", ">", "1", "x", " ", "~", "|")), max_size=25
)


@given(_WRITTEN.map(" ".join) | _WRITTEN.map("".join))
def test_any_words_are_read_or_refused(text: str) -> None:
    """So are all rows of the language's own words and signs."""
    assert 0 <= mistake(text) <= len(text)


@given(st.text(min_size=1, max_size=30))
def test_quoted_text_is_taken_as_it_is(text: str) -> None:
    """What stands in quotes is a value, whatever is in it, when quotes and backslashes are escaped."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    assert parse(f'app_metadata.x:"{quoted}"') == Equals(field_named("app_metadata.x"), text)


@given(st.from_regex(r"[^\x00-\x20\u3000]{1,30}", fullmatch=True))
def test_escaped_word_is_taken_as_it_is(text: str) -> None:
    """So is a word all of whose characters are escaped."""
    escaped = "".join(f"\\{each}" for each in text)
    assert parse(f"user_id:{escaped}") == Equals(field_named("user_id"), text)


@pytest.mark.parametrize(
    "text", ["created_at", "created_at:2", "blocked:1", "app_metadata.x:1", "x:1", ":1", "name:"]
)
def test_order_that_is_none_is_refused(text: str) -> None:
    """An order is a field that has one and a direction."""
    with pytest.raises(Invalid) as refused:
        order_of(text)
    assert refused.value.path == "sort"
