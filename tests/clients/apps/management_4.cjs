// auth0 4 for Node: clients, APIs and client grants from creation to deletion; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
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

async function clients() {
  const { data: made } = await auth0.clients.create({ name: "Node 4", app_type: "regular_web" });
  const id = { client_id: made.client_id };
  told.created = made;
  told.read = (await auth0.clients.get(id)).data;
  told.updated = (await auth0.clients.update(id, { description: "changed" })).data;
  told.rotated = (await auth0.clients.rotateClientSecret(id)).data;
  told.list = (await auth0.clients.getAll()).data;
  told.page = (await auth0.clients.getAll({ page: 1, per_page: 2, include_totals: true })).data;
  told.chosen = (await auth0.clients.getAll({ fields: "client_id", include_fields: true })).data;
  told.wrong = await refusal(() => auth0.clients.create({ name: "" }));
  return id;
}

async function apis(identifier) {
  const scopes = [{ value: "read:things" }, { value: "write:things" }];
  const { data: made } = await auth0.resourceServers.create({ identifier, name: "Node 4", scopes });
  told.api = made;
  told.apiRead = (await auth0.resourceServers.get({ id: made.id })).data;
  told.apiByIdentifier = (await auth0.resourceServers.get({ id: identifier })).data;
  told.apiUpdated = (await auth0.resourceServers.update({ id: made.id }, { token_lifetime: 600 })).data;
  told.apiPage = (await auth0.resourceServers.getAll({ page: 0, per_page: 1, include_totals: true })).data;
  return { id: made.id };
}

async function grants(client, audience) {
  const { data: made } = await auth0.clientGrants.create({ ...client, audience, scope: ["read:things"] });
  told.grant = made;
  told.grantUpdated = (await auth0.clientGrants.update({ id: made.id }, { scope: ["write:things"] })).data;
  told.grantList = (await auth0.clientGrants.getAll({ client_id: client.client_id })).data;
  told.grantPage = (await auth0.clientGrants.getAll({ include_totals: true, per_page: 1 })).data;
  return { id: made.id };
}

async function main() {
  const identifier = "https://node4.example.test/";
  const client = await clients();
  const api = await apis(identifier);
  const grant = await grants(client, identifier);
  told.grantDeleted = (await auth0.clientGrants.delete(grant)).status;
  told.apiDeleted = (await auth0.resourceServers.delete(api)).status;
  told.clientDeleted = (await auth0.clients.delete(client)).status;
  told.gone = await refusal(() => auth0.clients.get(client));
  console.log(JSON.stringify(told));
}

main();
