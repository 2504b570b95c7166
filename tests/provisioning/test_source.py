"""YAML is read strictly, with lines, and never blows up."""

import re
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatewright.provisioning import InvalidFile
from gatewright.provisioning import source as source_module
from gatewright.provisioning.source import Source, read_yaml
from gatewright.provisioning.writing import yaml_text


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidFile) as refused:
        read_yaml(content)
    (problem,) = refused.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("~", None),
        ("true", True),
        ("False", False),
        ("12", 12),
        ("-7", -7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("text", "text"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("yes", "yes"),
        ("no", "no"),
        ("off", "off"),
        ("2001-01-01", "2001-01-01"),
        ("12:30", "12:30"),
        ("0x10", "0x10"),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("9" * 30, "9" * 30),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    """Booleans, numbers and null are what YAML 1.2's core schema says, and everything else is text."""
    read = read_yaml(f"key: {text}".encode()).value
    assert read == {"key": value}
    assert isinstance(read, dict)
    assert type(read["key"]) is type(value)


def test_lists_and_mappings_nest() -> None:
    """Block and flow style, lists and mappings make the same nested values."""
    block = b"a:\n  - b: 1\n    c: [x, y]\n  - {b: 2}\n"
    assert read_yaml(block).value == {"a": [{"b": 1, "c": ["x", "y"]}, {"b": 2}]}


def test_json_is_read() -> None:
    """A JSON document is a YAML document."""
    assert read_yaml(b'{"clients": [{"name": "A\\u00e4", "sso": null}]}').value == {
        "clients": [{"name": "Aä", "sso": None}]
    }


def test_an_alias_stands_for_its_anchor() -> None:
    """An alias gives the value of its anchor."""
    assert read_yaml(b"a: &x [1]\nb: *x\n").value == {"a": [1], "b": [1]}


def test_an_empty_file_is_nothing() -> None:
    """A file with nothing but comments says nothing."""
    assert read_yaml(b"# nothing\n").value is None


def test_each_value_knows_its_line() -> None:
    """The line of a path is that of the value, or of its key where that comes first."""
    source = read_yaml(b"a:\n  - b: 1\n\n    c:\n      d: 2\n")
    assert [source.line_of(path) for path in ("a", "a[0].b", "a[0].c.d", "a[0].missing", "nowhere")] == [
        1,
        2,
        5,
        2,
        None,
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\na: 2", "line 2: a: stands here twice"),
        (b"x:\n - a: 1\n   a: 2", "line 3: x[0].a: stands here twice"),
        (
            b"a: !!python/object/apply:os.system [ls]",
            "the tag 'tag:yaml.org,2002:python/object/apply:os.system'",
        ),
        (b"a: !!str 1", "the tag"),
        (b"a: 1\n---\nb: 2", "line 2: a second document"),
        (b"<<: {a: 1}", "merge keys are not understood"),
        (b"? [a]\n: b", "a key that is a list or mapping"),
        (b"a: &x 1\n*x : 2", "an alias as key"),
        (b"a: *nobody", "*nobody stands for nothing"),
        (b"a: &x [*x]", "*x stands for nothing that ended before it"),
        (b'a: "\\0"', "a character that cannot be kept"),
        (b"a: [1", "not YAML"),
        (b"\ta: 1", "not YAML"),
        (b"a: \xff", "line 1: not UTF-8"),
        (b"a: 1\nb: \xc3(", "line 2: not UTF-8"),
        (b"a: \x00", "not YAML"),
        (b"[" * 33 + b"]" * 33, "more than 32 levels deep"),
        (b"- " * 40 + b"x", "more than 32 levels deep"),
        (b"x" * (16 * 2**20 + 1), "wanted: at most 16777216"),
    ],
)
def test_what_a_tenant_file_has_no_use_for_is_refused(content: bytes, message: str) -> None:
    """Tags, repeated keys, loops, second documents, deep nesting and broken text are refused in words."""
    assert message in refusal(content)


def test_aliases_count_for_what_they_stand_for() -> None:
    """A small file whose aliases multiply is refused before it is expanded."""
    levels = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]".encode() for n in range(1, 12)]
    assert "more than 1000000 values, aliases expanded" in refusal(b"\n".join(levels))


YAMLISH = st.text(
    alphabet=st.sampled_from("ab01:-[]{},&*!|>'\"#%@`~? \n\t.eE_\\\ud7ff\u2028é<=+"), max_size=80
)


@given(st.one_of(st.binary(max_size=200), YAMLISH.map(str.encode)))
@example(b"a: &x\nb: *x")
@example(b"- - ? - :")
@example(b": ")
@example(b"? ")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever a file holds, it is read or refused, and nothing else is raised."""
    with suppress(InvalidFile):
        assert isinstance(read_yaml(content), Source)


PLAIN = st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)
LOOKALIKES = st.from_regex(re.compile(r"[-+.0-9eExob_:~ynul]{1,8}"), fullmatch=True)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**17), 10**17), PLAIN, LOOKALIKES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(PLAIN, LOOKALIKES).filter(lambda key: key != "<<"), inner, max_size=4),
    ),
    max_leaves=20,
)


@given(VALUES)
@example({"a": "08"})
@example({"a": "1e5"})
@example({"a": "no", "b": "1_000", "c": "12:30", "d": "=", "e": "<<"})
def test_what_is_written_is_read_back(value: object) -> None:
    """Values survive being written and read, text that looks like something else included."""
    assert read_yaml(yaml_text(value).encode()).value == value


def test_the_parser_of_pure_python_serves_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML has no C parser its own one is used, with the same answers."""
    monkeypatch.setattr(source_module, "_LOADER", source_module.yaml.SafeLoader)
    assert read_yaml(b"a: [1, no, {b: ~}]").value == {"a": [1, "no", {"b": None}]}
    assert "more than 32 levels deep" in refusal(b"[" * 5_000)
