// An application on auth0.js: its callbacks as promises, and how each ended.
"use strict";

const app = {
  webAuth: null,

  start(options) {
    app.webAuth = new auth0.WebAuth(options);
  },

  // `name` is a function of WebAuth, or of a member of it: "client.userInfo".
  call(name, ...args) {
    const [method, ...owners] = name.split(".").reverse();
    const owner = owners.reverse().reduce((object, key) => object[key], app.webAuth);
    return new Promise((resolve) => {
      const ended = (error, value) => resolve(error ? { error: told(error) } : { value: value ?? null });
      owner[method](...args, ended);
    });
  },

  // Calls what opens another window; `pending` is how it ends.
  open(name, ...args) {
    app.pending = app.call(name, ...args);
  },

  // Calls what leaves the page a moment later: whoever asked has then let go.
  begin(name, ...args) {
    setTimeout(() => app.webAuth[name](...args));
  },
};

function told(error) {
  return {
    name: error.name ?? "",
    code: error.code ?? error.error ?? "",
    description: error.description ?? error.error_description ?? error.errorDescription ?? "",
  };
}
