// What the person lets this page do with their timesheets. Survives the trip to the sign-in page, and a reload.

const READING = "read:timesheets";
const WRITING = "read:timesheets create:timesheets";
const KEY = "scope";

export const choice = {
  make({ onlyReading }) {
    sessionStorage.setItem(KEY, onlyReading ? READING : WRITING);
  },

  /** Whether somebody signed in here and did not sign out. */
  get isMade() {
    return sessionStorage.getItem(KEY) !== null;
  },

  /** Scopes of the API, space-separated. */
  get scope() {
    return sessionStorage.getItem(KEY) ?? WRITING;
  },

  forget() {
    sessionStorage.removeItem(KEY);
  },
};
