// A program on somebody's own machine: signs in through the browser, comes back to a loopback address,
// and says what happened, a line of JSON each. It has no secret.
const appauth = require("@openid/appauth");
const node = require("@openid/appauth/built/node_support");

const { ISSUER, CLIENT_ID, AUDIENCE, PORT } = process.env;
const redirectUri = `http://127.0.0.1:${PORT}/callback`;
const requestor = new node.NodeRequestor();
const say = (what) => console.log(JSON.stringify(what));

async function tokens(configuration, handler, fields) {
  const answer = await handler.performTokenRequest(
    configuration,
    new appauth.TokenRequest({ client_id: CLIENT_ID, redirect_uri: redirectUri, ...fields }),
  );
  return { ...answer.toJson(), isValid: answer.isValid() };
}

async function signedIn(configuration) {
  const notifier = new appauth.AuthorizationNotifier();
  const authorization = new node.NodeBasedHandler(Number(PORT));
  authorization.setAuthorizationNotifier(notifier);
  const answered = new Promise((resolve, reject) =>
    notifier.setAuthorizationListener((request, response, error) =>
      response ? resolve([request, response]) : reject(new Error(error.error)),
    ),
  );
  const request = new appauth.AuthorizationRequest(
    {
      client_id: CLIENT_ID,
      redirect_uri: redirectUri,
      scope: "openid profile offline_access read:timesheets",
      response_type: appauth.AuthorizationRequest.RESPONSE_TYPE_CODE,
      extras: { audience: AUDIENCE },
    },
    new node.NodeCrypto(),
  );
  authorization.performAuthorizationRequest(configuration, request);
  return answered;
}

async function main() {
  const configuration = await appauth.AuthorizationServiceConfiguration.fetchFromIssuer(
    ISSUER.replace(/\/$/, ""),
    requestor,
  );
  const [request, response] = await signedIn(configuration);
  const handler = new appauth.BaseTokenRequestHandler(requestor);
  const first = await tokens(configuration, handler, {
    grant_type: appauth.GRANT_TYPE_AUTHORIZATION_CODE,
    code: response.code,
    extras: { code_verifier: request.internal.code_verifier },
  });
  say({ first });
  const second = await tokens(configuration, handler, {
    grant_type: appauth.GRANT_TYPE_REFRESH_TOKEN,
    refresh_token: first.refresh_token,
  });
  say({ second });
  const revoked = await new appauth.BaseTokenRequestHandler(requestor).performRevokeTokenRequest(
    configuration,
    new appauth.RevokeTokenRequest({ client_id: CLIENT_ID, token: second.refresh_token }),
  );
  say({ revoked });
}

main().catch((error) => {
  say({ error: String(error.message ?? error) });
  process.exit(1);
});
