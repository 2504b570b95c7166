// auth0 7 for Node: what a person has, shown and taken away; prints what each call gave.
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, USER_ID: user_id } = process.env;
const PEOPLE = JSON.parse(process.env.PEOPLE);
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

async function sessions({ sid }) {
  told.session = await auth0.sessions.get(sid);
  told.sessionList = await whole(await auth0.users.sessions.list(user_id, { take: 1 }));
  told.sessionNoted = await auth0.sessions.update(sid, { session_metadata: { plan: "gold" } });
  told.sessionWrong = await refusal(() => auth0.sessions.update(sid, { session_metadata: { plan: 1 } }));
  await auth0.sessions.delete(sid);
  told.sessionGone = await refusal(() => auth0.sessions.get(sid));
}

async function refreshTokens({ grant_id }) {
  told.token = await auth0.refreshTokens.get(grant_id);
  told.tokenList = await whole(await auth0.users.refreshToken.list(user_id, { take: 1 }));
  told.tokenListOfClient = await whole(await auth0.refreshTokens.list({ user_id, client_id: "bare", take: 1 }));
  told.tokenNoted = await auth0.refreshTokens.update(grant_id, { refresh_token_metadata: { device: "phone" } });
  await auth0.refreshTokens.delete(grant_id);
  told.tokenGone = await refusal(() => auth0.refreshTokens.get(grant_id));
}

async function grants() {
  told.grantList = await whole(await auth0.userGrants.list({ user_id, per_page: 1 }));
  told.grantPage = (await auth0.userGrants.list({ user_id, per_page: 1 })).response;
  await auth0.userGrants.delete(told.grantList[0].id);
  told.grantGone = await refusal(() => auth0.userGrants.delete(told.grantList[0].id));
  await auth0.userGrants.deleteByUserId({ user_id });
  told.grantsLeft = await whole(await auth0.userGrants.list({ user_id }));
}

async function devices({ grant_id }) {
  told.deviceList = await whole(await auth0.deviceCredentials.list({ user_id, per_page: 1 }));
  told.devicePage = (await auth0.deviceCredentials.list({ user_id, per_page: 1 })).response;
  await auth0.deviceCredentials.delete(grant_id);
  told.deviceGone = await refusal(() => auth0.deviceCredentials.delete(grant_id));
}

async function blocks() {
  const { BLOCKED_ID: id, BLOCKED_EMAIL: identifier } = process.env;
  told.blocks = await auth0.userBlocks.listByIdentifier({ identifier });
  told.blocksOfUser = await auth0.userBlocks.list(id, { consider_brute_force_enablement: true });
  await auth0.userBlocks.delete(id);
  await auth0.userBlocks.deleteByIdentifier({ identifier });
  told.blocksLeft = await auth0.userBlocks.list(id);
  told.address = await refusal(() => auth0.anomaly.blocks.checkIp("198.51.100.1"));
  await auth0.anomaly.blocks.unblockIp("198.51.100.1");
}

async function everything() {
  await auth0.sessions.revoke(PEOPLE[1].sid);
  told.revokedGone = await refusal(() => auth0.sessions.get(PEOPLE[1].sid));
  await auth0.refreshTokens.revoke({ ids: [PEOPLE[3].grant_id] });
  told.choiceWrong = await refusal(() => auth0.refreshTokens.revoke({}));
  await auth0.users.revokeAccess(user_id, { session_id: PEOPLE[2].sid });
  await auth0.users.revokeAccess(user_id);
  await auth0.users.sessions.delete(user_id);
  await auth0.users.refreshToken.delete(user_id);
  told.sessionsLeft = await whole(await auth0.users.sessions.list(user_id));
  told.tokensLeft = await whole(await auth0.users.refreshToken.list(user_id));
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
