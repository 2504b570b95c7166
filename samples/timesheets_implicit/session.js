// Who is signed in, and with which access token: by auth0.js and the implicit grant.
import { choice } from "/choice.js";
import auth0 from "/vendor/library.js";

const IDENTITY = "openid profile";
const EARLY = 300; // seconds before its end at which a token is renewed
const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds; a longer one would fire at once

export class Session {
  #token = null; // in memory and nowhere else
  #timer = 0;

  /** `renewed` is called with a token that has replaced another, `ended` with the reason why none did. */
  constructor(configuration, { renewed, ended }) {
    this.renewed = renewed;
    this.ended = ended;
    this.webAuth = new auth0.WebAuth({
      domain: new URL(configuration.issuer).host,
      clientID: configuration.clientId,
      responseType: "token id_token",
      audience: configuration.audience, // without it, the access token is no token of the API
      redirectUri: `${location.origin}/`,
      scope: IDENTITY,
    });
  }

  /** Comes back from the sign-in page, or finds the session of before a reload. True when somebody is signed in. */
  async begin() {
    if (/^#(.*&)?(access_token|id_token|error)=/.test(location.hash)) {
      await this.#return();
    } else if (choice.isMade) {
      await this.#resume();
    }
    return this.#token !== null;
  }

  async #return() {
    try {
      this.#keep(await this.#ask("parseHash", {}));
    } catch (error) {
      choice.forget();
      if (error.error !== "login_required") throw error; // that one is no failure: the session is over
    } finally {
      history.replaceState(null, "", "/"); // keeps the tokens out of the address bar and of the history
    }
  }

  /** Silent authentication: the issuer's cookie tells that the person is signed in there, so it asks nothing. */
  async #resume() {
    try {
      await this.#renew();
    } catch {
      // Many browsers keep that cookie from frames in pages of other sites. It is there when the page itself goes.
      this.webAuth.authorize({ ...this.#wanted(), prompt: "none" });
      await new Promise(() => {}); // the browser is leaving
    }
  }

  /** Asks for a token in a hidden frame. */
  async #renew() {
    this.#keep(await this.#ask("checkSession", this.#wanted()));
  }

  /** Scopes of the API, beside those that tell who it is. */
  #wanted() {
    return { scope: `${IDENTITY} ${choice.scope}` };
  }

  signIn({ onlyReading = false } = {}) {
    choice.make({ onlyReading });
    this.webAuth.authorize(this.#wanted());
  }

  signOut() {
    choice.forget();
    clearTimeout(this.#timer);
    this.#token = null;
    this.webAuth.logout({ returnTo: `${location.origin}/` });
  }

  /** What /userinfo tells about the person. */
  profile() {
    return this.#ask("client.userInfo", this.#token.value);
  }

  /** An access token that is good now, renewed when it has expired, or when `renew` is true. */
  async token({ renew = false } = {}) {
    if (renew || this.#token.expiresAt <= new Date()) await this.#renew();
    return this.#token;
  }

  #keep(answer) {
    const isFirst = this.#token === null;
    // An answer without scope grants everything that was asked (RFC 6749 §4.2.2).
    const granted = answer.scope || this.#wanted().scope;
    const expiresAt = new Date(Date.now() + answer.expiresIn * 1000);
    this.#token = { value: answer.accessToken, scopes: granted.split(" "), expiresAt };
    this.#renewBeforeTheEnd(answer.expiresIn);
    if (!isFirst) this.renewed(this.#token);
  }

  /** There is no refresh token in this flow: the page has to come before its access token ends. */
  #renewBeforeTheEnd(seconds) {
    clearTimeout(this.#timer);
    const wait = (seconds - Math.min(EARLY, seconds / 2)) * 1000;
    this.#timer = setTimeout(() => this.#renew().catch(this.ended), Math.min(wait, LONGEST_TIMER));
  }

  /** Calls a function of auth0.js; rejects with an error that carries the wire's code. */
  #ask(name, argument) {
    const [method, owner] = name.split(".").reverse();
    const object = owner ? this.webAuth[owner] : this.webAuth;
    return new Promise((resolve, reject) => {
      object[method](argument, (refused, answer) => (refused ? reject(asError(refused)) : resolve(answer)));
    });
  }
}

function asError({ error, code, errorDescription, error_description, description }) {
  const known = error ?? code;
  return Object.assign(new Error(errorDescription ?? error_description ?? description ?? known), { error: known });
}
