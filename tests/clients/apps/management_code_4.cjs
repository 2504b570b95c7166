// auth0 4 for Node: lists of rules, hooks and actions, and what comes of making one; prints what each call gave.
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
  const script = "function (user, context, done) { done(); }";
  told.rules = (await auth0.rules.getAll()).data;
  told.configs = (await auth0.rulesConfigs.getAll()).data;
  told.hooks = (await auth0.hooks.getAll()).data;
  told.actions = (await auth0.actions.getAll()).data.actions;
  told.triggers = (await auth0.actions.getAllTriggers()).data.triggers;
  told.bindings = (await auth0.actions.getTriggerBindings({ triggerId: "post-login" })).data.bindings;
  told.rule = await refusal(() => auth0.rules.create({ name: "a", script }));
  told.hook = await refusal(() => auth0.hooks.create({ name: "a", script, triggerId: "credentials-exchange" }));
  const supported_triggers = [{ id: "post-login", version: "v3" }];
  told.action = await refusal(() => auth0.actions.create({ name: "a", supported_triggers }));
  told.gone = await refusal(() => auth0.rules.get({ id: "rul_none" }));
  console.log(JSON.stringify(told));
}

main();
