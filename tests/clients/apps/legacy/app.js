// An application on auth0.js 4 to 7, the class Auth0: its callbacks as promises, and how each ended.
"use strict";

const app = {
  auth: null,

  start(options) {
    app.auth = new Auth0(options);
  },

  // Resolves with what the callback was given after the error: a list when it was more than one thing.
  call(name, ...args) {
    return new Promise((resolve) => {
      // The library counts parameters: with fewer than two it does not call back, it leaves the page.
      const ended = (error, value, ...more) =>
        resolve(error ? { error: told(error) } : { value: more.length ? [value, ...more] : (value ?? null) });
      app.auth[name](...args, ended);
    });
  },

  // Calls what opens another window; `pending` is how it ends.
  open(name, ...args) {
    app.pending = app.call(name, ...args);
  },

  // Calls what leaves the page a moment later: whoever asked has then let go.
  begin(name, ...args) {
    setTimeout(() => app.auth[name](...args));
  },
};

function told(error) {
  return {
    name: error.name ?? "",
    code: error.code ?? error.error ?? "",
    // The library's own message for a refused login is the code; it keeps our words among the details.
    description: error.details?.error_description ?? error.message ?? error.error_description ?? "",
  };
}
