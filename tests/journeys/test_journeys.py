"""What people come for, from the application and back, with scripts and without."""

import pytest
from tests.journeys.person import Person, new_address
from tests.journeys.tenant import ADA, FORGETFUL, PASSWORD
from tests.journeys.tour import NEW_PASSWORD


def test_sign_up_verify_sign_in_sign_out(anybody: Person) -> None:
    """A newcomer signs up, confirms by the captured mail, signs in, arrives, and signs out."""
    email = new_address()
    anybody.sign_up(email)
    assert anybody.heading == "Look into your mailbox"
    anybody.go("dev/messages")
    anybody.page.click(f"article:has-text('{email}') >> nth=0 >> a[href*='email-verification']")
    assert anybody.heading == "Confirm your address"
    anybody.page.click("#action-default")
    assert anybody.heading == "Your address is confirmed"
    anybody.page.click("#continue")
    anybody.sign_in(email)
    assert anybody.heading == "Received"
    assert anybody.received["state"] == "the-state"
    assert anybody.received["code"]
    assert anybody.received["iss"] == anybody.server.issuer
    home = f"{anybody.application.origin}/"
    anybody.go(f"v2/logout?client_id=web&returnTo={home}")
    assert (anybody.page.url, anybody.heading) == (home, "Home")
    anybody.open()
    assert anybody.heading == "Sign in to Timesheets"


def test_second_visit_needs_no_password(anybody: Person) -> None:
    """Whoever is signed in comes to a second application without a page."""
    anybody.open()
    anybody.sign_in()
    first = anybody.received["code"]
    anybody.open(state="second")
    assert anybody.received["state"] == "second"
    assert anybody.received["code"] != first


def test_forgotten_password(anybody: Person) -> None:
    """Who forgot their password gets a link by mail, sets a new one, and signs in with it."""
    email = new_address()
    anybody.sign_up(email)
    anybody.ask_for_reset(email)
    assert anybody.heading == "Look into your mailbox"
    anybody.page.goto(anybody.link_for(email))
    anybody.fill(password="short")
    assert anybody.alert == "The password does not meet the rules below."
    anybody.fill(password=NEW_PASSWORD)
    assert anybody.heading == "Your password is changed"
    anybody.page.click("#continue")
    anybody.sign_in(email, PASSWORD)
    assert anybody.alert == "Wrong email or password."
    anybody.sign_in(email, NEW_PASSWORD)
    assert anybody.received["code"]


def test_code_by_mail(anybody: Person) -> None:
    """Who types their address and then the code from their mailbox is signed in, and stays so."""
    email = new_address()
    anybody.ask_for_code(email)
    assert anybody.heading == "Enter the code"
    code = anybody.code_for(email)
    anybody.fill(code=f"{(int(code) + 1) % 10**6:06d}")
    assert anybody.alert == "That code or link is wrong, was used already, or is too old."
    anybody.fill(code=code)
    assert anybody.received["code"]
    anybody.open(client_id="mail", prompt="none")
    assert anybody.received["code"]


def test_another_code_by_mail(anybody: Person) -> None:
    """Who mistyped the address goes back, and the code for the right one signs in."""
    anybody.ask_for_code("mistyped@example.test")
    anybody.page.click("#again-link")
    email = new_address()
    anybody.fill(email=email)
    anybody.fill(code=anybody.code_for(email))
    assert anybody.received["code"]


def test_code_beside_a_password(anybody: Person) -> None:
    """Where there are both ways, the sign-in page leads to the code, and back to the password."""
    anybody.open(client_id="both")
    anybody.page.click("#code-link")
    anybody.page.click("#login-link")
    anybody.page.click("#code-link")
    email = new_address()
    anybody.fill(email=email)
    anybody.fill(code=anybody.code_for(email))
    assert anybody.received["code"]


