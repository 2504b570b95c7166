// auth0 7 for Node: connections from creation to deletion; prints what each call gave.
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    const { statusCode, body } = error;
    return { statusCode, errorCode: body.errorCode, message: body.message };
  }
}

async function whole(page) {
  const found = [];
  for await (const each of page) found.push(each);
  return found;
}

async function main() {
  const client = (await auth0.clients.create({ name: "Node 7 connections" })).client_id;
  const wanted = { name: "node-7", strategy: "auth0", options: { disable_signup: true } };
  const made = await auth0.connections.create(wanted);
  told.created = made;
  told.read = await auth0.connections.get(made.id);
  const changed = { display_name: "Node", options: { passwordPolicy: "low" } };
  told.updated = await auth0.connections.update(made.id, changed);
  told.bare = await whole(await auth0.connections.list({ take: 1 }));
  told.filtered = (await auth0.connections.list({ strategy: ["auth0"], name: "node-7", fields: "name" })).data;
  await auth0.connections.clients.update(made.id, [{ client_id: client, status: true }]);
  told.clients = { clients: await whole(await auth0.connections.clients.get(made.id)) };
  told.ofClient = await whole(await auth0.clients.connections.get(client));
  await auth0.connections.checkStatus(made.id);
  await auth0.connections.users.deleteByEmail(made.id, { email: "nobody@example.test" });
  told.wrong = await refusal(() => auth0.connections.create({ name: "x", strategy: "google-oauth2" }));
  await auth0.connections.delete(made.id);
  told.gone = await refusal(() => auth0.connections.get(made.id));
  await auth0.clients.delete(client);
  console.log(JSON.stringify(told));
}

main();
