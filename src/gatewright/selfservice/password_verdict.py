"""What is wrong with a new password, as the wire's libraries read it (the wire §2.13).

Codes and structure are the wire's. Messages are in the manner of printf, with their values in ``format``.
"""

from gatewright.selfservice.errors import WeakPassword
from gatewright.users import PasswordPolicy, PasswordRule

_MESSAGES = {
    "nonEmpty": "A password is required",
    "lengthAtLeast": "At least %d characters",
    "lengthAtMost": "At most %d characters",
    "shouldContain": "Contains:",
    "containsAtLeast": "Contains at least %d of these %d kinds of characters:",
    "identicalChars": 'No more than %d identical characters in a row ("%s" is too many)',
}
_ITEMS = {
    "lowerCase": "lower-case letters (a-z)",
    "upperCase": "upper-case letters (A-Z)",
    "numbers": "numbers (0-9)",
    "specialCharacters": "special characters (such as !@#$&*)",
}
_KINDS = {
    "notCommon": ("PasswordDictionaryError", "The password is one that everybody tries first"),
    "noUserInfo": (
        "PasswordNoUserInfoError",
        "The password has a part of the name, e-mail address or username in it",
    ),
}


def weakness(policy: PasswordPolicy, password: str, personal: tuple[str, ...]) -> WeakPassword:
    """The refusal of a password that ``policy`` does not accept; strength is told before anything else."""
    rules = policy.judge(password, personal=personal)
    strength = [rule for rule in rules if rule.code not in _KINDS and not _goes_without_saying(rule)]
    if all(rule.satisfied for rule in strength):
        broken = next(rule for rule in rules if not rule.satisfied)
        kind, message = _KINDS[broken.code]
        return WeakPassword(kind, message, {})
    verdicts = [_verdict(rule) for rule in strength]
    details = {
        "description": {"rules": verdicts, "verified": False},
        "policy": "\n".join(_line(verdict) for verdict in verdicts),
    }
    return WeakPassword("PasswordStrengthError", "The password is too weak", details)


def _goes_without_saying(rule: PasswordRule) -> bool:
    return rule.code == "lengthAtMost" and rule.satisfied


def _verdict(rule: PasswordRule) -> dict[str, object]:
    code = "nonEmpty" if rule.code == "lengthAtLeast" and rule.n <= 1 else rule.code
    told: dict[str, object] = {"message": _MESSAGES[code], "code": code, "verified": rule.satisfied}
    values = _format(code, rule)
    if values:
        told["format"] = values
    if rule.classes:
        told["items"] = [
            {"message": _ITEMS[name], "code": name, "verified": found} for name, found in rule.classes
        ]
    return told


def _format(code: str, rule: PasswordRule) -> list[object]:
    if code in ("nonEmpty", "shouldContain"):
        return []
    if code == "containsAtLeast":
        return [rule.n, len(rule.classes)]
    return [rule.n, "a" * (rule.n + 1)] if code == "identicalChars" else [rule.n]


def _line(verdict: dict[str, object]) -> str:
    values: list[object] = verdict.get("format", [])  # type: ignore[assignment]
    items: list[dict[str, str]] = verdict.get("items", [])  # type: ignore[assignment]
    text = str(verdict["message"])
    lines = [f"* {text % tuple(values) if values else text}", *(f" * {item['message']}" for item in items)]
    return "\n".join(lines)
