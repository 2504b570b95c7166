"""HTML forms, found and filled."""

from bench.forms import choose_form, fill, read_forms
from hypothesis import given
from hypothesis import strategies as st

LOGIN = """
<form action="/lang"><button name="lang" value="de">Deutsch</button></form>
<form action="/u/login?state=s" method="POST">
  <input type="hidden" name="_csrf" value="c&amp;d"><input name="username" type="email">
  <input type="password" name="password"><input type="checkbox" name="remember" value="1">
  <button type="submit" name="action" value="default">Continue</button>
</form><input name="outside">
"""
CONSENT = """
<form action="/consent" method="post"><input type="hidden" name="state" value="s">
<button name="action" value="deny">No</button><button name="action" value="accept">Yes</button></form>
"""


def test_chooses_the_form_with_a_password() -> None:
    """Among several forms the one that asks for a password is chosen."""
    form = choose_form(read_forms(LOGIN))
    assert form is not None
    assert (form.action, form.method) == ("/u/login?state=s", "post")


def test_fills_what_a_browser_would_send() -> None:
    """Hidden fields keep their decoded value, typed ones are typed, an unchecked box is not sent."""
    form = choose_form(read_forms(LOGIN))
    assert form is not None
    assert fill(form, "ada", "pw") == [
        ("_csrf", "c&d"),
        ("username", "ada"),
        ("password", "pw"),
        ("action", "default"),
    ]


def test_presses_the_affirmative_button() -> None:
    """A button that refuses is passed over even when it comes first."""
    form = choose_form(read_forms(CONSENT))
    assert form is not None
    assert ("action", "accept") in fill(form, "ada", "pw")


def test_sends_checked_boxes() -> None:
    """A box that the page has checked is sent."""
    (form,) = read_forms("<form><input type=checkbox name=a value=1 checked><input type=submit></form>")
    assert fill(form, "", "") == [("a", "1")]


def test_a_page_without_forms_has_none_to_choose() -> None:
    """No form is chosen on a page that has none."""
    assert choose_form(read_forms("<p>nothing here</p>")) is None


@given(st.text())
def test_reading_never_fails(page: str) -> None:
    """Any text at all can be read as a page."""
    for form in read_forms("<form>" + page):
        fill(form, "u", "p")