def test_link_by_mail(anybody: Person) -> None:
    """Who opens the link from their mailbox reads whom they sign in as, presses the button, and is there."""
    email = new_address()
    anybody.have_link_mailed(email, state="the-state")
    anybody.page.goto(anybody.link_for(email))
    assert f"Do you want to sign in as {email}?" in anybody.page.inner_text("main")
    assert anybody.received == {}
    anybody.fill()
    assert anybody.received["code"]
    assert anybody.received["state"] == "the-state"


def test_link_that_was_used(anybody: Person) -> None:
    """A link works once; who opens it again has a code mailed from there, and is signed in."""
    email = new_address()
    anybody.have_link_mailed(email)
    link = anybody.link_for(email)
    anybody.page.goto(link)
    anybody.fill()
    anybody.clear_cookies()
    anybody.page.goto(link)
    anybody.fill()
    assert anybody.alert == "That code or link is wrong, was used already, or is too old."
    anybody.page.click("#again-link")
    anybody.fill()
    anybody.fill(code=anybody.code_for(email))
    assert anybody.received["code"]


def test_confirming_too_late(anybody: Person) -> None:
    """Who follows the link to confirm an address too late has another one mailed and confirms with that."""
    email = new_address()
    anybody.sign_up(email)
    old = anybody.link_for(email)
    anybody.age_links(email)
    anybody.page.goto(old)
    assert anybody.heading == "This link no longer works"
    anybody.page.click("#action-again")
    assert anybody.heading == "Look into your mailbox"
    assert anybody.link_for(email) != old
    anybody.page.goto(anybody.link_for(email))
    anybody.fill()
    assert anybody.heading == "Your address is confirmed"


@pytest.mark.parametrize(("button", "answer"), [("accept", "code"), ("deny", "error")])
def test_consent(anybody: Person, button: str, answer: str) -> None:
    """A foreign application gets a code after a yes, and access_denied after a no."""
    anybody.open(client_id="third", prompt="consent")
    anybody.sign_in()
    assert anybody.heading == "Calendar Sync asks for access to your account"
    anybody.page.click(f"#action-{button}")
    assert answer in anybody.received
    assert anybody.received.get("error", "access_denied") == "access_denied"


def test_choosing_another_account(anybody: Person) -> None:
    """Whoever wants another account than the one signed in chooses it and arrives."""
    anybody.open()
    anybody.sign_in()
    anybody.open(prompt="select_account")
    anybody.page.click("#action-other")
    anybody.sign_in(FORGETFUL)
    assert anybody.received["code"]


def test_choosing_the_same_account(anybody: Person) -> None:
    """Whoever keeps the account that is signed in arrives with one click."""
    anybody.open()
    anybody.sign_in()
    anybody.open(prompt="select_account")
    anybody.page.click("#session-1")
    assert anybody.received["code"]


def test_signing_out_asks_first(anybody: Person) -> None:
    """A bare logout link asks; a no keeps the session and a yes ends it."""
    anybody.open()
    anybody.sign_in()
    anybody.go("oidc/logout")
    anybody.page.click("#action-deny")
    assert anybody.heading == "You are still signed in"
    anybody.go("oidc/logout")
    anybody.page.click("#action-accept")
    assert anybody.heading == "You are signed out"
    anybody.open()
    assert anybody.heading == "Sign in to Timesheets"


def test_two_tabs(anybody: Person) -> None:
    """Of two tabs at the same door the second needs no password once it is looked at again."""
    anybody.open(state="one")
    other = anybody.another_tab()
    other.goto(anybody.address(state="two"))
    anybody.sign_in()
    assert anybody.received["state"] == "one"
    other.reload()
    assert "state=two" in other.url
    assert "code=" in other.url


def test_back_button(anybody: Person) -> None:
    """Going back from the application says that the sign-in is done and leads on."""
    anybody.open()
    anybody.sign_in()
    anybody.page.go_back()
    if anybody.heading == "Sign in to Timesheets":  # as the browser remembered it
        anybody.sign_in()
    assert anybody.heading == "This sign-in is done"
    anybody.page.click("#continue")
    assert anybody.page.url == f"{anybody.application.origin}/"


