// auth0 7 for Node and openid-client: keys of a client, and tokens that it gets by one of them.
const { generateKeyPairSync, webcrypto } = require("node:crypto");
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const audience = `https://${DOMAIN}/api/v2/`;
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

// A client of openid-client that proves itself by its key: discovery, a grant, and what is known of the token.
async function byOpenidClient(clientId, privateKey) {
  const oidc = await import("openid-client");
  const der = privateKey.export({ type: "pkcs8", format: "der" });
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  const config = await oidc.discovery(new URL(`https://${DOMAIN}/`), clientId, {}, oidc.PrivateKeyJwt(key));
  const tokens = await oidc.clientCredentialsGrant(config, { audience });
  const introspected = await oidc.tokenIntrospection(config, tokens.access_token);
  return { scope: tokens.scope, active: introspected.active };
}

async function main() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" });
  const credentials = [{ credential_type: "public_key", name: "First", pem, alg: "RS256" }];
  const { client_id } = await auth0.clients.create({
    name: "Node 7 keys",
    app_type: "non_interactive",
    client_authentication_methods: { private_key_jwt: { credentials } },
  });
  await auth0.clientGrants.create({ client_id, audience, scope: ["read:clients"] });
  told.list = await auth0.clients.credentials.list(client_id);
  const [made] = told.list;
  told.created = made;
  told.read = await auth0.clients.credentials.get(client_id, made.id);
  told.updated = await auth0.clients.credentials.update(client_id, made.id, { expires_at: "2040-01-01T00:00:00.000Z" });
  told.client = await auth0.clients.get(client_id);
  const own = new ManagementClient({
    domain: DOMAIN,
    clientId: client_id,
    clientAssertionSigningKey: privateKey.export({ type: "pkcs8", format: "pem" }),
  });
  told.named = (await own.clients.get(client_id)).name;
  told.openid = await byOpenidClient(client_id, privateKey);
  told.scope = told.openid.scope;
  told.kept = await refusal(() => auth0.clients.credentials.delete(client_id, made.id));
  const second = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" });
  const other = await auth0.clients.credentials.create(client_id, { credential_type: "public_key", pem: second });
  await auth0.clients.credentials.delete(client_id, other.id);
  told.gone = await refusal(() => auth0.clients.credentials.get(client_id, other.id));
  await auth0.clients.delete(client_id);
  console.log(JSON.stringify(told));
}

main();
