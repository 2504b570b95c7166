// auth0 4 for Node: a custom domain from creation to deletion; prints what each call gave.
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
  const domain = "login.node4.invalid";
  const { data: made } = await auth0.customDomains.create({ domain, type: "self_managed_certs" });
  const id = { id: made.custom_domain_id };
  told.created = made;
  told.read = (await auth0.customDomains.get(id)).data;
  told.list = (await auth0.customDomains.getAll()).data;
  told.updated = (await auth0.customDomains.update(id, { domain_metadata: { team: "a" } })).data;
  told.verified = (await auth0.customDomains.verify(id)).data;
  told.managed = await refusal(() =>
    auth0.customDomains.create({ domain: "b.node4.invalid", type: "auth0_managed_certs" }),
  );
  await auth0.customDomains.delete(id);
  told.gone = await refusal(() => auth0.customDomains.get(id));
  console.log(JSON.stringify(told));
}

main();
