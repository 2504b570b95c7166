// An API guarded by express-jwt as its users write it: with our published keys, with the secret that a named API
// shares with us, and with the secret of an API of the legacy pipeline. A fourth door does without express-jwt.
import express from "express";
import { expressjwt } from "express-jwt";
import jwt from "jsonwebtoken";
import jwksRsa from "jwks-rsa";

const { ISSUER, TIMESHEETS, INVOICES, INVOICES_SECRET, LEGACY_API, LEGACY_API_SECRET, LISTEN_FD } = process.env;
const jwksUri = `${ISSUER}.well-known/jwks.json`;

const app = express();
const published = expressjwt({
  secret: jwksRsa.expressJwtSecret({ cache: true, rateLimit: true, jwksRequestsPerMinute: 60, jwksUri }),
  audience: TIMESHEETS,
  issuer: ISSUER,
  algorithms: ["RS256"],
});
const shared = (secret, audience) => expressjwt({ secret, audience, issuer: ISSUER, algorithms: ["HS256"] });
const claims = (req, res) => res.json(req.auth);

app.get("/timesheets", published, claims);
app.get("/invoices", shared(INVOICES_SECRET, INVOICES), claims);
app.get("/legacy", shared(LEGACY_API_SECRET, LEGACY_API), claims);
app.get("/wrong-secret", shared("not-the-secret-of-the-invoices-api-0123", INVOICES), claims);

const keys = jwksRsa({ jwksUri });
const keyOf = ({ kid }, done) =>
  keys.getSigningKey(kid).then(
    (key) => done(null, key.getPublicKey()),
    (error) => done(error),
  );
app.get("/by-hand", (req, res, next) => {
  const token = req.get("authorization")?.replace(/^Bearer /, "") ?? "";
  const wanted = { audience: TIMESHEETS, issuer: ISSUER, algorithms: ["RS256"] };
  jwt.verify(token, keyOf, wanted, (error, payload) => (error ? next(error) : res.json(payload)));
});

app.use((error, req, res, next) => {
  res.status(error.status ?? 401).json({ name: error.name, code: error.code, message: error.message });
});

app.listen({ fd: Number(LISTEN_FD) }, () => console.log("ready"));
