// What is seen: every change of the page is in this file. Text goes in as text, never as HTML.

export const $ = (id) => document.getElementById(id);

export function show(...ids) {
  for (const id of ids) $(id).hidden = false;
}

export function hide(...ids) {
  for (const id of ids) $(id).hidden = true;
}

export function showProfile(user) {
  const name = user.name ?? user.sub;
  $("name").textContent = name;
  $("email").textContent = user.email ?? "";
  $("initial").textContent = name.charAt(0).toUpperCase();
  $("picture").addEventListener("load", () => show("picture"));
  if (user.picture) $("picture").src = user.picture;
  show("person");
}

export function showToken(token) {
  $("expires").textContent = token.expiresAt.toLocaleString();
  $("expires").dateTime = token.expiresAt.toISOString();
  $("scopes").replaceChildren(...token.scopes.map((scope) => element("span", scope, "chip")));
}

export function showTimesheets(timesheets) {
  const rows = timesheets.map(({ date, project, hours, email }) => {
    const row = document.createElement("tr");
    row.append(
      element("td", day(date)),
      element("td", project),
      element("td", email ?? "", "address"), // as the token told the API
      element("td", hours, "number"),
    );
    return row;
  });
  $("list").tBodies[0].replaceChildren(...rows);
  $("list").hidden = rows.length === 0;
  $("empty").hidden = rows.length > 0;
  const total = timesheets.reduce((sum, { hours }) => sum + hours, 0);
  $("total").textContent = rows.length ? `${total} h` : "";
}

export function listing(busy) {
  $("listing").ariaBusy = busy;
  $("list-loading").hidden = !busy;
  if (busy) hide("list", "empty");
}

/** Shows what went wrong, with a button that does something about it. */
export function showProblem(title, detail, action, act) {
  $("problem-title").textContent = title;
  $("problem-detail").textContent = detail;
  $("problem-action").textContent = action;
  $("problem-action").onclick = () => {
    hide("problem");
    act();
  };
  hide("loading");
  show("problem");
  $("problem").scrollIntoView({ block: "nearest" });
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function day(iso) {
  return new Date(`${iso}T00:00`).toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}
