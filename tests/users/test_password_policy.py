"""The five levels of password policy, as properties."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.users import PasswordPolicy
from gatewright.users.password_policy import LONGEST, Level

LEVELS: tuple[Level, ...] = ("none", "low", "fair", "good", "excellent")
SHORTEST = {"none": 1, "low": 6, "fair": 8, "good": 8, "excellent": 10}

passwords = st.text(
    st.sampled_from(string.ascii_letters + string.digits + " !§%äöüÄÖÜßñ字🔑"), max_size=20
) | st.text(max_size=300)


def classes(password: str) -> int:
    """How many of the four kinds of characters there are, said another way than the policy says it."""
    lower = any(each.lower() == each != each.upper() and each.isalpha() for each in password)
    upper = any(each.upper() == each != each.lower() and each.isalpha() for each in password)
    digit = any(each.isdigit() for each in password)
    special = any(not (each.isalpha() or each.isnumeric()) for each in password)
    return lower + upper + digit + special


def verdicts(password: str, **options: object) -> dict[str, bool]:
    policy = PasswordPolicy(**options)  # type: ignore[arg-type]
    return {rule.code: rule.satisfied for rule in policy.judge(password)}


@pytest.mark.parametrize("level", LEVELS)
@given(password=passwords)
def test_accepted_means_every_rule_is_met(level: Level, password: str) -> None:
    """A password is accepted if and only if each rule's verdict is good."""
    policy = PasswordPolicy(level=level)
    assert policy.accepts(password) == all(rule.satisfied for rule in policy.judge(password))


@pytest.mark.parametrize("level", LEVELS)
@given(password=passwords)
def test_length_is_held(level: Level, password: str) -> None:
    """No level takes what is shorter than its minimum or longer than the maximum."""
    found = verdicts(password, level=level)
    assert found["lengthAtLeast"] == (len(password) >= SHORTEST[level])
    assert found["lengthAtMost"] == (len(password) <= LONGEST)


@pytest.mark.parametrize(
    ("level", "code", "wanted"), [("fair", "shouldContain", 3), ("good", "containsAtLeast", 3)]
)
@given(password=passwords)
def test_kinds_of_characters_agree_with_the_rule(level: Level, code: str, wanted: int, password: str) -> None:
    """A rule that speaks of kinds of characters tells which of them are there, and is met by three."""
    (rule,) = [rule for rule in PasswordPolicy(level=level).judge(password) if rule.code == code]
    assert rule.satisfied == (sum(found for _, found in rule.classes) >= wanted)


@given(password=passwords)
def test_fair_is_low_with_three_kinds(password: str) -> None:
    """Fair demands a lower-case letter, an upper-case letter and a digit; none and low demand no kinds."""
    wanted = (
        any(each.islower() for each in password)
        and any(each.isupper() for each in password)
        and any(each.isdigit() for each in password)
    )
    assert verdicts(password, level="fair")["shouldContain"] == wanted
    assert set(verdicts(password, level="low")) == {"lengthAtLeast", "lengthAtMost"}
    assert set(verdicts(password, level="none")) == {"lengthAtLeast", "lengthAtMost"}


@given(password=st.text(st.sampled_from(string.ascii_letters + string.digits + "!_ -"), max_size=20))
def test_good_demands_three_kinds_of_four(password: str) -> None:
    """Good and excellent demand three of: lower case, upper case, digits, others."""
    assert verdicts(password, level="good")["containsAtLeast"] == (classes(password) >= 3)
    assert verdicts(password, level="excellent")["containsAtLeast"] == (classes(password) >= 3)


@given(password=passwords)
def test_excellent_is_good_and_more(password: str) -> None:
    """Whatever excellent takes good takes too, and low takes what fair or good take."""
    accepts = {level: PasswordPolicy(level=level).accepts(password) for level in LEVELS}
    assert accepts["good"] or not accepts["excellent"]
    assert accepts["low"] or not (accepts["fair"] or accepts["good"])
    assert accepts["none"] or not accepts["low"]


@given(before=st.text(max_size=10), character=st.characters(), after=st.text(max_size=10))
def test_excellent_takes_no_three_in_a_row(before: str, character: str, after: str) -> None:
    """Excellent refuses three identical characters in a row, wherever they stand."""
    assert not verdicts(before + character * 3 + after, level="excellent")["identicalChars"]


@pytest.mark.parametrize(("password", "good"), [("aabbaabb", True), ("aaa", False), ("aabaa", True)])
def test_two_in_a_row_are_fine(password: str, good: bool) -> None:
    """Two identical characters in a row are no offence."""
    assert verdicts(password, level="excellent")["identicalChars"] is good


@given(password=passwords, shortest=st.integers(1, 40), level=st.sampled_from(LEVELS))
def test_own_minimum_can_only_be_longer(password: str, shortest: int, level: Level) -> None:
    """password_complexity_options.min_length never weakens the level."""
    found = verdicts(password, level=level, min_length=shortest)
    assert found["lengthAtLeast"] == (len(password) >= max(shortest, SHORTEST[level]))


@pytest.mark.parametrize(
    ("password", "accepted"),
    [
        ("Clementine-12", False),
        ("xxCLEMENTINExx1", False),
        ("Shop-2026-xyz", False),
        ("Tangerine-12", True),
        ("Cle-ment-ine-1", True),
        ("Test-Drive-99", False),
        ("Com-mute-1234", True),
    ],
)
def test_personal_words_are_refused(password: str, accepted: bool) -> None:
    """Words of more than three letters of the name and address are refused, in any case, anywhere."""
    policy = PasswordPolicy(refuse_personal_info=True)
    personal = ("clementine.jo@shop.test", "Clementine Jo Com", "")
    assert policy.accepts(password, personal=personal) is accepted


@pytest.mark.parametrize(
    ("password", "accepted"), [("Passw0rd", False), ("PASSW0RD", False), ("Passw0rd1", True)]
)
def test_common_passwords_are_refused_whole(password: str, accepted: bool) -> None:
    """A word of the dictionary is refused as a whole, whatever its case; longer passwords may contain it."""
    policy = PasswordPolicy(level="low", dictionary=frozenset({"passw0rd"}))
    assert policy.accepts(password) is accepted


@given(password=st.text(max_size=400), personal=st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gets_a_verdict(password: str, personal: list[str]) -> None:
    """No text, however odd, breaks the judge."""
    policy = PasswordPolicy(level="excellent", refuse_personal_info=True, dictionary=frozenset({"x"}))
    assert len(policy.judge(password, personal=tuple(personal))) == 6
