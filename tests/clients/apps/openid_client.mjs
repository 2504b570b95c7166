// A web application on openid-client: every call of the library that a confidential client has use for.
import { randomUUID } from "node:crypto";
import express from "express";
import * as oidc from "openid-client";

const { ISSUER, BASE_URL, CLIENT_ID, CLIENT_SECRET, AUDIENCE, LISTEN_FD } = process.env;
const COOKIE = "openid_client_app";
const REDIRECT_URI = `${BASE_URL}/callback`;

const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET);
const sessions = new Map();
const app = express();

app.use((req, res, next) => {
  const sent = req.headers.cookie?.match(`${COOKIE}=([^;]+)`)?.[1];
  const id = sessions.has(sent) ? sent : randomUUID();
  if (id !== sent) {
    sessions.set(id, {});
    res.cookie(COOKIE, id, { httpOnly: true });
  }
  req.session = sessions.get(id);
  next();
});

app.get("/login", async (req, res) => {
  const session = req.session;
  session.verifier = oidc.randomPKCECodeVerifier();
  session.state = oidc.randomState();
  session.nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: "openid profile email offline_access read:timesheets",
    audience: AUDIENCE,
    code_challenge: await oidc.calculatePKCECodeChallenge(session.verifier),
    code_challenge_method: "S256",
    state: session.state,
    nonce: session.nonce,
    ...req.query,
  });
  res.redirect(url.href);
});

app.get("/callback", async (req, res) => {
  const session = req.session;
  session.tokens = await oidc.authorizationCodeGrant(config, new URL(req.originalUrl, BASE_URL), {
    pkceCodeVerifier: session.verifier,
    expectedState: session.state,
    expectedNonce: session.nonce,
    idTokenExpected: true,
    maxAge: req.query.max_age,
  });
  session.claims = session.tokens.claims();
  res.json({ claims: session.claims, scope: session.tokens.scope, expires_in: session.tokens.expires_in });
});

app.get("/userinfo", async (req, res) => {
  const { tokens, claims } = req.session;
  res.json(await oidc.fetchUserInfo(config, tokens.access_token, claims.sub));
});

app.get("/refresh", async (req, res) => {
  const before = req.session.tokens;
  const after = await oidc.refreshTokenGrant(config, before.refresh_token);
  req.session.tokens = after;
  res.json({ claims: after.claims(), isReplaced: after.refresh_token !== before.refresh_token });
});

app.get("/introspect", async (req, res) => {
  res.json(await oidc.tokenIntrospection(config, req.session.tokens[req.query.token]));
});

app.get("/revoke", async (req, res) => {
  await oidc.tokenRevocation(config, req.session.tokens[req.query.token]);
  res.json({ isRevoked: true });
});

app.get("/machine", async (req, res) => {
  const tokens = await oidc.clientCredentialsGrant(config, { audience: AUDIENCE });
  res.json({ scope: tokens.scope, expires_in: tokens.expires_in });
});

app.get("/wrong-secret", async (req, res) => {
  const wrong = await oidc.discovery(new URL(ISSUER), CLIENT_ID, "not-the-secret");
  res.json(await oidc.clientCredentialsGrant(wrong, { audience: AUDIENCE }));
});

app.get("/logout", (req, res) => {
  const url = oidc.buildEndSessionUrl(config, {
    post_logout_redirect_uri: `${BASE_URL}/`,
    id_token_hint: req.session.tokens.id_token,
    state: "goodbye",
  });
  res.redirect(url.href);
});

app.get("/", (req, res) => res.json({ query: req.query }));

app.use((error, req, res, next) => {
  const { code, error: name, error_description, status, message } = error;
  res.status(400).json({ code, error: name, error_description, status, message });
});

app.listen({ fd: Number(LISTEN_FD) }, () => console.log("ready"));
