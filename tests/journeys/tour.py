"""Every hosted page and how a person comes to it. Each visit begins with a fresh browser."""

from collections.abc import Callable

from tests.journeys.person import Person, new_address

NEW_PASSWORD = "Battery-Staple-2"
Visit = Callable[[Person], None]


def sign_in(person: Person) -> None:
    person.open()


def sign_in_refused(person: Person) -> None:
    person.open()
    person.sign_in(password="wrong")


def sign_in_with_username(person: Person) -> None:
    person.open(client_id="members")


def fresh_start(person: Person) -> None:
    person.open()
    person.clear_cookies()
    person.sign_in()


def sign_in_both_ways(person: Person) -> None:
    person.open(client_id="both")


def ask_for_code(person: Person) -> None:
    person.open(client_id="mail")


def ask_for_code_refused(person: Person) -> None:
    person.open(client_id="mail")
    person.page.eval_on_selector("form", "form => form.noValidate = true")
    person.fill(email="no address")


def enter_code(person: Person) -> None:
    person.ask_for_code(new_address())


def enter_code_refused(person: Person) -> None:
    person.ask_for_code(new_address())
    person.fill(code="none")


def email_link(person: Person) -> None:
    email = new_address()
    person.have_link_mailed(email)
    person.page.goto(person.link_for(email))


def sign_up(person: Person) -> None:
    person.open()
    person.page.click("#signup-link")


def sign_up_refused(person: Person) -> None:
    person.open(client_id="members", screen_hint="signup")
    person.fill(email=new_address(), username="cy", password="secret-word")


def sign_up_sent(person: Person) -> None:
    person.sign_up(new_address())


def verification(person: Person) -> None:
    email = new_address()
    person.sign_up(email)
    person.page.goto(person.link_for(email))


def verified(person: Person) -> None:
    verification(person)
    person.fill()


def old_verification(person: Person) -> None:
    email = new_address()
    person.sign_up(email)
    person.age_links(email)
    person.page.goto(person.link_for(email))


def old_verification_refused(person: Person) -> None:
    old_verification(person)
    person.clear_cookies()
    person.fill()


def another_verification(person: Person) -> None:
    old_verification(person)
    person.fill()


def reset_request(person: Person) -> None:
    person.open()
    person.page.click("#reset-link")


def reset_sent(person: Person) -> None:
    person.ask_for_reset(new_address())


def new_password(person: Person) -> None:
    email = new_address()
    person.sign_up(email)
    person.ask_for_reset(email)
    person.page.goto(person.link_for(email))


def new_password_refused(person: Person) -> None:
    new_password(person)
    person.fill(password="short")


def new_password_done(person: Person) -> None:
    new_password(person)
    person.fill(password=NEW_PASSWORD)


def spent_link(person: Person) -> None:
    new_password(person)
    link = person.page.url
    person.fill(password=NEW_PASSWORD)
    person.page.goto(link)


def consent(person: Person) -> None:
    person.open(
        client_id="third",
        scope="openid profile email offline_access read:timesheets create:timesheets",
        audience="https://api.example.test/timesheets",
        prompt="consent",
    )
    person.sign_in()


def consent_with_long_name(person: Person) -> None:
    person.open(client_id="long", prompt="consent")
    person.sign_in()


def choose_account(person: Person) -> None:
    person.open()
    person.sign_in()
    person.open(prompt="select_account")


def finished(person: Person) -> None:
    person.open()
    page = person.page.url
    person.sign_in()
    person.page.goto(page)


def no_cookies(person: Person) -> None:
    person.open()
    person.clear_cookies()
    person.page.reload()
    person.clear_cookies()
    person.page.reload()


def nobody_can_sign_in(person: Person) -> None:
    person.open(client_id="lonely")


def nothing_to_show(person: Person) -> None:
    person.go("u/login?state=unknown")


def malformed_form(person: Person) -> None:
    person.open()
    person.page.evaluate(
        "() => document.querySelector('form').insertAdjacentHTML('beforeend',"
        " '<input name=username value=twice>')"
    )
    person.sign_in()


def unknown_application(person: Person) -> None:
    person.open(client_id="nobody")


def callback_mismatch(person: Person) -> None:
    person.open(redirect_uri="http://localhost:1/elsewhere/with/a/rather/long/path/that/nobody/registered")


def sign_out_question(person: Person) -> None:
    person.open()
    person.sign_in()
    person.go("oidc/logout")


