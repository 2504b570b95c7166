// What the provider said as it sent the browser back. It is read here before the library reads it.
"use strict";

(() => {
  const STATE = "state";

  /** A value that this browser's next answer must bring back. */
  function newState() {
    const state = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem(STATE, state);
    return state;
  }

  /** Why the answer in the address bar is of no use; empty when it is good, or when there is none. */
  function problemOfAnswer() {
    const told = new URLSearchParams(location.hash.replace(/^#\/?/, ""));
    if (!["access_token", "id_token", "error"].some((name) => told.has(name))) return "";
    const expected = sessionStorage.getItem(STATE);
    sessionStorage.removeItem(STATE);
    // The library does not look at the state: a link from a stranger could sign you in as somebody else.
    if (expected === null || told.get("state") !== expected) return "This sign-in was not started here. Please sign in again.";
    if (told.has("error")) return `Sign-in was refused: ${told.get("error_description") ?? told.get("error")}`;
    return "";
  }

  const problem = problemOfAnswer();
  if (problem) history.replaceState(null, "", "/#/login");

  angular
    .module("answer", [])
    // What the next login page has to say.
    .value("notice", { text: problem })
    .constant("newState", newState);
})();
