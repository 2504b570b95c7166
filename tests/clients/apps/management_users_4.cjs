// auth0 4 for Node: users and all that hangs on them, from creation to deletion; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, CONNECTION, CONNECTION_ID } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const IDENTIFIER = "https://users-node4.example.test/";
const PASSWORD = "Correct-Horse-1";
const told = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    const { name, statusCode, errorCode } = error;
    return { name, statusCode, errorCode };
  }
}

async function data(call) {
  return (await call).data;
}

function person(name) {
  return { connection: CONNECTION, email: `${name}@node4.test`, password: PASSWORD, email_verified: false };
}

async function users() {
  const made = (told.created = await data(auth0.users.create({ ...person("first"), verify_email: false })));
  const id = made.user_id;
  told.read = await data(auth0.users.get({ id }));
  told.updated = await data(auth0.users.update({ id }, { nickname: "changed", user_metadata: { tea: "green" } }));
  const q = "email:*@node4.test";
  const second = await data(auth0.users.create({ ...person("second"), verify_email: false }));
  told.list = await data(auth0.users.getAll({ q, sort: "email:1" }));
  told.page = await data(auth0.users.getAll({ q, sort: "email:1", page: 1, per_page: 1, include_totals: true }));
  told.byEmail = await data(auth0.usersByEmail.getByEmail({ email: "FIRST@node4.test" }));
  told.taken = await refusal(() => auth0.users.create({ ...person("first"), verify_email: false }));
  return [id, second.user_id];
}

async function identities(id, second) {
  const user_id = second.split("|")[1];
  told.linked = await data(auth0.users.link({ id }, { provider: "auth0", user_id }));
  told.unlinked = await data(auth0.users.unlink({ id, provider: "auth0", user_id }));
  await auth0.users.delete({ id: second });
}

async function rights(id) {
  const scopes = [{ value: "read:things" }, { value: "write:things" }];
  const api = await data(auth0.resourceServers.create({ identifier: IDENTIFIER, name: "Users 4", scopes }));
  const [read, write] = ["read:things", "write:things"].map((permission_name) => ({
    permission_name,
    resource_server_identifier: IDENTIFIER,
  }));
  const role = (told.role = await data(auth0.roles.create({ name: "node 4", description: "made" })));
  told.roleRead = await data(auth0.roles.get({ id: role.id }));
  told.roleUpdated = await data(auth0.roles.update({ id: role.id }, { description: "changed" }));
  told.roleList = await data(auth0.roles.getAll({ name_filter: "node 4" }));
  await auth0.roles.addPermissions({ id: role.id }, { permissions: [read] });
  told.rolePermissions = await data(auth0.roles.getPermissions({ id: role.id }));
  await auth0.roles.assignUsers({ id: role.id }, { users: [id] });
  told.roleUsers = await data(auth0.roles.getUsers({ id: role.id }));
  await auth0.users.deleteRoles({ id }, { roles: [role.id] });
  await auth0.users.assignRoles({ id }, { roles: [role.id] });
  told.userRoles = await data(auth0.users.getRoles({ id }));
  await auth0.users.assignPermissions({ id }, { permissions: [read, write] });
  told.permissions = await data(auth0.users.getPermissions({ id }));
  await auth0.users.deletePermissions({ id }, { permissions: [write] });
  told.permissionsLeft = await data(auth0.users.getPermissions({ id }));
  await auth0.roles.deletePermissions({ id: role.id }, { permissions: [read] });
  await auth0.roles.delete({ id: role.id });
  await auth0.resourceServers.delete({ id: api.id });
}

async function tickets(user_id) {
  const asked = { user_id, ttl_sec: 60, includeEmailInRedirect: true };
  told.verification = await data(auth0.tickets.verifyEmail(asked));
  const result_url = "https://app.example.test/done";
  const change = { user_id, result_url, mark_email_as_verified: true };
  told.change = await data(auth0.tickets.changePassword(change));
  told.noTicket = await refusal(() => auth0.tickets.changePassword({ user_id, result_url: "javascript:1" }));
}

async function over(id) {
  for (;;) {
    const job = await data(auth0.jobs.get({ id }));
    if (job.status === "completed" || job.status === "failed") return job;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function jobs(user_id) {
  const people = [{ email: "imported@node4.test", user_id: "imported-by-node-4" }, { email: "no address" }];
  const users = new Blob([JSON.stringify(people)], { type: "application/json" });
  const ordered = { users, connection_id: CONNECTION_ID, upsert: true, external_id: "node 4" };
  told.import = await data(auth0.jobs.importUsers(ordered));
  told.imported = await over(told.import.id);
  told.errors = await data(auth0.jobs.getErrors({ id: told.import.id }));
  const asked = { connection_id: CONNECTION_ID, format: "json", fields: [{ name: "email" }] };
  told.exported = await over((await data(auth0.jobs.exportUsers(asked))).id);
  told.lines = (await (await fetch(told.exported.location)).text()).trim().split("\n").map(JSON.parse);
  told.noErrors = (await data(auth0.jobs.getErrors({ id: told.exported.id }))) ?? null;
  told.mailed = await data(auth0.jobs.verifyEmail({ user_id }));
  await auth0.users.delete({ id: "auth0|imported-by-node-4" });
}

async function proofs(id) {
  told.methods = await data(auth0.users.getAuthenticationMethods({ id }));
  told.enrollments = await data(auth0.users.getEnrollments({ id }));
  await auth0.users.deleteAllAuthenticators({ id });
  await auth0.users.invalidateRememberBrowser({ id });
  await auth0.users.deleteMultifactorProvider({ id, provider: "google-authenticator" });
  told.noEnrolling = await refusal(() =>
    auth0.users.createAuthenticationMethod({ id }, { type: "phone", phone_number: "+15550100" }),
  );
}

async function main() {
  const [id, second] = await users();
  await identities(id, second);
  await rights(id);
  await tickets(id);
  await jobs(id);
  await proofs(id);
  told.deleted = (await auth0.users.delete({ id })).status;
  told.gone = await refusal(() => auth0.users.get({ id }));
  console.log(JSON.stringify(told));
}

main();
