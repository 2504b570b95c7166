// auth0 7 for Node: how pages and mail look; prints what each call gave.
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const THEME = require("./theme.json");
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    const { name, statusCode, body } = error;
    return { name, statusCode, errorCode: body?.errorCode, message: body?.message };
  }
}

const PAGE = "<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>";

async function branding() {
  const colors = { primary: "#8b0000", page_background: { type: "linear-gradient", start: "#112233", end: "#445566", angle_deg: 35 } };
  told.branding = await auth0.branding.update({ colors, font: { url: "https://fonts.example.test/a.woff2" } });
  told.brandingRead = await auth0.branding.get();
  told.brandingWrong = await refusal(() => auth0.branding.update({ colors: { primary: "red" } }));
  await auth0.branding.templates.updateUniversalLogin(PAGE);
  told.page = await auth0.branding.templates.getUniversalLogin();
  told.pageWrong = await refusal(() => auth0.branding.templates.updateUniversalLogin({ template: "<html></html>" }));
  await auth0.branding.templates.deleteUniversalLogin();
  told.pageGone = await refusal(() => auth0.branding.templates.getUniversalLogin());
}

const SMTP = { smtp_host: "mail.example.test", smtp_port: 587, smtp_user: "acme" };

async function provider() {
  const { provider } = auth0.emails;
  told.providerNone = await refusal(() => provider.get());
  const sent = { name: "smtp", enabled: true, default_from_address: "login@acme.example.test" };
  told.provider = await provider.create({ ...sent, credentials: { ...SMTP, smtp_pass: "open sesame" } });
  told.providerRead = await provider.get({ fields: "name,enabled,credentials", include_fields: true });
  told.providerUpdated = await provider.update({ enabled: false });
  told.providerMoved = await refusal(() => provider.update({ credentials: { ...SMTP, smtp_host: "other.example.test" } }));
  told.providerKind = await refusal(() => provider.update({ name: "sendgrid", credentials: { api_key: "key" } }));
  await provider.delete();
}

async function templates() {
  const api = auth0.emailTemplates;
  const name = "verify_email_by_code";
  const sent = { template: name, body: "<a href='{{ url }}'>{{ user.email }}</a>", from: "a@acme.example.test", subject: "Hi", syntax: "liquid", enabled: true };
  told.templateNone = await refusal(() => api.get("reset_email"));
  told.template = await api.create(sent);
  told.templateRead = await api.get(name);
  told.templateUpdated = await api.update(name, { subject: "Changed", urlLifetimeInSeconds: 3600 });
  told.templatePut = await api.set(name, { ...sent, subject: "Put" });
  told.templateTwice = await refusal(() => api.create(sent));
  told.templateWrong = await refusal(() => api.update(name, { body: "one\n{{ two" }));
}

async function themes() {
  const api = auth0.branding.themes;
  told.themeNone = await refusal(() => api.getDefault());
  const made = await api.create(THEME);
  told.theme = made;
  told.themeDefault = await api.getDefault();
  told.themeRead = await api.get(made.themeId);
  told.themeUpdated = await api.update(made.themeId, { ...THEME, displayName: "Changed" });
  told.themeWrong = await refusal(() => api.update(made.themeId, { ...THEME, colors: { ...THEME.colors, error: "red;" } }));
  await api.delete(made.themeId);
  told.themeGone = await refusal(() => api.get(made.themeId));
}

async function prompts() {
  const read = (p, l) => auth0.prompts.customText.get(p, l);
  const write = (p, l, t) => auth0.prompts.customText.set(p, l, t);
  told.prompts = await auth0.prompts.getSettings();
  told.promptsUpdated = await auth0.prompts.updateSettings({ identifier_first: true });
  told.textNone = (await read("login", "en"));
  await write("login", "en", { login: { title: "Welcome to ${companyName}", buttonText: "Come in" } });
  told.text = (await read("login", "en"));
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
