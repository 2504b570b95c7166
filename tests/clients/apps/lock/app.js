// An application with Lock, and what Lock told of itself.
"use strict";

const EVENTS = [
  "authenticated",
  "authorization_error",
  "forgot_password submit",
  "hide",
  "show",
  "signin ready",
  "signin submit",
  "signup error",
  "signup submit",
  "signup success",
  "unrecoverable_error",
];

const app = {
  lock: null,
  // [event, what it carried], oldest first.
  events: [],

  start({ clientID, domain, ...options }) {
    // By default Lock gets pictures and words from hosts that a test has not.
    const local = { avatar: null, theme: { logo: "data:," }, languageBaseUrl: `https://${domain}` };
    app.lock = new Auth0Lock(clientID, domain, { ...local, ...options });
    for (const event of EVENTS) app.lock.on(event, (carried) => app.events.push([event, told(carried)]));
  },

  // Calls a moment later, as a click on a button of the page would.
  begin(name, ...args) {
    setTimeout(() => app.lock[name](...args));
  },
};

function told(carried) {
  return carried instanceof Error ? { description: carried.message } : (carried ?? null);
}
