// auth0 4 for Node: log streams from creation to deletion, and one that stays; prints what each call gave.
const { ManagementClient } = require("auth0-4");

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, HOOK } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
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
  const streams = auth0.logStreams;
  const sink = { httpEndpoint: HOOK, httpContentFormat: "JSONLINES", httpAuthorization: "Bearer node-4" };
  told.kept = (await streams.create({ name: "Kept by Node 4", type: "http", sink })).data;

  const filters = [{ type: "category", name: "auth.login.fail" }];
  const { data: made } = await streams.create({ name: "Node 4", type: "http", sink, filters });
  const id = { id: made.id };
  told.created = made;
  told.read = (await streams.get(id)).data;
  told.list = (await streams.getAll()).data;
  told.updated = (await streams.update(id, { status: "paused", sink: told.read.sink })).data;
  const elsewhere = { httpEndpoint: "https://elsewhere.example.test/" };
  told.moved = await refusal(() => streams.update(id, { sink: { ...told.read.sink, ...elsewhere } }));
  told.other = await refusal(() => streams.create({ name: "x", type: "sumo", sink: { sumoSourceAddress: HOOK } }));
  told.deleted = (await streams.delete(id)).status;
  told.gone = await refusal(() => streams.get(id));
  console.log(JSON.stringify(told));
}

main();
