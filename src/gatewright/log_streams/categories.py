"""The categories by which a stream chooses its entries: the wire's names, and the codes in each."""

from collections.abc import Mapping
from typing import Literal, get_args

Category = Literal[
    "auth.login.fail",
    "auth.login.notification",
    "auth.login.success",
    "auth.logout.fail",
    "auth.logout.success",
    "auth.signup.fail",
    "auth.signup.success",
    "auth.silent_auth.fail",
    "auth.silent_auth.success",
    "auth.token_exchange.fail",
    "auth.token_exchange.success",
    "management.fail",
    "management.success",
    "scim.event",
    "system.notification",
    "user.fail",
    "user.notification",
    "user.success",
    "actions",
    "other",
]

_CODES: Mapping[Category, str] = {
    "auth.login.fail": "f fc fco fcoa fens fp fu",
    "auth.login.notification": "w",
    "auth.login.success": "s scoa sens",
    "auth.logout.fail": "flo oidc_backchannel_logout_failed",
    "auth.logout.success": "slo oidc_backchannel_logout_succeeded",
    "auth.signup.fail": "fs",
    "auth.signup.success": "ss",
    "auth.silent_auth.fail": "fsa",
    "auth.silent_auth.success": "ssa",
    "auth.token_exchange.fail": "feacft feccft fede feoobft feotpft fepft fepotpft fercft ferrt fertft",
    "auth.token_exchange.success": "seacft seccft sede seoobft seotpft sepft sepotpft sercft sertft",
    "management.fail": "fapi",
    "management.success": "sapi mgmt_api_read",
    "system.notification": """
        api_limit depnote fui limit_delegation limit_mu limit_sul limit_wc log_stream_suspended pla pwd_leak
    """,
    "user.fail": "fce fcp fcph fcpn fcpr fcu fd fdeac fdeaz fdecc fdu fi fn fv fvr",
    "user.notification": "cls cs du gd_enrollment_complete gd_start_enroll gd_unenroll ublkdu",
    "user.success": "sce scp scph scpn scpr scu sd sdu si srrt sui sv svr",
    "actions": "actions_execution_failed",
}

CATEGORIES: Mapping[Category, frozenset[str]] = {
    category: frozenset(_CODES.get(category, "").split()) for category in get_args(Category)
}
"""Every category with its codes. ``other`` has none of its own: it is whatever no category names."""

_BY_CODE = {code: category for category, codes in CATEGORIES.items() for code in codes}


def category_of(code: str) -> Category:
    """The category of an entry with this code."""
    return _BY_CODE.get(code, "other")
