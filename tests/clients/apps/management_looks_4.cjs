// auth0 4 for Node: how pages and mail look; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    const { name, statusCode, errorCode, message } = error;
    return { name, statusCode, errorCode, message };
  }
}

async function branding() {
  const colors = { primary: "#8b0000", page_background: { type: "linear-gradient", start: "#112233", end: "#445566", angle_deg: 35 } };
  told.branding = (await auth0.branding.updateSettings({ colors, font: { url: "https://fonts.example.test/a.woff2" } })).data;
  told.brandingRead = (await auth0.branding.getSettings()).data;
  told.brandingWrong = await refusal(() => auth0.branding.updateSettings({ colors: { primary: "red" } }));
}

async function main() {
  await branding();
  console.log(JSON.stringify(told));
}

main();
