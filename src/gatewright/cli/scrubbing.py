"""Keeps secrets out of what is written for people and machines: log lines and error messages.

Values under a secret's name are masked; texts lose query strings, tokens and ``name=secret`` pairs.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

MASK = "***"

SECRET_NAMES = frozenset(
    """
    access_token api_key assertion authorization client_assertion client_secret code code_challenge
    code_verifier co_verifier cookie cookies credential credentials csrf database_url device_code
    dsn form id_token id_token_hint invitation invitation_hash invitation_url login_ticket
    master_key mfa_token new_password nonce
    old_password otp passphrase password private_key proxy-authorization proxy_authorization query
    query_string recovery_code refresh_token request_uri secret seed session session_token
    set-cookie set_cookie smtp_url state ticket ticket_id token user_code verifier wresult
    """.split()  # noqa: SIM905 - a list of fifty quoted words reads worse
)

_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
_PAIR = re.compile(
    r"""(?ix)
    \b( [a-z_]* (?: token | secret | password | assertion | verifier | ticket | master_key )
      | authorization | cookie | code (?==) | otp (?==) )
    (["']?\s*[=:]\s*["']?)
    (?: (?:bearer|basic|dpop)\s+ )?
    [^\s&,;"']+
    """
)
_QUERY = re.compile(r"""((?:https?://|/)[^\s?"'<>]*)\?[^\s"'<>]+""")
_USERINFO = re.compile(r"(://[^\s:@/]*:)[^\s@]+(?=@)")


def scrubbed(text: str) -> str:
    """``text`` without tokens, query strings, passwords in URLs and values of secret parameters."""
    text = _JWT.sub(MASK, text)
    text = _USERINFO.sub(rf"\g<1>{MASK}", text)
    text = _QUERY.sub(rf"\g<1>?{MASK}", text)
    return _PAIR.sub(rf"\g<1>\g<2>{MASK}", text)


def mask_secrets(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: masks values by their names, and cuts query strings off texts."""
    for name, value in line.items():
        if name in SECRET_NAMES:
            line[name] = MASK
        elif isinstance(value, str):
            if "?" in value or "eyJ" in value:
                line[name] = scrubbed(value)
        elif isinstance(value, Mapping):
            line[name] = _masked_mapping(value)
    return line


def _masked_mapping(values: Mapping[Any, Any]) -> dict[str, Any]:
    return dict(mask_secrets(None, "", {str(name).lower(): value for name, value in values.items()}))
