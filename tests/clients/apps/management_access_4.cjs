// auth0 4 for Node: what a person has, shown and taken away; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, USER_ID: user_id } = process.env;
const PEOPLE = JSON.parse(process.env.PEOPLE);
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

async function sessions({ sid }) {
  told.session = (await auth0.sessions.get({ id: sid })).data;
  told.sessionList = (await auth0.users.getSessions({ user_id })).data.sessions;
  told.sessionDeleted = (await auth0.sessions.delete({ id: sid })).status;
  told.sessionGone = await refusal(() => auth0.sessions.get({ id: sid }));
}

async function refreshTokens({ grant_id }) {
  told.token = (await auth0.refreshTokens.get({ id: grant_id })).data;
  told.tokenList = (await auth0.users.getRefreshTokens({ user_id })).data.tokens;
  told.tokenDeleted = (await auth0.refreshTokens.delete({ id: grant_id })).status;
  told.tokenGone = await refusal(() => auth0.refreshTokens.get({ id: grant_id }));
}

async function grants() {
  told.grantList = (await auth0.grants.getAll({ user_id })).data;
  told.grantPage = (await auth0.grants.getAll({ user_id, include_totals: true, per_page: 1 })).data;
  told.grantDeleted = (await auth0.grants.delete({ id: told.grantList[0].id })).status;
  told.grantGone = await refusal(() => auth0.grants.delete({ id: told.grantList[0].id }));
  await auth0.grants.deleteByUserId({ user_id });
  told.grantsLeft = (await auth0.grants.getAll({ user_id })).data;
}

async function devices({ grant_id }) {
  told.deviceList = (await auth0.deviceCredentials.getAll({ user_id })).data;
  told.devicePage = (await auth0.deviceCredentials.getAll({ user_id, include_totals: true, per_page: 1 })).data;
  told.deviceDeleted = (await auth0.deviceCredentials.delete({ id: grant_id })).status;
  told.deviceGone = await refusal(() => auth0.deviceCredentials.delete({ id: grant_id }));
}

async function blocks() {
  const { BLOCKED_ID: id, BLOCKED_EMAIL: identifier } = process.env;
  told.blocks = (await auth0.userBlocks.getAll({ identifier })).data;
  told.blocksOfUser = (await auth0.userBlocks.get({ id })).data;
  await auth0.userBlocks.delete({ id });
  await auth0.userBlocks.deleteAll({ identifier });
  told.blocksLeft = (await auth0.userBlocks.get({ id })).data;
  told.address = await refusal(() => auth0.anomaly.checkIfIpIsBlocked({ id: "198.51.100.1" }));
  await auth0.anomaly.deleteBlockedIp({ id: "198.51.100.1" });
  await auth0.blacklists.add({ aud: "node-4", jti: "stolen" });
  told.denied = (await auth0.blacklists.getAll({ aud: "node-4" })).data;
}

async function everything() {
  await auth0.users.deleteSessions({ user_id });
  await auth0.users.deleteRefreshTokens({ user_id });
  told.sessionsLeft = (await auth0.users.getSessions({ user_id })).data.sessions;
  told.tokensLeft = (await auth0.users.getRefreshTokens({ user_id })).data.tokens;
}

async function main() {
  await sessions(PEOPLE[0]);
  await refreshTokens(PEOPLE[1]);
  await grants();
  await devices(PEOPLE[2]);
  await blocks();
  await everything();
  console.log(JSON.stringify(told));
}

main();
