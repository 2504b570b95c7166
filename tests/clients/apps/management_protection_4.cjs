// auth0 4 for Node: attack protection read and changed; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const api = auth0.attackProtection;
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
  const brute = (await api.getBruteForceConfig()).data;
  told.brute = brute;
  told.bruteChanged = (await api.updateBruteForceConfig({ max_attempts: 7 })).data;
  await api.updateBruteForceConfig(brute);
  const network = (await api.getSuspiciousIpThrottlingConfig()).data;
  told.network = network;
  const stage = { "pre-login": { max_attempts: 77, rate: 36000 } };
  told.networkChanged = (await api.updateSuspiciousIpThrottlingConfig({ stage })).data;
  await api.updateSuspiciousIpThrottlingConfig(network);
  told.breached = (await api.getBreachedPasswordDetectionConfig()).data;
  told.same = (await api.updateBreachedPasswordDetectionConfig(told.breached)).data;
  told.bots = (await api.getBotDetectionConfig()).data;
  told.captcha = (await api.getCaptchaConfig()).data;
  told.refused = await refusal(() => api.updateBreachedPasswordDetectionConfig({ enabled: true }));
  told.wrong = await refusal(() => api.updateBruteForceConfig({ max_attempts: 0 }));
  console.log(JSON.stringify(told));
}

main();
