// A single-page application on auth0-spa-js. It remembers its options for the way back from the login page,
// and says how each call of the library ended.
"use strict";

const OPTIONS = "application.options";

const app = {
  client: null,
  // How the last redirect callback ended, once the page is back from the login page.
  returned: null,

  start(options) {
    sessionStorage.setItem(OPTIONS, JSON.stringify(options));
    app.client = new auth0.Auth0Client(options);
  },

  // Starts as most applications do: the library looks for a session by itself.
  async create(options) {
    app.client = await auth0.createAuth0Client(options);
  },

  async call(name, ...args) {
    return app.ended(app.client[name](...args));
  },

  // Calls what leaves the page, or opens another, a moment later: whoever asked has then let go.
  begin(name, ...args) {
    app.pending = new Promise((resolve) => {
      setTimeout(() => resolve(app.call(name, ...args)));
    });
  },

  async ended(promise) {
    try {
      return { value: (await promise) ?? null };
    } catch (error) {
      const { name, error: code, error_description, message } = error;
      return { error: { name, code: code ?? "", description: error_description ?? message } };
    }
  },
};

if (/[?&]state=/.test(location.search)) {
  app.start(JSON.parse(sessionStorage.getItem(OPTIONS)));
  app.returned = app.call("handleRedirectCallback").then((outcome) => {
    history.replaceState({}, "", location.pathname);
    return outcome;
  });
}
