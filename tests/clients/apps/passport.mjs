// A web application on passport-auth0: sign in, profile, sign out.
import express from "express";
import session from "express-session";
import passport from "passport";
import Auth0Strategy from "passport-auth0";

const { DOMAIN, BASE_URL, CLIENT_ID, CLIENT_SECRET, LISTEN_FD } = process.env;

const app = express();

passport.use(
  new Auth0Strategy(
    { domain: DOMAIN, clientID: CLIENT_ID, clientSecret: CLIENT_SECRET, callbackURL: `${BASE_URL}/callback` },
    (accessToken, refreshToken, extra, profile, done) =>
      done(null, {
        profile,
        hasAccessToken: Boolean(accessToken),
        hasRefreshToken: Boolean(refreshToken),
        tokenType: extra.token_type,
        hasIdToken: Boolean(extra.id_token),
      }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

app.use(
  session({ secret: "a long secret of the application's own cookie", resave: false, saveUninitialized: false }),
);
app.use(passport.session());

app.get("/", (req, res) => {
  res.json({ isAuthenticated: req.isAuthenticated() });
});

app.get("/login", (req, res, next) => {
  passport.authenticate("auth0", { scope: "openid email profile offline_access", ...req.query })(req, res, next);
});

app.get("/callback", passport.authenticate("auth0", { failureRedirect: "/refused" }), (req, res) => {
  res.redirect("/profile");
});

app.get("/refused", (req, res) => {
  res.status(401).json({ isAuthenticated: req.isAuthenticated() });
});

app.get("/profile", (req, res) => {
  if (!req.isAuthenticated()) return res.status(401).json({ isAuthenticated: false });
  return res.json(req.user);
});

app.get("/logout", (req, res, next) => {
  req.logout((error) => {
    if (error) return next(error);
    const query = new URLSearchParams({ client_id: CLIENT_ID, returnTo: `${BASE_URL}/` });
    return res.redirect(`https://${DOMAIN}/v2/logout?${query}`);
  });
});

app.use((error, req, res, next) => {
  res.status(500).json({ name: error.name, message: error.message, code: error.code });
});

app.listen({ fd: Number(LISTEN_FD) }, () => console.log("ready"));
