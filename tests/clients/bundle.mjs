// Makes browser bundles of the libraries whose npm packages hold none: node bundle.mjs FOLDER
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const [folder] = process.argv.slice(2);

// auth0.js 4 was bundled by a tool that put the version of the package in place of this name.
const packageVersion = {
  name: "package.version",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^package\.version$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, "..", "package.json"),
      namespace: "version",
    }));
    onLoad({ filter: /$/, namespace: "version" }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify(version), loader: "json" };
    });
  },
};

// The auth0.js inside Lock calls its files ES modules. They are not, and would have no exports if taken for such.
const notModules = {
  name: "not ES modules",
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^auth0-js($|\/)/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === notModules) return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: notModules });
      return { path: found.path, namespace: "plain" };
    });
    onLoad({ filter: /$/, namespace: "plain" }, async ({ path }) => ({ contents: await readFile(path) }));
  },
};

const common = {
  bundle: true,
  platform: "browser",
  format: "iife",
  // The tools of their time gave these two to the libraries, a browser does not.
  define: { global: "window", "process.env.NODE_ENV": '"production"' },
  plugins: [packageVersion, notModules],
  absWorkingDir: import.meta.dirname,
  logLevel: "error",
};

const standalone = (version) => ({ entryPoints: [`auth0-js-${version}/standalone.js`] });

const bundles = {
  "auth0-4.js": standalone(4),
  "auth0-6.js": standalone(6),
  "auth0-7.js": standalone(7),
  "auth0-8.js": { entryPoints: ["auth0-js-8"], globalName: "auth0" },
  // The package's own entry for browsers wants polyfills that the package does not bring.
  "lock.js": {
    stdin: {
      contents: `
        import { Auth0Lock, Auth0LockPasswordless } from "auth0-lock";
        Object.assign(window, { Auth0Lock, Auth0LockPasswordless });`,
      resolveDir: import.meta.dirname,
    },
  },
};

await Promise.all(
  Object.entries(bundles).map(([name, options]) =>
    build({ ...common, ...options, outfile: join(folder, name) }),
  ),
);
