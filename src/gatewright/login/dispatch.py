"""What comes next: decided from the persisted transaction alone, by one pure function."""

from collections.abc import Callable
from typing import Literal

from gatewright.login.transaction import LoginTransaction

Step = Literal["name_organization", "select_account", "sign_in", "select_organization", "consent"]

_IsDue = Callable[[LoginTransaction], bool]


def _must_name_organization(transaction: LoginTransaction) -> bool:
    return transaction.asked.organization_prompt == "before" and transaction.asked.organization is None


def _must_choose_organization(transaction: LoginTransaction) -> bool:
    return transaction.asked.organization_prompt == "after" and transaction.asked.organization is None


def _must_choose_account(transaction: LoginTransaction) -> bool:
    return transaction.asked.select_account and not transaction.account_chosen and not transaction.proved


def _must_sign_in(transaction: LoginTransaction) -> bool:
    return not transaction.user_id or (transaction.asked.fresh and not transaction.proved)


def _must_consent(transaction: LoginTransaction) -> bool:
    return transaction.asked.consent is not None and not transaction.consented


JOURNEY: tuple[tuple[Step, _IsDue], ...] = (
    ("name_organization", _must_name_organization),
    ("select_account", _must_choose_account),
    ("sign_in", _must_sign_in),
    ("select_organization", _must_choose_organization),
    ("consent", _must_consent),
)
"""THE TABLE: the steps in their order, each with the question whether it is still due."""


def next_step(transaction: LoginTransaction) -> Step | None:
    """The first step that is due, or ``None`` when the person is done (or refused consent)."""
    if transaction.denied:
        return None
    return next((step for step, is_due in JOURNEY if is_due(transaction)), None)