def test_reload_of_a_refused_page(anybody: Person) -> None:
    """The address of a page with an error can be opened again, and the sign-in goes on."""
    anybody.open()
    anybody.sign_in(password="wrong")
    assert anybody.alert
    anybody.page.goto(anybody.page.url)
    anybody.sign_in()
    assert anybody.received["code"]


def test_blocked_cookies_are_explained(anybody: Person) -> None:
    """Whose browser keeps no cookies reads so, and arrives after allowing them."""
    anybody.open()
    for _ in range(2):
        anybody.clear_cookies()
        anybody.page.reload()
    assert anybody.heading == "Your browser keeps no cookies"
    anybody.page.click("#continue")
    anybody.sign_in()
    assert anybody.received["code"]


def test_double_click_on_sign_in(person: Person) -> None:
    """Two clicks on the button bring one code."""
    person.open()
    person.page.fill("#username", ADA)
    person.page.fill("#password", PASSWORD)
    person.page.dblclick("#action-default")
    person.page.wait_for_url(f"{person.application.origin}/**")
    assert person.received["code"]


def test_german(anybody: Person) -> None:
    """An application that speaks German gets German pages and mails."""
    email = new_address()
    anybody.open(ui_locales="de", screen_hint="signup")
    assert anybody.heading == "Konto anlegen"
    assert anybody.page.get_attribute("html", "lang") == "de"
    anybody.fill(email=email, password=PASSWORD)
    assert anybody.heading == "Sehen Sie in Ihr Postfach"
    anybody.page.goto(anybody.link_for(email))
    anybody.page.click("#action-default")
    assert anybody.heading == "Ihre Adresse ist bestätigt"
    anybody.page.click("#continue")
    anybody.sign_in(email)
    assert anybody.received["code"]


def test_keyboard_alone(person: Person) -> None:
    """Who uses no mouse signs in: the cursor is in the first field, Tab goes on, Enter sends."""
    person.open()
    person.page.wait_for_selector("#username:focus")
    keyboard = person.page.keyboard
    keyboard.type(ADA)
    keyboard.press("Tab")
    keyboard.type("wrong")
    keyboard.press("Enter")
    person.page.wait_for_selector("#error")
    person.page.wait_for_selector("#password:focus")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    person.page.wait_for_url(f"{person.application.origin}/**")
    assert person.received["code"]


def test_keyboard_order_is_the_order_of_reading(person: Person) -> None:
    """Tab goes through the sign-in page from top to bottom, and each stop can be seen."""
    person.open()
    person.page.wait_for_selector("#username:focus")
    seen = []
    for _ in range(5):
        seen.append(person.page.evaluate("document.activeElement.id"))
        outline = person.page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid" in outline
        assert " 0px" not in outline
        person.page.keyboard.press("Tab")
    assert seen == ["username", "password", "reset-link", "action-default", "signup-link"]


def test_consent_by_keyboard(person: Person) -> None:
    """The first button Tab reaches on the consent page allows, the second does not."""
    person.open(client_id="third", prompt="consent")
    person.sign_in()
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.activeElement.id") == "action-accept"
    person.page.keyboard.press("Tab")
    person.page.keyboard.press("Enter")
    person.page.wait_for_url(f"{person.application.origin}/**")
    assert person.received["error"] == "access_denied"


def test_organization_is_named_and_later_chosen(anybody: Person) -> None:
    """A person names their organization, signs in for it, joins another, and then chooses between the two."""
    anybody.open(client_id="company")
    anybody.fill(organization="Acme")
    assert anybody.page.text_content("#organization") == "Acme Ltd"
    anybody.sign_in()
    assert anybody.received["code"]
    anybody.open(client_id="companies", organization="donau")
    assert anybody.received["code"]
    anybody.open(client_id="chooser")
    assert anybody.heading == "Choose an organization"
    anybody.page.click("button.account >> nth=0")
    assert anybody.received["code"]
