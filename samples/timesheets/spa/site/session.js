// Who is signed in, and with which access token.
import { choice } from "/choice.js";
import { Auth0Client } from "/vendor/library.js";

const IDENTITY = "openid profile email";

export class Session {
  #shown = "";

  /** `renewed` is called with a token that has replaced another. */
  constructor(configuration, { renewed }) {
    this.renewed = renewed;
    this.auth0 = new Auth0Client({
      domain: configuration.issuer.replace(/\/$/, ""),
      clientId: configuration.clientId,
      authorizationParams: {
        audience: configuration.audience, // without it, the access token is no token of the API
        scope: IDENTITY,
        redirect_uri: `${location.origin}/`,
      },
      // Tokens stay in memory, where a stolen disk does not have them, and are renewed by refresh token.
      cacheLocation: "memory",
      useRefreshTokens: true,
      useRefreshTokensFallback: true, // no refresh token after a reload: ask in a hidden frame
    });
  }

  /** Comes back from the sign-in page, or finds the session of before a reload. True when somebody is signed in. */
  async begin() {
    const answer = new URLSearchParams(location.search);
    if (answer.has("state") && (answer.has("code") || answer.has("error"))) {
      await this.#return();
    } else if (choice.isMade) {
      await this.#resume();
    }
    return this.auth0.isAuthenticated();
  }

  async #return() {
    try {
      await this.auth0.handleRedirectCallback();
    } catch (error) {
      choice.forget();
      if (error.error !== "login_required") throw error; // that one is no failure: the session is over
    } finally {
      history.replaceState(null, "", "/"); // a code works once: keep it out of the reload and of the history
    }
  }

  /** Silent authentication: the issuer's cookie tells that the person is signed in there, so it asks nothing. */
  async #resume() {
    await this.auth0.checkSession({ authorizationParams: this.#wanted() });
    if (await this.auth0.isAuthenticated()) return;
    // Many browsers keep that cookie from frames in pages of other sites. It is there when the page itself goes.
    await this.auth0.loginWithRedirect({ authorizationParams: { ...this.#wanted(), prompt: "none" } });
    await new Promise(() => {}); // the browser is leaving
  }

  /** Scopes of the API, beside those that tell who it is. */
  #wanted() {
    return { scope: choice.scope };
  }

  signIn({ onlyReading = false } = {}) {
    choice.make({ onlyReading });
    return this.auth0.loginWithRedirect({ authorizationParams: this.#wanted() });
  }

  signOut() {
    choice.forget();
    return this.auth0.logout({ logoutParams: { returnTo: `${location.origin}/` } });
  }

  profile() {
    return this.auth0.getUser();
  }

  /** An access token that is good now, renewed when it is about to expire, or when `renew` is true. */
  async token({ renew = false } = {}) {
    const answer = await this.auth0.getTokenSilently({
      authorizationParams: this.#wanted(),
      cacheMode: renew ? "off" : "on",
      detailedResponse: true,
    });
    // An answer without scope grants everything that was asked (RFC 6749 §5.1).
    const granted = answer.scope ?? `${IDENTITY} ${this.#wanted().scope}`;
    const token = { value: answer.access_token, scopes: granted.split(" "), expiresAt: expiryOf(answer.access_token) };
    if (this.#shown && this.#shown !== token.value) this.renewed(token);
    this.#shown = token.value;
    return token;
  }
}

/** When a JWT expires. Only to show it: the one who must not trust a token unverified is the API. */
function expiryOf(jwt) {
  const payload = jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  return new Date(JSON.parse(atob(payload)).exp * 1000);
}
