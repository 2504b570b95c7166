// An API guarded by express-oauth2-jwt-bearer: one door by our public keys, one by a shared secret.
import express from "express";
import bearer from "express-oauth2-jwt-bearer";

const { auth, requiredScopes } = bearer;
const { ISSUER, TIMESHEETS, INVOICES, INVOICES_SECRET, LISTEN_FD } = process.env;

const app = express();
const timesheets = auth({ issuerBaseURL: ISSUER, audience: TIMESHEETS });
const invoices = auth({
  issuer: ISSUER,
  audience: INVOICES,
  secret: INVOICES_SECRET,
  tokenSigningAlg: "HS256",
});
const claims = (req, res) => res.json(req.auth.payload);

app.get("/timesheets", timesheets, requiredScopes("read:timesheets"), claims);
app.get("/timesheets/new", timesheets, requiredScopes("create:timesheets"), claims);
app.get("/invoices", invoices, claims);

app.use((error, req, res, next) => {
  res
    .status(error.status ?? 500)
    .set(error.headers ?? {})
    .json({ error: error.code, message: error.message });
});

app.listen({ fd: Number(LISTEN_FD) }, () => console.log("ready"));
