"""What the hosted pages say to browsers, assistive technology and the routes behind them."""

import pytest

from gatewright.kernel.texts import Phrase
from gatewright.web.pages import Pages, Theme

from .markup import Markup
from .page_samples import FOLDERS, MAIL, SAMPLES, Context, long, shown

_HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'"


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(folders=FOLDERS)


every_face = pytest.mark.parametrize(
    ("template", "context"),
    [(template, context) for template in SAMPLES for context in (SAMPLES[template], long(template))],
    ids=[f"{template}-{face}" for template in SAMPLES for face in ("usual", "long")],
)


@every_face
def test_page_has_one_heading_and_says_its_language(pages: Pages, template: str, context: Context) -> None:
    """Each page has one h1, a title beginning with it, a language, a viewport and one main landmark."""
    page = shown(pages, template, locale="de", **context)
    (heading,) = page.all("h1")
    (title,) = page.all("title")
    assert title.text == f"{heading.text} | Example"
    assert heading.text.strip()
    assert page.all("html")[0]["lang"] == "de"
    assert len(page.all("main")) == 1
    assert [meta["content"] for meta in page.all("meta") if meta["name"] == "viewport"] == [
        "width=device-width, initial-scale=1"
    ]


@every_face
def test_page_runs_nothing(pages: Pages, template: str, context: Context) -> None:
    """Each page is free of scripts, event handlers, style attributes and foreign files."""
    page = shown(pages, template, **context)
    assert not page.all("script", "object", "embed", "base")
    for element in page.elements:
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")]
        assert not element["href"].startswith("javascript:")
    assert [link["rel"] for link in page.all("link")] == ["icon"]


@every_face
def test_fields_and_forms_have_stable_names(pages: Pages, template: str, context: Context) -> None:
    """Each form has an id and posts; each field's id is its name; no id is given twice."""
    page = shown(pages, template, **context)
    ids = [element["id"] for element in page.elements if element["id"]]
    assert len(ids) == len(set(ids))
    for form in page.all("form"):
        assert form["id"].endswith("-form")
        assert form["method"] == "post"
        assert form["action"] == context["action"]
    for field in page.all("input"):
        assert field["id"] == (field["name"] or "email")
        assert "form" in field.parents
    assert all(button["id"] and button["name"] for button in page.all("button"))


@every_face
def test_each_field_has_a_label_and_autocomplete(pages: Pages, template: str, context: Context) -> None:
    """Each visible field has a label of its own and tells password managers what belongs there."""
    page = shown(pages, template, **context)
    for field in page.fields():
        (label,) = [label for label in page.all("label") if label["for"] == field["id"]]
        assert label.text.strip()
        assert field["autocomplete"] in {
            "username",
            "email",
            "current-password",
            "new-password",
            "one-time-code",
            "organization",
        }


@every_face
def test_descriptions_exist(pages: Pages, template: str, context: Context) -> None:
    """What aria-describedby and aria-labelledby point at is on the page."""
    page = shown(pages, template, **context)
    for element in page.elements:
        for name in f"{element['aria-describedby']} {element['aria-labelledby']}".split():
            assert page.by_id(name).text.strip()


@pytest.mark.parametrize("template", SAMPLES)
def test_hostile_text_stays_text(pages: Pages, template: str) -> None:
    """Markup in any text given to a page is shown, not obeyed."""

    def poisoned(value: object) -> object:
        if isinstance(value, str):
            return _HOSTILE
        if isinstance(value, dict):
            return {name: poisoned(inner) for name, inner in value.items()}
        return tuple(map(poisoned, value)) if isinstance(value, tuple) else value

    theme = Theme(*[_HOSTILE] * 8)
    page = shown(pages, template, theme=theme, **{k: poisoned(v) for k, v in SAMPLES[template].items()})
    assert not page.all("script")
    assert not [element for element in page.elements if "onerror" in element.attributes]
    assert all(a["href"].startswith("mailto:") for a in page.all("a"))


