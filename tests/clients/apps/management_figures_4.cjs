// auth0 4 for Node: the audit log and the figures of the tenant; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, USER_ID: id } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { statusCode: error.statusCode, errorCode: error.errorCode, message: error.message };
  }
}

async function main() {
  const q = `type:s AND user_id:"${id}"`;
  told.found = (await auth0.logs.getAll({ q, per_page: 5 })).data;
  told.page = (await auth0.logs.getAll({ q, per_page: 1, include_totals: true, sort: "date:1" })).data;
  told.one = (await auth0.logs.get({ id: told.found[0].log_id })).data;
  told.ofUser = (await auth0.users.getLogs({ id, per_page: 5 })).data;
  told.wrong = await refusal(() => auth0.logs.getAll({ q: "typ:s" }));
  told.active = (await auth0.stats.getActiveUsersCount()).data;
  told.daily = (await auth0.stats.getDaily()).data;
  told.never = (await auth0.stats.getDaily({ from: "20200101", to: "20200131" })).data;
  told.wrongDay = await refusal(() => auth0.stats.getDaily({ from: "yesterday" }));
  console.log(JSON.stringify(told));
}

main();
