// auth0 4 for Node: keys of a client, and a token that it gets by one of them; prints what each call gave.
const { generateKeyPairSync } = require("node:crypto");
const { AuthenticationClient, ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const audience = `https://${DOMAIN}/api/v2/`;
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
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" });
  const client = (await auth0.clients.create({ name: "Node 4 keys", app_type: "non_interactive" })).data;
  const id = { client_id: client.client_id };
  await auth0.clientGrants.create({ ...id, audience, scope: ["read:clients"] });
  const wanted = { credential_type: "public_key", name: "First", pem, alg: "RS256" };
  const { data: made } = await auth0.clients.createCredential(id, wanted);
  const one = { ...id, credential_id: made.id };
  told.created = made;
  told.read = (await auth0.clients.getCredential(one)).data;
  told.list = (await auth0.clients.getCredentials(id)).data;
  told.updated = (await auth0.clients.updateCredential(one, { expires_at: "2040-01-01T00:00:00.000Z" })).data;
  const methods = { private_key_jwt: { credentials: [{ id: made.id }] } };
  const change = { token_endpoint_auth_method: null, client_authentication_methods: methods };
  told.client = (await auth0.clients.update(id, change)).data;
  const own = new AuthenticationClient({
    domain: DOMAIN,
    clientId: client.client_id,
    clientAssertionSigningKey: privateKey.export({ type: "pkcs8", format: "pem" }),
  });
  told.scope = (await own.oauth.clientCredentialsGrant({ audience })).data.scope;
  told.kept = await refusal(() => auth0.clients.deleteCredential(one));
  const back = { token_endpoint_auth_method: "client_secret_post", client_authentication_methods: null };
  await auth0.clients.update(id, back);
  await auth0.clients.deleteCredential(one);
  told.gone = await refusal(() => auth0.clients.getCredential(one));
  await auth0.clients.delete(id);
  console.log(JSON.stringify(told));
}

main();