@pytest.mark.parametrize("template", [name for name in SAMPLES if "error" in SAMPLES[name]])
def test_error_is_announced_and_tied_to_the_fields(pages: Pages, template: str) -> None:
    """An error is an alert that describes the fields of its form."""
    page = shown(pages, template, error="Not like that")
    assert page.by_id("error")["role"] == "alert"
    assert page.by_id("error").text == "Not like that"
    for field in page.fields():
        assert "readonly" in field.attributes or "error" in field["aria-describedby"].split()


@pytest.mark.parametrize("template", [name for name in SAMPLES if "error" in SAMPLES[name]])
def test_no_error_no_alert(pages: Pages, template: str) -> None:
    """Where nothing went wrong no alert is announced."""
    assert not [element for element in shown(pages, template).elements if element["role"] == "alert"]


def test_login_posts_what_its_route_reads(pages: Pages) -> None:
    """The login form sends _csrf, state, username, password and action=default."""
    page = shown(pages, "login/login.html", username="ada@example.test")
    values = {field["name"]: field["value"] for field in page.all("input", "button")}
    assert values == {
        "_csrf": "csrf-value",
        "state": "state-value",
        "username": "ada@example.test",
        "password": "",
        "action": "default",
    }


@pytest.mark.parametrize(("username", "focused"), [("", "username"), ("ada@example.test", "password")])
def test_login_puts_the_cursor_where_typing_starts(pages: Pages, username: str, focused: str) -> None:
    """The cursor stands in the first empty field of the login form, and only there."""
    page = shown(pages, "login/login.html", username=username)
    assert [field["name"] for field in page.fields() if "autofocus" in field.attributes] == [focused]


@pytest.mark.parametrize(
    ("requires_username", "label"), [(False, "E-mail address"), (True, "E-mail address or username")]
)
def test_login_says_what_it_takes(pages: Pages, requires_username: bool, label: str) -> None:
    """The first field asks for a username only where there are usernames."""
    page = shown(pages, "login/login.html", requires_username=requires_username)
    assert [found.text for found in page.all("label") if found["for"] == "username"] == [label]


def test_signup_asks_for_a_username_only_where_needed(pages: Pages) -> None:
    """Without requires_username the sign-up form has no username field."""
    page = shown(pages, "login/signup.html", requires_username=False)
    assert [field["name"] for field in page.fields()] == ["email", "password"]


def test_rules_are_told_in_words(pages: Pages) -> None:
    """A rule that is met or broken says so to those who see neither colour nor sign."""
    rules = [" ".join(rule.text.split()) for rule in shown(pages, "login/signup.html").all("li")]
    assert rules == ["At least 8 characters (met)", "Upper and lower case letters (not met)", "A digit"]


def test_account_of_a_new_password_is_not_sent(pages: Pages) -> None:
    """The address on the new-password page is for eyes and password managers; the form does not send it."""
    page = shown(pages, "login/new_password.html")
    assert page.by_id("email")["value"] == "ada@example.test"
    assert [field["name"] for field in page.all("input") if field["name"]] == ["_csrf", "ticket", "password"]


def test_consent_offers_both_answers(pages: Pages) -> None:
    """Consent is action=accept or action=deny; a scope that nobody described shows its value."""
    page = shown(pages, "login/consent.html", scopes=(("read:all", ""), ("x", "Read what is there")))
    assert [(button["name"], button["value"]) for button in page.all("button")] == [
        ("action", "accept"),
        ("action", "deny"),
    ]
    assert [scope.text.strip() for scope in page.all("li")] == ["read:all", "Read what is there"]


