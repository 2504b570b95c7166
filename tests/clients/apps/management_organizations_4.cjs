// auth0 4 for Node: organizations from creation to deletion; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, CONNECTION_ID, USER_ID, ROLE_ID, APP_ID, GRANT_ID } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const { organizations } = auth0;
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    const { name, statusCode, errorCode, message } = error;
    return { name, statusCode, errorCode, message };
  }
}

async function organization() {
  const { data: made } = await organizations.create({ name: "node-4", display_name: "Node 4" });
  const id = { id: made.id };
  told.created = made;
  told.read = (await organizations.get(id)).data;
  told.byName = (await organizations.getByName({ name: "node-4" })).data;
  told.updated = (await organizations.update(id, { metadata: { plan: "gold" } })).data;
  told.page = (await organizations.getAll({ per_page: 1, include_totals: true })).data;
  told.taken = await refusal(() => organizations.create({ name: "node-4" }));
  told.wrong = await refusal(() => organizations.create({ name: "Node 4" }));
  return id;
}

async function connections(id) {
  const one = { ...id, connectionId: CONNECTION_ID };
  told.enabled = (await organizations.addEnabledConnection(id, { connection_id: CONNECTION_ID })).data;
  const changes = { assign_membership_on_login: true };
  told.enabledUpdated = (await organizations.updateEnabledConnection(one, changes)).data;
  told.enabledRead = (await organizations.getEnabledConnection(one)).data;
  told.enabledList = (await organizations.getEnabledConnections(id)).data;
}

async function members(id) {
  const one = { ...id, user_id: USER_ID };
  await organizations.addMembers(id, { members: [USER_ID] });
  told.members = (await organizations.getMembers(id)).data;
  await organizations.addMemberRoles(one, { roles: [ROLE_ID] });
  told.roles = (await organizations.getMemberRoles(one)).data;
  told.ofUser = (await auth0.users.getUserOrganizations({ id: USER_ID })).data;
  await organizations.deleteMemberRoles(one, { roles: [ROLE_ID] });
  await organizations.deleteMembers(id, { members: [USER_ID] });
  told.membersLeft = (await organizations.getMembers(id)).data;
}

async function invitations(id) {
  const wanted = { inviter: { name: "Grace" }, invitee: { email: "new@example.test" }, client_id: APP_ID };
  const { data: made } = await organizations.createInvitation(id, wanted);
  told.invitation = made;
  const one = { ...id, invitation_id: made.id };
  told.invitationRead = (await organizations.getInvitation(one)).data;
  told.invitationList = (await organizations.getInvitations(id)).data;
  await organizations.deleteInvitation(one);
}

async function grantsAndDomains(id) {
  told.grant = (await organizations.postOrganizationClientGrants(id, { grant_id: GRANT_ID })).data;
  told.grantList = (await organizations.getOrganizationClientGrants(id)).data;
  await organizations.deleteClientGrantsByGrantId({ ...id, grant_id: GRANT_ID });
  const { data: domain } = await organizations.createDiscoveryDomain(id, { domain: "node4.example" });
  told.domain = domain;
  const one = { ...id, discovery_domain_id: domain.id };
  told.domainUpdated = (await organizations.updateDiscoveryDomain(one, { status: "verified" })).data;
  told.domainList = (await organizations.getAllDiscoveryDomains(id)).data.domains;
  await organizations.deleteDiscoveryDomain(one);
}

async function main() {
  const id = await organization();
  await connections(id);
  await members(id);
  await invitations(id);
  await grantsAndDomains(id);
  await organizations.deleteEnabledConnection({ ...id, connectionId: CONNECTION_ID });
  told.deleted = (await organizations.delete(id)).status;
  told.gone = await refusal(() => organizations.get(id));
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
