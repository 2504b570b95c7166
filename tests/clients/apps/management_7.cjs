// auth0 7 for Node: clients, APIs and client grants from creation to deletion; prints what each call gave.
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
    return { name: error.constructor.name, statusCode, errorCode: body.errorCode, message: body.message };
  }
}

async function whole(page) {
  const found = [];
  for await (const each of page) found.push(each);
  return found;
}

async function clients() {
  const made = await auth0.clients.create({ name: "Node 7", app_type: "regular_web" });
  const id = made.client_id;
  told.created = made;
  told.read = await auth0.clients.get(id);
  told.updated = await auth0.clients.update(id, { description: "changed" });
  told.rotated = await auth0.clients.rotateSecret(id);
  told.page = (await auth0.clients.list({ page: 1, per_page: 2 })).data;
  told.list = await whole(await auth0.clients.list({ per_page: 2 }));
  told.chosen = (await auth0.clients.list({ fields: "client_id", include_fields: true })).data;
  told.wrong = await refusal(() => auth0.clients.create({ name: "" }));
  return id;
}

async function apis(identifier) {
  const scopes = [{ value: "read:things" }, { value: "write:things" }];
  const made = await auth0.resourceServers.create({ identifier, name: "Node 7", scopes });
  told.api = made;
  told.apiRead = await auth0.resourceServers.get(made.id);
  told.apiByIdentifier = await auth0.resourceServers.get(identifier);
  told.apiUpdated = await auth0.resourceServers.update(made.id, { token_lifetime: 600 });
  told.apiList = await whole(await auth0.resourceServers.list({ per_page: 1 }));
  return made.id;
}

async function grants(client_id, audience) {
  const made = await auth0.clientGrants.create({ client_id, audience, scope: ["read:things"] });
  told.grant = made;
  told.grantRead = await auth0.clientGrants.get(made.id);
  told.grantUpdated = await auth0.clientGrants.update(made.id, { scope: ["write:things"] });
  told.grantList = await whole(await auth0.clientGrants.list({ take: 1 }));
  told.grantOfClient = await whole(await auth0.clientGrants.list({ client_id }));
  return made.id;
}

async function main() {
  const identifier = "https://node7.example.test/";
  const client = await clients();
  const api = await apis(identifier);
  const grant = await grants(client, identifier);
  await auth0.clientGrants.delete(grant);
  await auth0.resourceServers.delete(api);
  await auth0.clients.delete(client);
  told.gone = await refusal(() => auth0.clients.get(client));
  console.log(JSON.stringify(told));
}

main();
