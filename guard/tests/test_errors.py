"""How a refusal is answered (RFC 6750 §3)."""

import inspect

import pytest

from gatewright_guard import errors
from gatewright_guard.errors import Diagnosis, GuardError, describable

SEEN = Diagnosis("a", "b", "c")
CLASSES = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, GuardError)]


@pytest.mark.parametrize(
    ("cls", "status", "error"),
    [
        (errors.MissingToken, 401, ""),
        (errors.InvalidRequest, 400, "invalid_request"),
        (errors.InvalidToken, 401, "invalid_token"),
        (errors.KeysUnavailable, 503, "temporarily_unavailable"),
    ],
)
def test_status_and_code(cls, status, error):
    """Each kind of refusal has the status and the code of the standard."""
    assert (cls.status, cls.error) == (status, error)


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if issubclass(cls, errors.InvalidToken)])
def test_all_bad_tokens_answer_alike(cls):
    """Whatever is wrong with a token, the answer is 401 invalid_token with a description."""
    answer = cls("The token is bad.", SEEN)
    assert answer.status == 401
    assert answer.www_authenticate == (
        'Bearer realm="api", error="invalid_token", error_description="The token is bad."'
    )
    assert answer.body == {"error": "invalid_token", "error_description": "The token is bad."}


def test_codes_are_distinct():
    """Every error has a stable code of its own."""
    codes = [cls.code for cls in CLASSES if cls is not GuardError]
    assert all(codes)
    assert len(set(codes)) == len(codes)


def test_missing_token_has_no_error_in_the_challenge():
    """Without credentials the challenge names no error, and the body still does."""
    answer = errors.MissingToken("Send one.", SEEN)
    assert answer.www_authenticate == 'Bearer realm="api"'
    assert answer.body["error"] == "missing_token"


def test_insufficient_scope_names_the_scope():
    """A 403 says which scope would do."""
    answer = errors.InsufficientScope("No.", SEEN, scope="read:a write:a")
    assert answer.status == 403
    assert answer.www_authenticate.endswith('error_description="No.", scope="read:a write:a"')


def test_no_challenge_while_keys_are_unavailable():
    """A 503 has no challenge, and says when to come back."""
    answer = errors.KeysUnavailable("Later.", SEEN, retry_after=7)
    assert answer.www_authenticate == ""
    assert answer.headers == (("Retry-After", "7"), ("Cache-Control", "no-store"))


def test_answers_are_not_cached():
    """A refusal is not to be stored by caches."""
    assert ("Cache-Control", "no-store") in errors.InvalidToken("x", SEEN).headers


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ('say "hi"', "say 'hi'"),
        ("a\\b", "a/b"),
        ("a\r\nSet-Cookie: x", "a??Set-Cookie: x"),
        ("naïve", "na?ve"),
        ("x" * 900, "x" * 400),
    ],
)
def test_description(text, described):
    """A description holds only the characters the header may, and is cut to length."""
    assert describable(text) == described


def test_diagnosis_reads_as_one_line():
    """A diagnosis prints what was seen, what was expected, and what to change."""
    assert str(SEEN) == "seen: a; expected: b; change: c"


def test_error_prints_its_message():
    """The printed error is its public message, not its diagnosis."""
    assert str(errors.InvalidToken("Public.", SEEN)) == "Public."
