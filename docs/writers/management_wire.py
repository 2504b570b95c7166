"""THE LIST of what the vendor's management API answers: each path under ``/api/v2`` with its methods."""

_TEXT = """
/actions/actions GET POST
/actions/actions/{actionId}/versions GET
/actions/actions/{actionId}/versions/{id} GET
/actions/actions/{actionId}/versions/{id}/deploy POST
/actions/actions/{id} GET DELETE PATCH
/actions/actions/{id}/deploy POST
/actions/actions/{id}/test POST
/actions/executions/{id} GET
/actions/modules GET POST
/actions/modules/{id} GET DELETE PATCH
/actions/modules/{id}/actions GET
/actions/modules/{id}/rollback POST
/actions/modules/{id}/versions GET POST
/actions/modules/{id}/versions/{versionId} GET
/actions/triggers GET
/actions/triggers/{triggerId}/bindings GET PATCH
/agents GET POST
/agents/{id} GET DELETE PATCH
/anomaly/blocks/ips/{id} GET DELETE
/attack-protection/bot-detection GET PATCH
/attack-protection/breached-password-detection GET PATCH
/attack-protection/brute-force-protection GET PATCH
/attack-protection/captcha GET PATCH
/attack-protection/phone-provider-protection GET PATCH
/attack-protection/suspicious-ip-throttling GET PATCH
/blacklists/tokens GET POST
/branding GET PATCH
/branding/phone/providers GET POST
/branding/phone/providers/{id} GET DELETE PATCH
/branding/phone/providers/{id}/try POST
/branding/phone/templates GET POST
/branding/phone/templates/{id} GET DELETE PATCH
/branding/phone/templates/{id}/reset PATCH
/branding/phone/templates/{id}/try POST
/branding/templates/universal-login GET PUT DELETE
/branding/themes POST
/branding/themes/default GET
/branding/themes/{themeId} GET DELETE PATCH
/client-grants GET POST
/client-grants/{id} GET DELETE PATCH
/client-grants/{id}/organizations GET
/clients GET POST
/clients/cimd/preview POST
/clients/cimd/register POST
/clients/{client_id}/credentials GET POST
/clients/{client_id}/credentials/{credential_id} GET DELETE PATCH
/clients/{id} GET DELETE PATCH
/clients/{id}/connections GET
/clients/{id}/rotate-secret POST
/connection-profiles GET POST
/connection-profiles/templates GET
/connection-profiles/templates/{id} GET
/connection-profiles/{id} GET DELETE PATCH
/connections GET POST
/connections-directory-provisionings GET
/connections-scim-configurations GET
/connections/{id} GET DELETE PATCH
/connections/{id}/clients GET PATCH
/connections/{id}/directory-provisioning GET POST DELETE PATCH
/connections/{id}/directory-provisioning/default-mapping GET
/connections/{id}/directory-provisioning/synchronizations POST
/connections/{id}/directory-provisioning/synchronized-groups GET POST PUT DELETE
/connections/{id}/keys GET POST
/connections/{id}/keys/rotate POST
/connections/{id}/scim-configuration GET POST DELETE PATCH
/connections/{id}/scim-configuration/default-mapping GET
/connections/{id}/scim-configuration/tokens GET POST
/connections/{id}/scim-configuration/tokens/{tokenId} DELETE
/connections/{id}/status GET
/connections/{id}/users DELETE
/custom-domains GET POST
/custom-domains/default GET PATCH
/custom-domains/{id} GET DELETE PATCH
/custom-domains/{id}/test POST
/custom-domains/{id}/verify POST
/device-credentials GET POST
/device-credentials/{id} DELETE
/email-templates POST
/email-templates/{templateName} GET PUT PATCH
/emails/provider GET POST DELETE PATCH
/event-streams GET POST
/event-streams/{id} GET DELETE PATCH
/event-streams/{id}/deliveries GET
/event-streams/{id}/deliveries/{event_id} GET
/event-streams/{id}/redeliver POST
/event-streams/{id}/redeliver/{event_id} POST
/event-streams/{id}/test POST
/events GET
/experimentation/experiments/{id}/advance-ramp POST
/flows GET POST
/flows/vault/connections GET POST
/flows/vault/connections/{id} GET DELETE PATCH
/flows/{flow_id}/executions GET
/flows/{flow_id}/executions/{execution_id} GET DELETE
/flows/{id} GET DELETE PATCH
/forms GET POST
/forms/{id} GET DELETE PATCH
/grants GET DELETE
/grants/{id} DELETE
/groups GET
/groups/{id} GET DELETE
/groups/{id}/members GET
/groups/{id}/roles GET POST DELETE
/guardian/enrollments/ticket POST
/guardian/enrollments/{id} GET DELETE
/guardian/factors GET
/guardian/factors/duo/settings GET PUT PATCH
/guardian/factors/email/settings GET PUT
/guardian/factors/phone/message-types GET PUT
/guardian/factors/phone/providers/twilio GET PUT
/guardian/factors/phone/selected-provider GET PUT
/guardian/factors/phone/settings GET PUT
/guardian/factors/phone/templates GET PUT
/guardian/factors/push-notification/providers/apns GET PUT PATCH
/guardian/factors/push-notification/providers/fcm PUT PATCH
/guardian/factors/push-notification/providers/fcmv1 PUT PATCH
/guardian/factors/push-notification/providers/sns GET PUT PATCH
/guardian/factors/push-notification/selected-provider GET PUT
/guardian/factors/sms/providers/twilio GET PUT
/guardian/factors/sms/selected-provider GET PUT
/guardian/factors/sms/templates GET PUT
/guardian/factors/{name} PUT
/guardian/policies GET PUT
/guardian/settings GET PUT
/hooks GET POST
/hooks/{id} GET DELETE PATCH
/hooks/{id}/secrets GET POST DELETE PATCH
/jobs/users-exports POST
/jobs/users-imports POST
/jobs/verification-email POST
/jobs/{id} GET
/jobs/{id}/errors GET
/keys/custom-signing GET PUT DELETE
/keys/encryption GET POST
/keys/encryption/rekey POST
/keys/encryption/{kid} GET POST DELETE
/keys/encryption/{kid}/wrapping-key POST
/keys/network-acls GET POST
/keys/network-acls/{id} GET DELETE
/keys/signing GET
/keys/signing/rotate POST
/keys/signing/{kid} GET
/keys/signing/{kid}/revoke PUT
/log-streams GET POST
/log-streams/{id} GET DELETE PATCH
/logs GET
/logs/{id} GET
/network-acls GET POST
/network-acls/{id} GET PUT DELETE PATCH
/organizations GET POST
/organizations/name/{name} GET
/organizations/search GET
/organizations/{id} GET DELETE PATCH
/organizations/{id}/client-grants GET POST
/organizations/{id}/client-grants/{grant_id} DELETE
/organizations/{id}/clients GET POST DELETE
/organizations/{id}/clients/{client_id} GET PATCH
/organizations/{id}/connections GET POST
/organizations/{id}/connections/{connection_id} GET DELETE PATCH
/organizations/{id}/discovery-domains GET POST
/organizations/{id}/discovery-domains/name/{discovery_domain} GET
/organizations/{id}/discovery-domains/{discovery_domain_id} GET DELETE PATCH
/organizations/{id}/enabled_connections GET POST
/organizations/{id}/enabled_connections/{connectionId} GET DELETE PATCH
/organizations/{id}/invitations GET POST
/organizations/{id}/invitations/{invitation_id} GET DELETE
/organizations/{id}/members GET POST DELETE
/organizations/{id}/members/{user_id}/effective-roles GET
/organizations/{id}/members/{user_id}/effective-roles/sources/groups GET
/organizations/{id}/members/{user_id}/roles GET POST DELETE
/organizations/{id}/organization-templates GET
/organizations/{id}/organization-templates/{template_id} PUT DELETE
/organizations/{id}/roles/{role_id}/members GET
/organizations/{organization_id}/groups GET
/organizations/{organization_id}/groups/{group_id}/roles GET POST DELETE
/organizations/{organization_id}/roles/{role_id}/groups GET
/prompts GET PATCH
/prompts/rendering GET PATCH
/prompts/{prompt}/custom-text/{language} GET PUT
/prompts/{prompt}/partials GET PUT
/prompts/{prompt}/screen/{screen}/rendering GET PATCH
/rate-limit-policies GET POST
/rate-limit-policies/{id} GET DELETE PATCH
/refresh-tokens GET
/refresh-tokens/revoke POST
/refresh-tokens/{id} GET DELETE PATCH
/resource-servers GET POST
/resource-servers/search GET
/resource-servers/{id} GET DELETE PATCH
/risk-assessments/settings GET PATCH
/risk-assessments/settings/new-device GET PATCH
/roles GET POST
/roles/{id} GET DELETE PATCH
/roles/{id}/groups GET POST DELETE
/roles/{id}/permissions GET POST DELETE
/roles/{id}/users GET POST
/rules GET POST
/rules-configs GET
/rules-configs/{key} PUT DELETE
/rules/{id} GET DELETE PATCH
/self-service-profiles GET POST
/self-service-profiles/{id} GET DELETE PATCH
/self-service-profiles/{id}/custom-text/{language}/{page} GET PUT
/self-service-profiles/{id}/sso-ticket POST
/self-service-profiles/{profileId}/sso-ticket/{id}/revoke POST
/sessions/{id} GET DELETE PATCH
/sessions/{id}/revoke POST
/stats/active-users GET
/stats/daily GET
/supplemental-signals GET PATCH
/tenants/settings GET PATCH
/tickets/email-verification POST
/tickets/password-change POST
/token-exchange-profiles GET POST
/token-exchange-profiles/{id} GET DELETE PATCH
/user-attribute-profiles GET POST
/user-attribute-profiles/templates GET
/user-attribute-profiles/templates/{id} GET
/user-attribute-profiles/{id} GET DELETE PATCH
/user-blocks GET DELETE
/user-blocks/{id} GET DELETE
/users GET POST
/users-by-email GET
/users/{id} GET DELETE PATCH
/users/{id}/authentication-methods GET POST PUT DELETE
/users/{id}/authentication-methods/{authentication_method_id} GET DELETE PATCH
/users/{id}/authenticators DELETE
/users/{id}/connected-accounts GET
/users/{id}/effective-permissions GET
/users/{id}/effective-permissions/sources/effective-roles GET
/users/{id}/effective-roles GET
/users/{id}/effective-roles/sources/groups GET
/users/{id}/enrollments GET
/users/{id}/groups GET
/users/{id}/identities POST
/users/{id}/identities/{provider}/{user_id} DELETE
/users/{id}/logs GET
/users/{id}/multifactor/actions/invalidate-remember-browser POST
/users/{id}/multifactor/{provider} DELETE
/users/{id}/organizations GET
/users/{id}/permissions GET POST DELETE
/users/{id}/recovery-code-regeneration POST POST
/users/{id}/revoke-access POST
/users/{id}/risk-assessments/clear POST
/users/{id}/roles GET POST DELETE
/users/{user_id}/refresh-tokens GET DELETE
/users/{user_id}/sessions GET DELETE
/verifiable-credentials/verification/templates GET POST
/verifiable-credentials/verification/templates/{id} GET DELETE PATCH
"""

WIRE: tuple[tuple[str, str], ...] = tuple(
    (method, path)
    for path, *methods in (line.split() for line in _TEXT.strip().splitlines())
    for method in methods
)
"""Method and path of each endpoint."""
