// Starts both halves of the sample, the API and the page: the file `run` beside this one calls it.
import { once } from "node:events";

import { createApi } from "./api/app.mjs";
import { createPage } from "./page/server.mjs";
import { settingsFrom } from "./settings.mjs";

const settings = settingsFrom(process.env);
const api = createApi(settings).listen(settings.apiPort, "localhost");
const page = createPage(settings).listen(settings.port, "localhost");
await Promise.all([once(api, "listening"), once(page, "listening")]);
console.log(`ready: ${settings.origin}/`);
