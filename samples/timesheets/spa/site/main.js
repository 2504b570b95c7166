// The application: what happens when.
import { ApiError, TimesheetsApi } from "/api.js";
import { Session } from "/session.js";
import { $, hide, listing, show, showProblem, showProfile, showTimesheets, showToken } from "/view.js";

const SIGN_IN_AGAIN = ["login_required", "invalid_grant", "missing_refresh_token"];

const configuration = await fetch("/configuration.json").then((response) => response.json());
const session = new Session(configuration, { renewed: showToken, ended: explain });
const api = new TimesheetsApi(configuration.api, session);

$("library").textContent = configuration.library;
$("sign-in").onclick = () => attempt(() => session.signIn());
$("sign-in-reading").onclick = () => attempt(() => session.signIn({ onlyReading: true }));
$("sign-out").onclick = () => attempt(() => session.signOut());
$("renew").onclick = () => attempt(renew);
$("add").onsubmit = (event) => {
  event.preventDefault();
  const entry = written();
  attempt(() => add(entry)); // should it fail, the entry is kept for another try
};

$("add").elements.date.value = new Date().toLocaleDateString("sv"); // Sweden writes dates as ISO 8601 does

await attempt(begin);

async function begin() {
  const signedIn = await session.begin().finally(() => hide("loading"));
  if (!signedIn) return show("welcome");
  showProfile(await session.profile());
  const token = await session.token();
  showToken(token);
  show("app");
  await offer(token.scopes);
}

/** Shows what the granted scopes allow. A convenience: it is the API that decides. */
async function offer(scopes) {
  const mayRead = scopes.includes("read:timesheets");
  const mayAdd = scopes.includes("create:timesheets");
  $("listing").hidden = !mayRead;
  $("adding").hidden = !mayAdd;
  $("not-reading").hidden = mayRead;
  $("not-adding").hidden = mayAdd || !mayRead;
  if (mayRead) await list();
}

async function list() {
  listing(true);
  try {
    showTimesheets(await api.list());
  } finally {
    listing(false);
  }
}

/** What the form says; the form is ready for the next entry at once. */
function written() {
  const { date, project, hours } = $("add").elements;
  const entry = { date: date.value, project: project.value, hours: Number(hours.value) };
  project.value = "";
  project.focus();
  return entry;
}

async function add(entry) {
  await api.add(entry);
  await list();
}

async function renew() {
  $("renewed").textContent = "";
  showToken(await session.token({ renew: true }));
  $("renewed").textContent = "A new one is here.";
}

async function attempt(work) {
  hide("problem");
  try {
    await work();
  } catch (error) {
    explain(error, work);
  }
}

function explain(error, work) {
  if (error instanceof ApiError) {
    const title = error.message ?? `The API answered ${error.status}`;
    return showProblem(title, error.detail, "Try again", () => attempt(work === begin ? list : work));
  }
  if (SIGN_IN_AGAIN.includes(error.error)) {
    const detail = "Your session has ended, or your browser hides it from this page.";
    return showProblem("Please sign in again", detail, "Sign in", () => attempt(() => session.signIn()));
  }
  const detail = error.error_description ?? error.message;
  showProblem(error.error === "access_denied" ? "You did not allow it" : "That did not work", detail, "Start again", () =>
    location.assign("/"),
  );
}
