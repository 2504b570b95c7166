"""What comes next, as a pure function of the transaction."""

from itertools import product

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gatewright.login import Asked, ConsentAsked, LoginTransaction
from gatewright.login.dispatch import JOURNEY, next_step
from gatewright.login.way_back import PATHS

asked = st.builds(
    Asked,
    client_id=st.just("web"),
    client_name=st.just("Web"),
    fresh=st.booleans(),
    select_account=st.booleans(),
    consent=st.none() | st.builds(ConsentAsked, audience=st.just(""), scopes=st.just(())),
)


def begun(asked: Asked, *, signed_in: bool) -> LoginTransaction:
    """A transaction as whoever began it left it: with the session there was, or without."""
    return LoginTransaction(
        transaction_hash="t",
        browser_hash="b",
        asked=asked,
        begun_at="/begin",
        return_to="/return",
        request={},
        created_at=0,
        expires_at=1,
        session_hash="s" if signed_in else "",
        user_id="u" if signed_in else "",
    )


def answered(transaction: LoginTransaction, step: str, answer: str) -> LoginTransaction:
    """The transaction as the steps leave it after a person's answer."""
    fields: dict[str, object] = {
        ("select_account", "yes"): {"account_chosen": True},
        ("select_account", "no"): {"account_chosen": True, "user_id": "", "session_hash": ""},
        ("sign_in", "yes"): {"user_id": "u", "session_hash": "s2", "proved": True},
        ("sign_in", "no"): {},
        ("consent", "yes"): {"consented": True},
        ("consent", "no"): {"denied": True},
    }[step, answer]
    return msgspec.structs.replace(transaction, **fields)


@given(asked=asked, signed_in=st.booleans(), answers=st.lists(st.sampled_from(["yes", "no"]), max_size=12))
def test_every_walk_ends_or_waits_at_the_password(asked: Asked, signed_in: bool, answers: list[str]) -> None:
    """Whatever a person answers, each step comes at most once and only a missing proof holds them up."""
    transaction, seen = begun(asked, signed_in=signed_in), []
    for answer in answers:
        step = next_step(transaction)
        if step is None:
            break
        if not (step == "sign_in" and answer == "no"):
            seen.append(step)
        transaction = answered(transaction, step, answer)
    assert len(seen) == len(set(seen))
    assert len(seen) <= len(JOURNEY)


@given(asked=asked, signed_in=st.booleans(), answers=st.lists(st.sampled_from(["yes", "no"]), max_size=12))
def test_nobody_is_done_without_proof(asked: Asked, signed_in: bool, answers: list[str]) -> None:
    """Done means: a user, a session, a fresh proof if one was wanted, and consent if it was asked for."""
    transaction = begun(asked, signed_in=signed_in)
    for answer in answers:
        step = next_step(transaction)
        if step is None:
            break
        transaction = answered(transaction, step, answer)
    if next_step(transaction) is None and not transaction.denied:
        assert transaction.user_id
        assert transaction.session_hash
        assert transaction.proved or (signed_in and not asked.fresh)
        assert asked.consent is None or transaction.consented


@given(asked=asked, signed_in=st.booleans())
def test_saying_yes_to_everything_ends(asked: Asked, signed_in: bool) -> None:
    """Three answers at most lead to the end."""
    transaction = begun(asked, signed_in=signed_in)
    for _ in range(len(JOURNEY)):
        step = next_step(transaction)
        if step is not None:
            transaction = answered(transaction, step, "yes")
    assert next_step(transaction) is None
    assert not transaction.denied


def test_no_state_at_all_is_done_without_a_user() -> None:
    """CVE-2026-49443: of all states a transaction can be stored in, none without a user is done."""
    flags = ("proved", "account_chosen", "consented", "wanted_signup", "finished")
    wishes = product((False, True), (False, True), (None, ConsentAsked(audience="", scopes=())))
    for fresh, select_account, consent in wishes:
        wanted = Asked(
            client_id="web", client_name="Web", fresh=fresh, select_account=select_account, consent=consent
        )
        for values in product((False, True), repeat=len(flags)):
            nobody = begun(wanted, signed_in=False)
            stored = msgspec.structs.replace(nobody, **dict(zip(flags, values, strict=True)))
            assert next_step(stored) in ("sign_in", "select_account")


def test_every_step_has_a_page() -> None:
    """Each step of the journey has an address."""
    assert set(PATHS) == {step for step, _ in JOURNEY}
