"""Fields that are kept and given back and steer nothing yet; whoever writes one is told.

When something comes to obey a field, its line here goes.
"""

from collections.abc import Iterator, Mapping

from gatewright.provisioning.document import Document
from gatewright.provisioning.problems import inside

NO_EFFECT = "stored, has no effect yet"
NOT_ENFORCED = "stored, NOT ENFORCED yet"

_OF_CONNECTIONS = ("authentication", "connected_accounts", "is_domain_connection", "show_as_button")

STORED_ONLY: Mapping[str, Mapping[str, str]] = {
    "tenant": dict.fromkeys(
        (
            "ephemeral_session_lifetime",
            "idle_ephemeral_session_lifetime",
            "sessions",
            "sandbox_version",
            "change_password",
            "guardian_mfa_page",
            "error_page",
            "device_flow",
            "customize_mfa_in_postlogin_action",
            "mtls",
            "pushed_authorization_requests_supported",
            "default_token_quota",
            "security_headers",
        ),
        NO_EFFECT,
    ),
    "flags": dict.fromkeys(
        (
            "change_pwd_flow_v1",
            "enable_apis_section",
            "disable_impersonation",
            "enable_client_connections",
            "enable_pipeline2",
            "enable_legacy_profile",
            "enable_idtoken_api2",
            "enable_sso",
            "allow_changing_enable_sso",
            "no_disclose_enterprise_connections",
            "enable_adfs_waad_email_verification",
            "dashboard_log_streams_next",
            "dashboard_insights_view",
            "disable_fields_map_fix",
            "mfa_show_factor_list_on_enrollment",
            "remove_alg_from_jwks",
            "improved_signup_bot_detection_in_classic",
            "enable_dynamic_client_registration",
            "trust_azure_adfs_email_verified_connection_property",
            "custom_domains_provisioning",
        ),
        NO_EFFECT,
    ),
    "resourceServers": {
        **dict.fromkeys(
            (
                "allow_online_access",
                "token_lifetime_for_anonymous_access_tokens",
                "authorization_details",
                "subject_type_authorization",
            ),
            NO_EFFECT,
        ),
        **dict.fromkeys(
            ("token_encryption", "consent_policy", "proof_of_possession", "authorization_policy"),
            NOT_ENFORCED,
        ),
    },
    "clients": {
        **dict.fromkeys(
            (
                "sso",
                "sso_disabled",
                "custom_login_page_on",
                "custom_login_page",
                "custom_login_page_preview",
                "form_template",
                "is_token_endpoint_ip_header_trusted",
                "skip_non_verifiable_callback_uri_confirmation_prompt",
                "client_aliases",
                "encryption_key",
                "oidc_logout",
                "oidc_backchannel_logout",
                "native_social_login",
                "mobile",
                "organization_discovery_methods",
                "session_transfer",
                "fedcm_login",
                "token_exchange",
                "addons",
            ),
            NO_EFFECT,
        ),
        **dict.fromkeys(
            (
                "token_quota",
                "require_pushed_authorization_requests",
                "require_proof_of_possession",
                "compliance_level",
                "signed_request_object",
                "par_request_expiry",
            ),
            NOT_ENFORCED,
        ),
    },
    "organizations": {
        "token_quota": NOT_ENFORCED,
        "third_party_client_access": NOT_ENFORCED,
        "discovery_domains": NO_EFFECT,
        "clients": NO_EFFECT,
    },
    "jwt_configuration": {"scopes": NO_EFFECT},
    "refresh_token": {"policies": NO_EFFECT},
    "prompts": dict.fromkeys(
        ("universal_login_experience", "identifier_first", "webauthn_platform_first_factor"), NO_EFFECT
    ),
    "emailProvider": {"settings": NO_EFFECT},
    "customDomains": dict.fromkeys(("domain_metadata", "relying_party_identifier"), NO_EFFECT),
    "databases": dict.fromkeys(_OF_CONNECTIONS, NO_EFFECT),
    "connections": dict.fromkeys((*_OF_CONNECTIONS, "realms"), NO_EFFECT),
    "logStreams": {"isPriority": NO_EFFECT},
    "options": {
        **dict.fromkeys(
            (
                "strategy_version",
                "password_options",
                "import_mode",
                "enabledDatabaseCustomization",
                "customScripts",
                "configuration",
                "enable_script_context",
                "authentication_methods",
                "passkey_options",
                "attributes",
                "precedence",
                "realm_fallback",
                "non_persistent_attrs",
                "set_user_root_attributes",
                "upstream_params",
                "icon_url",
                "name",
                "email",
                "authParams",
                "from",
                "subject",
                "syntax",
                "template",
            ),
            NO_EFFECT,
        ),
        **dict.fromkeys(("password_history", "mfa"), NOT_ENFORCED),
    },
}
"""By entity, or by the nested mapping in it: the wire's name of a field, and what is said about it."""

_NESTED = frozenset({"flags", "options", "jwt_configuration", "refresh_token"})
_NOTHING: tuple[object, ...] = (None, False, "", [], {})


def without_effect(document: Document) -> Iterator[str]:
    """One line for every field in the file that asks for something and gets nothing."""
    sections = document.source.value if isinstance(document.source.value, dict) else {}
    for section in (name for name in STORED_ONLY if name in sections):
        written = sections[section]
        if isinstance(written, list):
            for place, item in enumerate(written):
                yield from _of_mapping(f"{section}[{place}]", item, STORED_ONLY[section])
        else:
            yield from _of_mapping(section, written, STORED_ONLY[section])


def _of_mapping(path: str, item: object, words: Mapping[str, str]) -> Iterator[str]:
    for name, value in item.items() if isinstance(item, dict) else ():
        if name in words and value not in _NOTHING:
            yield f"{inside(path, name)}: {words[name]}"
        if name in _NESTED:
            yield from _of_mapping(inside(path, name), value, STORED_ONLY[name])
