// auth0 4 for Node: connections from creation to deletion; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    const { statusCode, errorCode, message } = error;
    return { statusCode, errorCode, message };
  }
}

async function main() {
  const client = (await auth0.clients.create({ name: "Node 4 connections" })).data.client_id;
  const wanted = { name: "node-4", strategy: "auth0", options: { disable_signup: true } };
  const { data: made } = await auth0.connections.create(wanted);
  const id = { id: made.id };
  told.created = made;
  told.read = (await auth0.connections.get(id)).data;
  const changed = { display_name: "Node", options: { passwordPolicy: "low" } };
  told.updated = (await auth0.connections.update(id, changed)).data;
  told.bare = (await auth0.connections.getAll()).data;
  told.page = (await auth0.connections.getAll({ per_page: 1, page: 1, include_totals: true })).data;
  told.checkpoint = (await auth0.connections.getAll({ take: 1 })).data;
  told.filtered = (await auth0.connections.getAll({ strategy: ["auth0"], name: "node-4", fields: "name" })).data;
  told.enabled = (await auth0.connections.updateEnabledClients(id, [{ client_id: client, status: true }])).status;
  told.clients = (await auth0.connections.getEnabledClients(id)).data;
  told.status = (await auth0.connections.checkStatus(id)).status;
  told.nobody = (await auth0.connections.deleteUserByEmail({ ...id, email: "nobody@example.test" })).status;
  told.wrong = await refusal(() => auth0.connections.create({ name: "x", strategy: "google-oauth2" }));
  told.deleted = (await auth0.connections.delete(id)).status;
  told.gone = await refusal(() => auth0.connections.get(id));
  await auth0.clients.delete({ client_id: client });
  console.log(JSON.stringify(told));
}

main();
