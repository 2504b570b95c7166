// Hands out the files of the page; it sees no token and no user.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { buildSync } from "esbuild";
import express from "express";

const { resolve } = createRequire(import.meta.url);
const inPackage = (name, file) => join(dirname(resolve(`${name}/package.json`)), file);
const LOOKS = join(import.meta.dirname, "../../timesheets/spa/site");

const LIBRARIES = {
  "angular.js": inPackage("angular", "angular.min.js"),
  "angular-csp.css": inPackage("angular", "angular-csp.css"),
  "angular-route.js": inPackage("angular-route", "angular-route.min.js"),
  "auth0-angular.js": inPackage("auth0-angular-4.2", "build/auth0-angular.min.js"),
};

/** The page as an Express application. */
export function createPage(settings) {
  const page = express().disable("x-powered-by").use(withHeaders(settings));
  for (const [name, file] of Object.entries(LIBRARIES)) {
    page.get(`/vendor/${name}`, (_, answer) => answer.sendFile(file));
  }
  const auth0 = auth0ForBrowsers();
  page.get("/vendor/auth0.js", (_, answer) => answer.type("js").send(auth0));
  page.get("/configuration.js", (_, answer) => answer.type("js").send(configuration(settings)));
  for (const name of ["style.css", "icon.svg"]) page.get(`/${name}`, (_, answer) => answer.sendFile(join(LOOKS, name)));
  return page.use(express.static(join(import.meta.dirname, "site")));
}

/** The npm package of auth0.js 7 holds no file for browsers: this makes one that defines `Auth0`. */
function auth0ForBrowsers() {
  const built = buildSync({
    entryPoints: [inPackage("auth0-js-7", "standalone.js")],
    bundle: true,
    write: false,
    platform: "browser",
    define: { global: "window" },
  });
  return built.outputFiles[0].text;
}

/** What the page starts from, as an Angular module. No secret is in it. */
function configuration({ issuer, application, payroll, api }) {
  const told = { domain: new URL(issuer).host, clientId: application.clientId, payroll: payroll.clientId, api };
  return `angular.module("configuration", []).constant("configuration", ${JSON.stringify(told)});\n`;
}

/** Headers that let the page talk to the issuer and the API, and to nobody else. */
function withHeaders({ issuer, api }) {
  const policy = [
    "default-src 'self'",
    `connect-src 'self' ${issuer.replace(/\/$/, "")} ${api}`,
    "img-src 'self' https: data:",
    "frame-ancestors 'none'",
  ];
  return (_, answer, next) => {
    answer.set({
      "Content-Security-Policy": policy.join("; "),
      "Cache-Control": "no-cache",
      "Referrer-Policy": "same-origin",
      "X-Content-Type-Options": "nosniff",
    });
    next();
  };
}
