// The application: its pages, its sign-in, and what becomes of a token that the API refuses.
"use strict";

angular
  .module("timesheets", ["ngRoute", "auth0", "answer", "configuration", "interceptor", "pages"])
  .config(["authProvider", "configuration", signIn])
  .config(["$httpProvider", ($httpProvider) => $httpProvider.interceptors.push("authInterceptor")])
  .config(["$routeProvider", routes])
  .run(["$rootScope", "$location", "auth", guard]);

function signIn(authProvider, configuration) {
  authProvider.init({
    domain: configuration.domain,
    clientID: configuration.clientId,
    callbackURL: `${location.origin}/`,
  });
  // The tokens leave the address bar and the history.
  authProvider.on("loginSuccess", ["$location", ($location) => $location.path("/").replace()]);
  // The token has expired or has been tampered with.
  authProvider.on("forbidden", [
    "auth",
    "$location",
    (auth, $location) => {
      auth.signout();
      $location.path("/login");
    },
  ]);
}

function routes($routeProvider) {
  $routeProvider
    .when("/login", { templateUrl: "/views/login.html", controller: "Login as page" })
    .when("/", { templateUrl: "/views/timesheets.html", controller: "Timesheets as page", requiresLogin: true })
    .otherwise("/");
}

/** Sends whoever is not signed in to the login page. A convenience: it is the API that decides. */
function guard($rootScope, $location, auth) {
  $rootScope.$on("$routeChangeStart", (event, { requiresLogin }) => {
    if (!requiresLogin || auth.isAuthenticated) return;
    event.preventDefault();
    $location.path("/login").replace();
  });
}
