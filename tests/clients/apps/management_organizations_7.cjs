// auth0 7 for Node: organizations from creation to deletion; prints what each call gave.
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, CONNECTION_ID, USER_ID, ROLE_ID, APP_ID, GRANT_ID } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const { organizations } = auth0;
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    const { statusCode, body } = error;
    return { name: error.constructor.name, statusCode, errorCode: body.errorCode, message: body.message };
  }
}

async function whole(page) {
  const found = [];
  for await (const each of page) found.push(each);
  return found;
}

async function organization() {
  const made = await organizations.create({ name: "node-7", display_name: "Node 7" });
  told.created = made;
  told.read = await organizations.get(made.id);
  told.byName = await organizations.getByName("node-7");
  told.updated = await organizations.update(made.id, { metadata: { plan: "gold" } });
  told.list = await whole(await organizations.list({ take: 1 }));
  told.taken = await refusal(() => organizations.create({ name: "node-7" }));
  told.wrong = await refusal(() => organizations.create({ name: "Node 7" }));
  return made.id;
}

async function connections(id) {
  const { enabledConnections } = organizations;
  told.enabled = await enabledConnections.add(id, { connection_id: CONNECTION_ID });
  const changes = { assign_membership_on_login: true };
  told.enabledUpdated = await enabledConnections.update(id, CONNECTION_ID, changes);
  told.enabledRead = await enabledConnections.get(id, CONNECTION_ID);
  told.enabledList = await whole(await enabledConnections.list(id));
  told.connectionList = await whole(await organizations.connections.list(id));
}

async function members(id) {
  const { members, roles } = organizations;
  await members.create(id, { members: [USER_ID] });
  told.members = await whole(await members.list(id));
  await members.roles.assign(id, USER_ID, { roles: [ROLE_ID] });
  told.roles = await whole(await members.roles.list(id, USER_ID));
  told.effective = await whole(await members.effectiveRoles.list(id, USER_ID));
  told.holders = await whole(await roles.members.list(id, ROLE_ID));
  told.ofUser = await whole(await auth0.users.organizations.list(USER_ID));
  await members.roles.delete(id, USER_ID, { roles: [ROLE_ID] });
  await members.delete(id, { members: [USER_ID] });
  told.membersLeft = await whole(await members.list(id));
}

async function invitations(id) {
  const wanted = { inviter: { name: "Grace" }, invitee: { email: "new@example.test" }, client_id: APP_ID };
  told.invitation = await organizations.invitations.create(id, wanted);
  told.invitationRead = await organizations.invitations.get(id, told.invitation.id);
  told.invitationList = await whole(await organizations.invitations.list(id));
  await organizations.invitations.delete(id, told.invitation.id);
}

async function grantsAndDomains(id) {
  const { clientGrants, discoveryDomains } = organizations;
  told.grant = await clientGrants.create(id, { grant_id: GRANT_ID });
  told.grantList = await whole(await clientGrants.list(id));
  told.grantOrganizations = await whole(await auth0.clientGrants.organizations.list(GRANT_ID));
  await clientGrants.delete(id, GRANT_ID);
  told.domain = await discoveryDomains.create(id, { domain: "node7.example" });
  told.domainUpdated = await discoveryDomains.update(id, told.domain.id, { status: "verified" });
  told.domainByName = await discoveryDomains.getByName(id, "node7.example");
  told.domainList = await whole(await discoveryDomains.list(id));
  await discoveryDomains.delete(id, told.domain.id);
  const associated = await organizations.clients.create(id, { clients: [{ client_id: APP_ID }] });
  told.client = associated[0];
  told.clientUpdated = await organizations.clients.update(id, APP_ID, { use_for_member_access: true });
  told.clientList = await whole(await organizations.clients.list(id));
  await organizations.clients.delete(id, { clients: [APP_ID] });
}

async function main() {
  const id = await organization();
  await connections(id);
  await members(id);
  await invitations(id);
  await grantsAndDomains(id);
  await organizations.enabledConnections.delete(id, CONNECTION_ID);
  told.deleted = (await organizations.delete(id).withRawResponse()).rawResponse.status;
  told.gone = await refusal(() => organizations.get(id));
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
