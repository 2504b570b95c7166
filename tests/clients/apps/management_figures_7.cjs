// auth0 7 for Node: the audit log and the figures of the tenant; prints what each call gave.
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, USER_ID: id } = process.env;
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
  const search = `type:s AND user_id:"${id}"`;
  told.found = await whole(await auth0.logs.list({ search, per_page: 1 }));
  told.page = (await auth0.logs.list({ search, per_page: 1, sort: "date:1" })).response;
  told.one = await auth0.logs.get(told.found[0].log_id);
  told.ofUser = await whole(await auth0.users.logs.list(id, { per_page: 3 }));
  told.wrong = await refusal(() => auth0.logs.list({ search: "typ:s" }));
  told.active = await auth0.stats.getActiveUsersCount();
  told.daily = await auth0.stats.getDaily();
  told.never = await auth0.stats.getDaily({ from: "20200101", to: "20200131" });
  told.wrongDay = await refusal(() => auth0.stats.getDaily({ from: "yesterday" }));
  console.log(JSON.stringify(told));
}

main();
