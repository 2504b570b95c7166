// auth0 7 for Node: a custom domain from creation to deletion; prints what each call gave.
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

async function main() {
  const domain = "login.node7.invalid";
  const made = await auth0.customDomains.create({ domain, type: "self_managed_certs" });
  const id = made.custom_domain_id;
  told.created = made;
  told.read = await auth0.customDomains.get(id);
  told.list = await auth0.customDomains.list();
  told.updated = await auth0.customDomains.update(id, { domain_metadata: { team: "a" } });
  told.verified = await auth0.customDomains.verify(id);
  told.tested = await auth0.customDomains.test(id);
  told.standing = await auth0.customDomains.getDefault();
  told.managed = await refusal(() =>
    auth0.customDomains.create({ domain: "b.node7.invalid", type: "auth0_managed_certs" }),
  );
  await auth0.customDomains.delete(id);
  told.gone = await refusal(() => auth0.customDomains.get(id));
  console.log(JSON.stringify(told));
}

main();
