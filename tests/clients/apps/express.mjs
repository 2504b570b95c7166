// A web application on express-openid-connect: sign in, profile, userinfo, refresh, sign out.
import express from "express";
import openidConnect from "express-openid-connect";

const { auth, requiresAuth } = openidConnect;
const { ISSUER, BASE_URL, CLIENT_ID, CLIENT_SECRET, AUTH0_LOGOUT, LISTEN_FD } = process.env;

const app = express();

app.use(
  auth({
    issuerBaseURL: ISSUER,
    baseURL: BASE_URL,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: "a long secret of the application's own cookie",
    authRequired: false,
    idpLogout: true,
    auth0Logout: AUTH0_LOGOUT === "yes",
    authorizationParams: {
      response_type: "code",
      scope: "openid profile email offline_access",
    },
  }),
);

app.get("/", (req, res) => {
  res.json({ isAuthenticated: req.oidc.isAuthenticated() });
});

app.get("/silent", (req, res) => {
  res.oidc.login({ authorizationParams: { response_type: "code", prompt: "none" } });
});

app.get("/profile", requiresAuth(), (req, res) => {
  res.json({ user: req.oidc.user, claims: req.oidc.idTokenClaims });
});

app.get("/userinfo", requiresAuth(), async (req, res) => {
  res.json(await req.oidc.fetchUserInfo());
});

app.get("/refresh", requiresAuth(), async (req, res) => {
  const before = req.oidc.refreshToken;
  const accessToken = await req.oidc.accessToken.refresh();
  res.json({ tokenType: accessToken.token_type, isReplaced: before !== req.oidc.refreshToken });
});

app.use((error, req, res, next) => {
  res
    .status(error.status ?? 500)
    .json({ error: error.error, error_description: error.error_description, message: error.message });
});

app.listen({ fd: Number(LISTEN_FD) }, () => console.log("ready"));
