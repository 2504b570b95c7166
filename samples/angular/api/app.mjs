// The API: it believes JSON Web Tokens that are signed with a secret it shares with the identity provider.
import express from "express";
import { expressjwt } from "express-jwt";

import { Timesheets, timesheetFrom } from "./timesheets.mjs";

/** The API as an Express application. Its timesheets are forgotten when the process ends. */
export function createApi(settings) {
  const kept = new Timesheets();
  const ofApplication = tokensFor(settings.application, settings.issuer);
  const ofPayroll = tokensFor(settings.payroll, settings.issuer);

  return express()
    .disable("x-powered-by")
    .use(allowOrigin(settings.origin), express.json({ limit: "10kb" }))
    .get("/timesheets", ofApplication, ({ auth }, answer) => answer.json(kept.of(auth.sub)))
    .post("/timesheets", ofApplication, ({ auth, body }, answer) =>
      answer.status(201).json(kept.add(auth.sub, auth.email ?? null, timesheetFrom(body))),
    )
    .get("/payroll", ofPayroll, ({ auth }, answer) => answer.json({ hours: kept.hoursOf(auth.sub) }))
    .use((_, answer) => answer.status(404).json({ message: "There is nothing here" }))
    .use(refuse);
}

/** Lets calls pass that carry a token for this client, signed with its secret, not expired, of this issuer. */
function tokensFor({ clientId, secret }, issuer) {
  return expressjwt({ secret, issuer, audience: clientId, algorithms: ["HS256"] });
}

/** Lets the page of this origin call the API and read its answers, refusals too. */
function allowOrigin(origin) {
  return (request, answer, next) => {
    answer.vary("Origin");
    if (request.headers.origin === origin) {
      answer.set({
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Expose-Headers": "WWW-Authenticate",
      });
    }
    if (request.method === "OPTIONS") return answer.sendStatus(204);
    return next();
  };
}

/** Says why a call was refused, to the caller and in the log, without repeating the token. */
function refuse(error, request, answer, _next) {
  const status = error.status ?? 500;
  if (status === 500) {
    console.error(error);
    return answer.status(500).json({ message: "The API failed" });
  }
  console.warn(`refused ${request.method} ${request.path}: ${error.message}`);
  if (status !== 401) return answer.status(status).json({ message: error.message });
  return answer
    .status(401)
    .set("WWW-Authenticate", 'Bearer error="invalid_token"')
    .json({ message: "Missing or invalid token", error: "invalid_token", error_description: error.message });
}
