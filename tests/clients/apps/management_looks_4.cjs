// auth0 4 for Node: how pages and mail look; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const THEME = require("./theme.json");
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

const PAGE = "<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>";

async function branding() {
  const colors = { primary: "#8b0000", page_background: { type: "linear-gradient", start: "#112233", end: "#445566", angle_deg: 35 } };
  told.branding = (await auth0.branding.updateSettings({ colors, font: { url: "https://fonts.example.test/a.woff2" } })).data;
  told.brandingRead = (await auth0.branding.getSettings()).data;
  told.brandingWrong = await refusal(() => auth0.branding.updateSettings({ colors: { primary: "red" } }));
  await auth0.branding.setUniversalLoginTemplate({ template: PAGE });
  told.page = (await auth0.branding.getUniversalLoginTemplate()).data;
  told.pageWrong = await refusal(() => auth0.branding.setUniversalLoginTemplate({ template: "<html></html>" }));
  await auth0.branding.deleteUniversalLoginTemplate();
  told.pageGone = await refusal(() => auth0.branding.getUniversalLoginTemplate());
}

const SMTP = { smtp_host: "mail.example.test", smtp_port: 587, smtp_user: "acme" };

async function provider() {
  told.providerNone = await refusal(() => auth0.emails.get());
  const sent = { name: "smtp", enabled: true, default_from_address: "login@acme.example.test" };
  told.provider = (await auth0.emails.configure({ ...sent, credentials: { ...SMTP, smtp_pass: "open sesame" } })).data;
  told.providerRead = (await auth0.emails.get({ fields: "name,enabled,credentials", include_fields: true })).data;
  told.providerUpdated = (await auth0.emails.update({ enabled: false })).data;
  told.providerMoved = await refusal(() => auth0.emails.update({ credentials: { ...SMTP, smtp_host: "other.example.test" } }));
  told.providerKind = await refusal(() => auth0.emails.update({ name: "sendgrid", credentials: { api_key: "key" } }));
  await removed("emails/provider");
}

// version 4 has no method for it
async function removed(path) {
  const form = { grant_type: "client_credentials", client_id: CLIENT_ID, client_secret: CLIENT_SECRET };
  const body = JSON.stringify({ ...form, audience: `https://${DOMAIN}/api/v2/` });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`https://${DOMAIN}/oauth/token`, { method: "POST", headers, body });
  const { access_token } = await answer.json();
  await fetch(`https://${DOMAIN}/api/v2/${path}`, { method: "DELETE", headers: { authorization: `Bearer ${access_token}` } });
}

async function templates() {
  const api = auth0.emailTemplates;
  const name = { templateName: "verify_email" };
  const sent = { template: "verify_email", body: "<a href='{{ url }}'>{{ user.email }}</a>", from: "a@acme.example.test", subject: "Hi", syntax: "liquid", enabled: true };
  told.templateNone = await refusal(() => api.get({ templateName: "reset_email" }));
  told.template = (await api.create(sent)).data;
  told.templateRead = (await api.get(name)).data;
  told.templateUpdated = (await api.update(name, { subject: "Changed", urlLifetimeInSeconds: 3600 })).data;
  told.templatePut = (await api.put(name, { ...sent, subject: "Put" })).data;
  told.templateTwice = await refusal(() => api.create(sent));
  told.templateWrong = await refusal(() => api.update(name, { body: "one\n{{ two" }));
}

async function themes() {
  const api = auth0.branding;
  const of = (made) => ({ themeId: made.themeId });
  told.themeNone = await refusal(() => api.getDefaultTheme());
  const made = (await api.createTheme(THEME)).data;
  told.theme = made;
  told.themeDefault = (await api.getDefaultTheme()).data;
  told.themeRead = (await api.getTheme(of(made))).data;
  told.themeUpdated = (await api.updateTheme(of(made), { ...THEME, displayName: "Changed" })).data;
  told.themeWrong = await refusal(() => api.updateTheme(of(made), { ...THEME, colors: { ...THEME.colors, error: "red;" } }));
  await api.deleteTheme(of(made));
  told.themeGone = await refusal(() => api.getTheme(of(made)));
}

async function prompts() {
  const read = (p, l) => auth0.prompts.getCustomTextByLanguage({ prompt: p, language: l });
  const write = (p, l, t) => auth0.prompts.updateCustomTextByLanguage({ prompt: p, language: l }, t);
  told.prompts = (await auth0.prompts.get()).data;
  told.promptsUpdated = (await auth0.prompts.update({ identifier_first: true })).data;
  told.textNone = (await read("login", "en")).data;
  await write("login", "en", { login: { title: "Welcome to ${companyName}", buttonText: "Come in" } });
  told.text = (await read("login", "en")).data;
  told.textWrong = await refusal(() => write("login", "en", { login: { buttonTexts: "x" } }));
  await write("login", "en", {});
}

async function main() {
  await branding();
  await provider();
  await templates();
  await themes();
  await prompts();
  console.log(JSON.stringify(told));
}

main();
