// auth0 7 for Node: lists of rules, hooks and actions, and what comes of making one; prints what each call gave.
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
  const script = "function (user, context, done) { done(); }";
  told.rules = await whole(await auth0.rules.list());
  told.configs = await auth0.rulesConfigs.list();
  told.hooks = await whole(await auth0.hooks.list());
  told.actions = await whole(await auth0.actions.list());
  told.triggers = (await auth0.actions.triggers.list()).triggers;
  told.bindings = await whole(await auth0.actions.triggers.bindings.list("post-login"));
  told.profiles = await whole(await auth0.tokenExchangeProfiles.list());
  told.rule = await refusal(() => auth0.rules.create({ name: "a", script }));
  told.hook = await refusal(() => auth0.hooks.create({ name: "a", script, triggerId: "credentials-exchange" }));
  const supported_triggers = [{ id: "post-login", version: "v3" }];
  told.action = await refusal(() => auth0.actions.create({ name: "a", supported_triggers }));
  told.profile = await refusal(() =>
    auth0.tokenExchangeProfiles.create({
      name: "a",
      subject_token_type: "urn:example:token",
      type: "custom_authentication",
      action_id: "none",
    }),
  );
  told.gone = await refusal(() => auth0.rules.get("rul_none"));
  console.log(JSON.stringify(told));
}

main();