def still_signed_in(person: Person) -> None:
    sign_out_question(person)
    person.page.click("#action-deny")


def signed_out(person: Person) -> None:
    sign_out_question(person)
    person.page.click("#action-accept")


def logout_mismatch(person: Person) -> None:
    person.go("v2/logout?client_id=web&returnTo=https%3A%2F%2Fevil.test%2F")


def unknown_host(person: Person) -> None:
    person.page.goto(person.server.issuer.replace("localhost", "127.0.0.1"))


def messages(person: Person) -> None:
    person.sign_up(new_address())
    person.go("dev/messages")


def popup_without_opener(person: Person) -> None:
    person.open()
    person.sign_in()
    person.open(owp="true")


def popup_of_a_stranger(person: Person) -> None:
    person.open()
    person.sign_in()
    person.go("dev/messages")
    open_popup(person, person.address(owp="true"))
    person.page.wait_for_selector("#refused:not([hidden])")


def password_popup(person: Person) -> None:
    person.go("dev/messages")
    open_popup(person, f"{person.server.issuer}sso_dbconnection_popup/embedding", answers=False)


def password_popup_without_opener(person: Person) -> None:
    person.go("sso_dbconnection_popup/embedding")


def password_popup_switched_off(person: Person) -> None:
    person.go("sso_dbconnection_popup/web")


def vouching(person: Person) -> None:
    # the page goes on by itself when the application's page does not answer for long; here it waits
    person.page.add_init_script(
        "const later = setTimeout;"
        " window.setTimeout = (call, ms, ...rest) => (ms === 8000 ? 0 : later(call, ms, ...rest))"
    )
    person.open(client_id="embedding", login_ticket=person.ticket("embedding"))


def name_organization(person: Person) -> None:
    person.open(client_id="company")


def name_organization_refused(person: Person) -> None:
    person.open(client_id="company")
    person.fill(organization="nobody")


def sign_in_for_organization(person: Person) -> None:
    person.open(client_id="companies", organization="acme")


def sign_up_for_organization(person: Person) -> None:
    person.open(client_id="companies", organization="donau", screen_hint="signup")


def choose_organization(person: Person) -> None:
    person.open(client_id="companies", organization="acme")
    person.sign_in()
    person.open(client_id="companies", organization="donau")
    person.open(client_id="chooser")


def form_of_nobody(person: Person) -> None:
    person.go("dev/messages")
    person.page.evaluate(
        "() => { document.body.innerHTML = `<form method=post action=/login/callback>"
        "<input name=wa value=wsignin1.0><input name=wresult value=x><input name=wctx value=y></form>`;"
        " document.forms[0].submit() }"
    )
    person.page.wait_for_url("**/login/callback")


def open_popup(person: Person, address: str, *, answers: bool = True) -> None:
    """From where the person stands, a window opens that they go on in; its opener answers it, or waits."""
    if answers:
        person.page.evaluate(
            "() => { addEventListener('message', (event) =>"
            " event.source.postMessage(JSON.stringify({ a: 'request', d: {} }), event.origin)) }"
        )
    with person.page.expect_popup() as opened:
        person.page.evaluate("(address) => { open(address) }", address)
    person.page = opened.value
    person.page.wait_for_load_state()


TOUR: dict[str, Visit] = {
    visit.__name__: visit
    for visit in (
        sign_in,
        sign_in_refused,
        sign_in_with_username,
        fresh_start,
        sign_in_both_ways,
        ask_for_code,
        ask_for_code_refused,
        enter_code,
        enter_code_refused,
        email_link,
        sign_up,
        sign_up_refused,
        sign_up_sent,
        verification,
        verified,
        old_verification,
        old_verification_refused,
        another_verification,
        reset_request,
        reset_sent,
        new_password,
        new_password_refused,
        new_password_done,
        spent_link,
        consent,
        consent_with_long_name,
        choose_account,
        finished,
        no_cookies,
        nobody_can_sign_in,
        nothing_to_show,
        malformed_form,
        unknown_application,
        callback_mismatch,
        sign_out_question,
        still_signed_in,
        signed_out,
        logout_mismatch,
        popup_without_opener,
        popup_of_a_stranger,
        password_popup,
        password_popup_without_opener,
        password_popup_switched_off,
        vouching,
        name_organization,
        name_organization_refused,
        sign_in_for_organization,
        sign_up_for_organization,
        choose_organization,
        form_of_nobody,
        unknown_host,
        messages,
    )
}
"""THE LIST of pages, by the name of the visit."""
