// Where timesheets are kept, and what a good one is.

/** What the API does not take as a timesheet; the message says why. */
export class BadTimesheet extends Error {
  status = 422;
}

/** The timesheets of everybody; every question names whose, by the subject of a token. */
export class Timesheets {
  #rows = [];

  /** The timesheets of `owner`, newest first. */
  of(owner) {
    return this.#rows
      .filter((row) => row.owner === owner)
      .map(({ owner: _, ...shown }) => shown)
      .sort((a, b) => b.date.localeCompare(a.date) || b.id - a.id);
  }

  /** Keeps a timesheet and returns it with its number. `email` is for people to read. */
  add(owner, email, { date, project, hours }) {
    const shown = { id: this.#rows.length + 1, date, project, hours, email };
    this.#rows.push({ owner, ...shown });
    return shown;
  }

  hoursOf(owner) {
    return this.of(owner).reduce((sum, { hours }) => sum + hours, 0);
  }
}

/** A timesheet out of the body of a request; throws BadTimesheet. Whose it is, a body cannot say. */
export function timesheetFrom(body) {
  const { date, project, hours } = Object(body);
  if (!isDay(date)) throw new BadTimesheet("date: expected a day, as in 2026-11-20");
  const name = typeof project === "string" ? project.trim() : "";
  if (name.length < 1 || name.length > 80) throw new BadTimesheet("project: expected 1 to 80 characters");
  if (!(typeof hours === "number" && hours > 0 && hours <= 24 && Number.isInteger(hours * 4)))
    throw new BadTimesheet("hours: expected up to 24, in quarters");
  return { date, project: name, hours };
}

function isDay(text) {
  if (typeof text !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00Z`);
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(text); // 30 February is none
}
