// auth0 7 for Node: log streams from creation to deletion, and one that stays; prints what each call gave.
const { ManagementClient } = require("auth0-7");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, HOOK } = process.env;
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

async function main() {
  const streams = auth0.logStreams;
  const sink = { httpEndpoint: HOOK, httpContentFormat: "JSONLINES", httpAuthorization: "Bearer node-7" };
  told.kept = await streams.create({ name: "Kept by Node 7", type: "http", sink });

  const filters = [{ type: "category", name: "auth.login.fail" }];
  const made = await streams.create({ name: "Node 7", type: "http", sink, filters });
  told.created = made;
  told.read = await streams.get(made.id);
  told.list = await streams.list();
  told.updated = await streams.update(made.id, { status: "paused", sink: told.read.sink });
  const elsewhere = { httpEndpoint: "https://elsewhere.example.test/" };
  told.moved = await refusal(() => streams.update(made.id, { sink: { ...told.read.sink, ...elsewhere } }));
  told.other = await refusal(() => streams.create({ name: "x", type: "sumo", sink: { sumoSourceAddress: HOOK } }));
  await streams.delete(made.id);
  told.deleted = 204;
  told.gone = await refusal(() => streams.get(made.id));
  console.log(JSON.stringify(told));
}

main();
