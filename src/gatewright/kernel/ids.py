"""Identifiers in the shapes the wire knows, and opaque tokens.

An identifier names a thing and may be shown; a token *is* a right and is never stored in clear.
"""

import base64
import itertools
import os
import secrets
import ssl
import string

_ALPHANUMERIC = string.ascii_letters + string.digits


def random_text(size: int) -> str:
    """``size`` random bytes in URL-safe base64.

    They come from OpenSSL's generator (SP 800-90A), which the system seeds and a fork reseeds: a system
    call for each would let go of the interpreter, and under load another thread takes it.
    """
    return base64.urlsafe_b64encode(ssl.RAND_bytes(size)).rstrip(b"=").decode()


def opaque_token() -> str:
    """A bearer secret: 256 random bits as 43 URL-safe characters."""
    return random_text(32)


def digits(length: int) -> str:
    """So many random decimal digits, for a person to type. They can be guessed: count the guesses."""
    return f"{secrets.randbelow(10**length):0{length}d}"


def client_id() -> str:
    """32 letters and digits, as the wire shows client ids."""
    return _text(32)


def client_secret() -> str:
    """64 URL-safe characters, 384 bits: long enough for every HMAC we sign with (RFC 7518 §3.2)."""
    return random_text(48)


def hexadecimal() -> str:
    """24 hex digits: the part of a user id after ``auth0|``, and the id of an API."""
    return secrets.token_hex(12)


def user_id(provider: str, subject: str) -> str:
    """``provider|subject``: the id under which a user is known, also the ``sub`` of their tokens."""
    return f"{provider}|{subject}"


def connection_id() -> str:
    """``con_`` and 16 letters and digits."""
    return f"con_{_text(16)}"


def role_id() -> str:
    """``rol_`` and 16 letters and digits."""
    return f"rol_{_text(16)}"


def organization_id() -> str:
    """``org_`` and 16 letters and digits."""
    return f"org_{_text(16)}"


def invitation_id() -> str:
    """``uinv_`` and 16 letters and digits."""
    return f"uinv_{_text(16)}"


def discovery_domain_id() -> str:
    """``od_`` and 16 letters and digits."""
    return f"od_{_text(16)}"


def client_grant_id() -> str:
    """``cgr_`` and 16 letters and digits."""
    return f"cgr_{_text(16)}"


def credential_id() -> str:
    """``cred_`` and 22 letters and digits."""
    return f"cred_{_text(22)}"


def custom_domain_id() -> str:
    """``cd_`` and 16 letters and digits."""
    return f"cd_{_text(16)}"


def job_id() -> str:
    """``job_`` and 16 letters and digits."""
    return f"job_{_text(16)}"


def log_stream_id() -> str:
    """``lst_`` and 16 letters and digits."""
    return f"lst_{_text(16)}"


def key_id() -> str:
    """A ``kid``: 21 URL-safe characters."""
    return _text(21)


def session_id() -> str:
    """The public ``sid`` of a session; not the secret in its cookie."""
    return _text(32)


def grant_id(at: int) -> str:
    """Names one act of authorization of the second ``at``; everything it gave can be revoked by it.

    It begins with the time, so that what is stored by it is stored side by side. It is no secret.
    """
    return f"{at:08x}{random_text(15)}"


def log_id(at: int) -> str:
    """Digits that sort by time: ``at`` (seconds), then what makes two processes never meet, then a count."""
    return f"{log_ids_from(at)}{_process.mark}{next(_process.count):08d}"


def log_ids_from(at: int) -> str:
    """A text that sorts before every log id of the second ``at``, and after every earlier one."""
    return f"900{at:012d}"


def second_of_log(log_id: str) -> int:
    """The second in which the entry with this id was made."""
    return int(log_id[3:15])


def request_id() -> str:
    """Names a request in logs and on error pages; unique, but no secret."""
    return f"{_process.mark}{next(_process.count):x}"


class _Process:
    """What tells this process from all others: twelve random digits, drawn anew after a fork."""

    def __init__(self) -> None:
        self.begin()
        os.register_at_fork(after_in_child=self.begin)

    def begin(self) -> None:
        self.mark = f"{secrets.randbelow(10**12):012d}"
        self.count = itertools.count()


_process = _Process()


def _text(length: int) -> str:
    """Letters and digits from one read of random bits; 64 of them to spare, so no character is favoured."""
    number = secrets.randbits(6 * length + 64)
    found = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHANUMERIC))
        found.append(_ALPHANUMERIC[digit])
    return "".join(found)
