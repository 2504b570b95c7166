// auth0 7 for Node: users and all that hangs on them, from creation to deletion; prints what each call gave.
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, CONNECTION, CONNECTION_ID } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const IDENTIFIER = "https://users-node7.example.test/";
const PASSWORD = "Correct-Horse-1";
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.constructor.name, statusCode: error.statusCode, errorCode: error.body.errorCode };
  }
}

async function whole(page) {
  const found = [];
  for await (const each of page) found.push(each);
  return found;
}

function person(name) {
  return { connection: CONNECTION, email: `${name}@node7.test`, password: PASSWORD, email_verified: false };
}

async function users() {
  const made = (told.created = await auth0.users.create({ ...person("first"), verify_email: false }));
  const id = made.user_id;
  told.read = await auth0.users.get(id);
  told.updated = await auth0.users.update(id, { nickname: "changed", user_metadata: { tea: "green" } });
  const q = "email:*@node7.test";
  const second = await auth0.users.create({ ...person("second"), verify_email: false });
  told.list = await whole(await auth0.users.list({ q, per_page: 1, sort: "email:1" }));
  told.byEmail = await auth0.users.listUsersByEmail({ email: "FIRST@node7.test" });
  told.taken = await refusal(() => auth0.users.create({ ...person("first"), verify_email: false }));
  return [id, second.user_id];
}

async function identities(id, second) {
  told.linked = await auth0.users.identities.link(id, { provider: "auth0", user_id: second.split("|")[1] });
  told.unlinked = await auth0.users.identities.delete(id, "auth0", second.split("|")[1]);
  await auth0.users.delete(second);
}

async function rights(id) {
  const scopes = [{ value: "read:things" }, { value: "write:things" }];
  const api = await auth0.resourceServers.create({ identifier: IDENTIFIER, name: "Users 7", scopes });
  const [read, write] = ["read:things", "write:things"].map((permission_name) => ({
    permission_name,
    resource_server_identifier: IDENTIFIER,
  }));
  const role = (told.role = await auth0.roles.create({ name: "node 7", description: "made" }));
  told.roleRead = await auth0.roles.get(role.id);
  told.roleUpdated = await auth0.roles.update(role.id, { description: "changed" });
  told.roleList = await whole(await auth0.roles.list({ name_filter: "node 7" }));
  await auth0.roles.permissions.add(role.id, { permissions: [read] });
  told.rolePermissions = await whole(await auth0.roles.permissions.list(role.id));
  await auth0.roles.users.assign(role.id, { users: [id] });
  told.roleUsers = await whole(await auth0.roles.users.list(role.id, { take: 1 }));
  await auth0.users.roles.delete(id, { roles: [role.id] });
  await auth0.users.roles.assign(id, { roles: [role.id] });
  told.userRoles = await whole(await auth0.users.roles.list(id));
  await auth0.users.permissions.create(id, { permissions: [read, write] });
  told.permissions = await whole(await auth0.users.permissions.list(id, { per_page: 1 }));
  told.effective = await whole(await auth0.users.effectivePermissions.list(id, { take: 1 }));
  told.effectiveRoles = await whole(await auth0.users.effectiveRoles.list(id));
  await auth0.users.permissions.delete(id, { permissions: [write] });
  told.permissionsLeft = await whole(await auth0.users.permissions.list(id));
  await auth0.roles.permissions.delete(role.id, { permissions: [read] });
  await auth0.roles.delete(role.id);
  await auth0.resourceServers.delete(api.id);
}

async function tickets(user_id) {
  told.verification = await auth0.tickets.verifyEmail({ user_id, ttl_sec: 60, includeEmailInRedirect: true });
  const result_url = "https://app.example.test/done";
  told.change = await auth0.tickets.changePassword({ user_id, result_url, mark_email_as_verified: true });
  told.noTicket = await refusal(() => auth0.tickets.changePassword({ user_id, result_url: "javascript:1" }));
}

async function over(id) {
  for (;;) {
    const job = await auth0.jobs.get(id);
    if (job.status === "completed" || job.status === "failed") return job;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function jobs(user_id) {
  const people = [{ email: "imported@node7.test", user_id: "imported-by-node-7" }, { email: "no address" }];
  const users = new Blob([JSON.stringify(people)], { type: "application/json" });
  const ordered = { users, connection_id: CONNECTION_ID, upsert: true, external_id: "node 7" };
  told.import = await auth0.jobs.usersImports.create(ordered);
  told.imported = await over(told.import.id);
  told.errors = await auth0.jobs.errors.get(told.import.id);
  const fields = [{ name: "email" }];
  const asked = { connection_id: CONNECTION_ID, format: "json", fields };
  told.exported = await over((await auth0.jobs.usersExports.create(asked)).id);
  told.lines = (await (await fetch(told.exported.location)).text()).trim().split("\n").map(JSON.parse);
  told.noErrors = (await auth0.jobs.errors.get(told.exported.id)) ?? null;
  told.mailed = await auth0.jobs.verificationEmail.create({ user_id });
  await auth0.users.delete("auth0|imported-by-node-7");
}

async function proofs(id) {
  told.methods = await whole(await auth0.users.authenticationMethods.list(id));
  told.enrollments = await auth0.users.enrollments.get(id);
  await auth0.users.authenticators.deleteAll(id);
  await auth0.users.multifactor.invalidateRememberBrowser(id);
  await auth0.users.multifactor.deleteProvider(id, "google-authenticator");
  told.noEnrolling = await refusal(() =>
    auth0.users.authenticationMethods.create(id, { type: "phone", phone_number: "+15550100" }),
  );
}

async function main() {
  const [id, second] = await users();
  await identities(id, second);
  await rights(id);
  await tickets(id);
  await jobs(id);
  await proofs(id);
  await auth0.users.delete(id);
  told.gone = await refusal(() => auth0.users.get(id));
  console.log(JSON.stringify(told));
}

main();
