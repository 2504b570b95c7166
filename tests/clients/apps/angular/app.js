// An AngularJS application on auth0-angular. It remembers its options for the way back from the login page.
"use strict";

const OPTIONS = "application.options";
const TAKES_CALLBACKS = ["signin", "signup", "reset"];

const app = {
  auth: null,
  // [event, what its handler was told], oldest first.
  events: [],

  start(options) {
    sessionStorage.setItem(OPTIONS, JSON.stringify(options));
    angular
      .module("application", ["ngCookies", "ngRoute", "angular-jwt", "auth0"])
      .config(["authProvider", (authProvider) => configure(authProvider, options)])
      .run(["auth", (auth) => (app.auth = auth)]);
    angular.bootstrap(document, ["application"]);
  },

  call(name, ...args) {
    return new Promise((resolve) => {
      const done = (value) => resolve({ value: value ?? null });
      const failed = (error) => resolve({ error: told(error) });
      if (TAKES_CALLBACKS.includes(name)) app.auth[name](...args, done, failed);
      else app.auth[name](...args).then(done, failed);
    });
  },

  // Calls what leaves the page a moment later: whoever asked has then let go.
  begin(name, ...args) {
    setTimeout(() => app.auth[name](...args));
  },
};

function configure(authProvider, options) {
  authProvider.init(options);
  const on = (event, ...names) =>
    authProvider.on(event, [...names, (...values) => app.events.push([event, ...values])]);
  on("loginSuccess", "idToken", "accessToken", "state", "refreshToken");
  on("loginFailure", "error");
  on("authenticated", "idToken");
  on("logout");
  on("forbidden");
}

function told(error) {
  return {
    name: error.name ?? "",
    code: error.code ?? error.error ?? "",
    description: error.message ?? error.error_description ?? "",
  };
}

if (location.hash.length > 1) app.start(JSON.parse(sessionStorage.getItem(OPTIONS)));
