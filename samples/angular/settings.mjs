// What the sample must be told, with values that fit the built-in demo tenant of `gatewright dev`.

/**
 * The settings of the API and the page.
 *
 * issuer: address of the identity provider, with the slash at its end, exactly as in its tokens.
 * application: the client that page and timesheets share, with the secret that signs their tokens.
 * payroll: another client, which is an API with a secret of its own.
 */
export function settingsFrom(environment) {
  const port = Number(environment.PORT ?? 3030);
  const apiPort = Number(environment.API_PORT ?? 3031);
  return {
    issuer: (environment.ISSUER_BASE_URL ?? "https://localhost:8443/").replace(/\/*$/, "/"),
    application: {
      clientId: environment.CLIENT_ID ?? "demo_angular",
      secret: environment.CLIENT_SECRET ?? "demo-angular-secret-for-development-only-1",
    },
    payroll: {
      clientId: environment.PAYROLL_CLIENT_ID ?? "demo_payroll",
      secret: environment.PAYROLL_CLIENT_SECRET ?? "demo-payroll-secret-for-development-only-1",
    },
    port,
    apiPort,
    origin: `http://localhost:${port}`,
    api: `http://localhost:${apiPort}`,
  };
}
