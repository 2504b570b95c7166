// auth0 7 for Node: attack protection read and changed; prints what each call gave.
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const api = auth0.attackProtection;
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
  const brute = await api.bruteForceProtection.get();
  told.brute = brute;
  told.bruteChanged = await api.bruteForceProtection.update({ max_attempts: 7 });
  await api.bruteForceProtection.update(brute);
  const network = await api.suspiciousIpThrottling.get();
  told.network = network;
  const stage = { "pre-login": { max_attempts: 77, rate: 36000 } };
  told.networkChanged = await api.suspiciousIpThrottling.update({ stage });
  await api.suspiciousIpThrottling.update(network);
  told.breached = await api.breachedPasswordDetection.get();
  told.same = await api.breachedPasswordDetection.update(told.breached);
  told.bots = await api.botDetection.get();
  told.captcha = await api.captcha.get();
  told.refused = await refusal(() => api.breachedPasswordDetection.update({ enabled: true }));
  told.wrong = await refusal(() => api.bruteForceProtection.update({ max_attempts: 0 }));
  console.log(JSON.stringify(told));
}

main();
