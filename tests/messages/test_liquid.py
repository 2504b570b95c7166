"""Templates of administrators: what they say, and that they cannot do anything else."""

import time
from typing import Any

import pytest

from gatewright.kernel.errors import Invalid
from gatewright.messages.liquid import LARGEST_TEMPLATE, check_liquid, liquid_html, liquid_text

VALUES: dict[str, Any] = {
    "user": {
        "name": "Ada <b>",
        "email": "ada@example.test",
        "email_verified": True,
        "metadata": {"lang": "de"},
    },
    "url": "https://id.example.test/u/x?a=1&b=2",
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hello {{ user.name }}", "Hello Ada &lt;b&gt;"),
        ('<a href="{{ url }}">', '<a href="https://id.example.test/u/x?a=1&amp;b=2">'),
        ("{{ user.name | escape }}", "Ada &lt;b&gt;"),
        ("{% if user.email_verified == true %}yes{% else %}no{% endif %}", "yes"),
        ("{% case user.metadata.lang %}{% when 'de' %}Hallo{% else %}Hello{% endcase %}", "Hallo"),
        ("{% assign x = user.email | split: '@' | first %}{{ x | capitalize }}", "Ada"),
        ("{{ user.nothing.at_all }}{{ nobody }}", ""),
        ("{{ user.nickname | default: 'you' }}", "you"),
        ("{{ 'a.b.c' | replace: '.', '-' }}", "a-b-c"),
        ("{{ '2026-11-29' | date: '%d/%m/%Y' }}", "29/11/2026"),
        ("{{ 'whenever' | date: '%Y' }}", "whenever"),
        ("{% comment %}x{% endcomment %}{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ],
)
def test_what_templates_say(template: str, text: str) -> None:
    """Values are put in escaped, texts are chosen between, and what is not there is nothing."""
    assert liquid_html(template, VALUES) == text


def test_plain_text_is_not_escaped() -> None:
    """A subject says what it says."""
    assert liquid_text("Hello {{ user.name }}", VALUES) == "Hello Ada <b>"


def test_this_year() -> None:
    """Now is now."""
    assert int(liquid_text("{{ 'now' | date: '%Y' }}", {})) >= 2026


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("Hello\n{{ user.name", "line 2: "),
        ("\n\n{% if user %}", "line 3: "),
        ("{% endif %}", "line 1: "),
        ("{% for x in (1..9) %}{% endfor %}", "line 1: "),
        ("{% tablerow x in (1..9) %}{% endtablerow %}", "line 1: "),
        ("{% include 'etc/passwd' %}", "line 1: "),
        ("{% render 'etc/passwd' %}", "line 1: "),
        ("{{ user.name | safe }}", "line 1: "),
        ("a\n{{ user.name | base64_encode }}", "line 2: "),
        ("{{ user.name | join: user.name }}", "line 1: "),
        ("{{ 'now' | date: '%999999999d' }}", "does not work: ValueError"),
        ("{{ 1 | divided_by: 0 }}", "line 1: "),
        ("{% if a %}" * 40 + "{% endif %}" * 40, "line 1: "),
    ],
)
def test_what_is_refused(template: str, told: str) -> None:
    """What cannot be read, or is not there, is refused with its line."""
    with pytest.raises(Invalid) as refused:
        check_liquid(template, VALUES, "body")
    assert told in refused.value.message
    assert refused.value.path == "body"


@pytest.mark.parametrize(
    "template",
    [
        "{% assign a = 'xxxxxxxxxxxxxxxx' %}" + "{% assign a = a | append: a %}" * 40,
        "{% capture a %}" + "x" * 9_000 + "{% endcapture %}{{ a | replace: 'x', a | replace: 'x', a }}",
        "{% assign a = 99 %}" + "{% assign a = a | times: a %}" * 40 + "{{ a }}",
        "{% capture a %}" + "x" * 16_000 + "{% endcapture %}" + "{{ a }}" * 100,
        "{% capture a %}{% capture a %}" * 30,
    ],
    ids=["assign", "replace", "times", "output", "capture"],
)
def test_bombs(template: str) -> None:
    """A template that would fill the memory or the day is stopped at once."""
    begun = time.process_time()
    with pytest.raises(Invalid):
        liquid_html(template, VALUES)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "path", ["user.__class__", "user.email.__class__.__mro__", "user['__init__']", "url.format", "user.keys"]
)
def test_insides_of_values_are_out_of_reach(path: str) -> None:
    """A template sees members of mappings, never attributes of objects."""
    assert liquid_text(f"{{{{ {path} }}}}", VALUES) == ""


def test_longest_template() -> None:
    """A template may be so long and no longer, and the longest is quick."""
    begun = time.process_time()
    piece = "{{ user.name }}"
    check_liquid(piece * (LARGEST_TEMPLATE // len(piece)), {}, "body")
    assert time.process_time() - begun < 5
    with pytest.raises(Invalid, match=f"wanted: at most {LARGEST_TEMPLATE}"):
        check_liquid("x" * (LARGEST_TEMPLATE + 1), {}, "body")
