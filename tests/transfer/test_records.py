"""Where the records of a file begin and end."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.transfer import Record, RecordSplitter
from gatewright.transfer.records import LONGEST_RECORD

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
users = st.lists(st.dictionaries(texts, values, max_size=3), max_size=5)
layouts = st.sampled_from([(None, (",", ":")), (None, (", ", ": ")), (2, (",", ": "))])


def split(content: bytes, *cuts: int) -> list[Record]:
    """The records of a file that comes in pieces."""
    splitter, found = RecordSplitter(), list[Record]()
    edges = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    for start, end in pairwise(edges):
        found += splitter.feed(content[start:end])
    return found + list(splitter.finish())


@given(users, layouts, st.booleans(), st.lists(st.integers(0, 400)))
def test_array(
    people: list[object], layout: tuple[int | None, tuple[str, str]], is_ascii: bool, cuts: list[int]
) -> None:
    """An array gives its items in order, however it is laid out and wherever it is cut."""
    indent, separators = layout
    content = json.dumps(people, indent=indent, separators=separators, ensure_ascii=is_ascii).encode()
    found = split(content, *cuts)
    assert [json.loads(record.text) for record in found] == people
    assert [record.number for record in found] == list(range(1, len(people) + 1))


@given(users, st.booleans(), st.lists(st.integers(0, 400)), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_lines(people: list[object], is_ascii: bool, cuts: list[int], end: str) -> None:
    """Lines give an object each; empty lines are counted and passed over."""
    content = end.join(json.dumps(person, ensure_ascii=is_ascii) for person in people).encode()
    found = split(content, *cuts)
    assert [json.loads(record.text) for record in found] == people
    step = end.count("\n")
    assert [record.number for record in found] == [1 + step * place for place in range(len(people))]


@pytest.mark.parametrize(
    "content", [b"", b" \n\t ", b"\xef\xbb\xbf", b"[]", b" [ \n ] \n", b"\xef\xbb\xbf[]"]
)
def test_nothing(content: bytes) -> None:
    """A file without a user has no records, and nothing is wrong with it."""
    assert split(content) == split(content, 1, 2) == []


@pytest.mark.parametrize("content", [b'\xef\xbb\xbf{"a":1}\n', b'\xef\xbb\xbf[{"a":1}]'])
def test_byte_order_mark(content: bytes) -> None:
    """A byte order mark is no part of the first record."""
    assert split(content) == split(content, 1, 2) == [Record(1, '{"a":1}')]


@pytest.mark.parametrize(
    ("content", "number", "said"),
    [
        (b'[{"a":1}', 1, "the file ends within the list"),
        (b'[{"a":1},{"b"', 2, "the file ends within the list"),
        (b'[{"a":"]', 1, "the file ends within the list"),
        (b'[{"a":1}] []', 2, "something stands after the list"),
        (b"[{},]", 2, "nothing stands here"),
        (b"[,{}]", 1, "nothing stands here"),
        (b'{"a":"\xff"}\n', 1, "not in UTF-8"),
        (b'[{"a":"\xff"}]', 1, "not in UTF-8"),
        (b"\xef\xbb", 1, "not in UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_at_its_place(content: bytes, number: int, said: str) -> None:
    """A file that breaks off, or holds what is no record, says so at the record where that is."""
    for found in (split(content), split(content, *range(len(content)))):
        problems = [(record.number, record.problem) for record in found if record.problem]
        assert [(place, problem.partition(";")[0]) for place, problem in problems] == [(number, said)]


@pytest.mark.parametrize("form", ["[%s,\n%s,%s]", "%s\n%s\n%s"])
def test_too_long_a_record_is_refused_and_not_held(form: str) -> None:
    """A record longer than a mebibyte is refused, is never in memory whole, and the next one is read."""
    long = '{"a":"' + "x" * (3 * LONGEST_RECORD) + '"}'
    content = (form % ('{"b":1}', long, '{"c":1}')).encode()
    splitter, found, most = RecordSplitter(), list[Record](), 0
    for start in range(0, len(content), 65_536):
        found += splitter.feed(content[start : start + 65_536])
        held = getattr(splitter._splitter, "_item", None) or getattr(splitter._splitter, "_rest", b"")
        most = max(most, len(held))
    found += splitter.finish()
    assert [record.text for record in found] == ['{"b":1}', "", '{"c":1}']
    assert found[1].problem.startswith("longer than 1048576 bytes")
    assert most <= LONGEST_RECORD + 65_536


@given(st.binary(max_size=60), st.lists(st.integers(0, 60)))
def test_any_bytes(content: bytes, cuts: list[int]) -> None:
    """Whatever the bytes are and wherever they are cut, there are the same records and no error."""
    assert split(content, *cuts) == split(content)