def test_accounts_are_buttons_that_name_the_person(pages: Pages) -> None:
    """Each account is a button with its session key that says whom one continues as."""
    buttons = shown(pages, "login/select_account.html").all("button")
    assert [(button["name"], button["value"]) for button in buttons] == [
        ("session", "key-1"),
        ("session", "key-2"),
        ("action", "other"),
    ]
    assert " ".join(buttons[0].text.split()).endswith("Continue as Ada Example ada@example.test")


def test_logout_carries_its_hidden_fields(pages: Pages) -> None:
    """The logout question sends back the fields it was given."""
    page = shown(pages, "oauth/logout_confirm.html", hidden={"state": 'a"b', "client_id": "abc"})
    hidden = {field["name"]: field["value"] for field in page.all("input")}
    assert hidden == {"_csrf": "csrf-value", "state": 'a"b', "client_id": "abc"}


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//evil.example/", "/\\evil.example", " https://a.test", ""]
)
def test_a_page_leads_nowhere_unsafe(pages: Pages, url: str) -> None:
    """A way on that is a script, an ambiguous path or nothing is not offered."""
    page = shown(pages, "oauth/logged_out.html", return_url=url)
    assert not [element for element in page.elements if element["id"] == "continue"]
    assert "You can close this page." in page.all("main")[0].text


@pytest.mark.parametrize("url", ["/login?state=1", "?state=1", "https://a.test/x#y", "com.example.app://out"])
def test_a_page_leads_on(pages: Pages, url: str) -> None:
    """A way on is a path of ours, a web address or an application's own scheme."""
    assert shown(pages, "oauth/logged_out.html", return_url=url).by_id("continue")["href"] == url


def test_error_page_needs_only_title_and_message(pages: Pages) -> None:
    """The error page stands with a title and a message alone."""
    response = pages.render(
        "web/error.html",
        theme=Theme(name="Example"),
        locale="en",
        status=404,
        title="Gone",
        message="Not here",
    )
    page = Markup(bytes(response.body).decode())
    assert response.status_code == 404
    assert page.all("main")[0].text.split() == ["Gone", "Not", "here"]


def test_error_page_shows_seen_and_registered(pages: Pages) -> None:
    """The error page lists what was seen and what is registered, what to change, and a reference to quote."""
    page = shown(pages, "web/error.html")
    assert [fact.text for fact in page.all("dt")] == ["Callback URL seen", "Registered callback URLs"]
    assert page.all("dd")[0].text == "http://localhost:3001/callback"
    assert page.by_id("change").text.startswith("Add the URL seen")
    assert page.by_id("reference").text == "90000000000001800000000012345"


def test_error_page_shows_what_was_seen_as_it_is(pages: Pages) -> None:
    """A value that was seen is not translated, even where it reads like a text of ours; ours are."""
    facts = (("What was wrong", "Sign in"), ("What was wrong", Phrase("Sign in")))
    page = shown(pages, "web/error.html", locale="de", facts=facts)
    assert [fact.text for fact in page.all("dt", "dd")][1::2] == ["Sign in", "Anmelden"]
    assert page.all("dt")[0].text == "Was nicht stimmte"


def test_captured_messages_newest_first(pages: Pages) -> None:
    """Captured messages stand newest first; links in their text can be followed, their HTML is caged."""
    page = shown(pages, "web/dev_messages.html")
    details = [" ".join(article.text.split()) for article in page.all("article")]
    assert "sms to +4930123456" in details[0]
    assert "email to ada@example.test · from no-reply@localhost" in details[1]
    assert "2027-01-15 08:00:00 UTC" in details[1]
    assert page.all("a")[0]["href"] == "https://localhost:8443/verify?ticket=abc"
    (frame,) = page.all("iframe")
    assert frame.attributes["sandbox"] == ""
    assert frame["srcdoc"] == MAIL["html"]


def test_no_captured_messages(pages: Pages) -> None:
    """Before anything was sent the page of captured messages says so."""
    page = shown(pages, "web/dev_messages.html", messages=())
    assert "Nothing was sent yet." in page.all("main")[0].text
