// Calls to the Timesheets API.

/** The API answered with an error, or not at all (status 0). */
export class ApiError extends Error {
  constructor(status, message, detail) {
    super(message);
    this.status = status;
    this.detail = detail;
  }
}

export class TimesheetsApi {
  constructor(address, session) {
    this.address = `${address}/timesheets`;
    this.session = session;
  }

  list() {
    return this.#call("GET");
  }

  add(timesheet) {
    return this.#call("POST", timesheet);
  }

  async #call(method, body) {
    let response = await this.#send(method, body, {});
    if (response.status === 401) {
      // Keys and clocks change: a new token may be accepted where the old one is not. Once.
      response = await this.#send(method, body, { renew: true });
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new ApiError(response.status, answer.message, reason(answer));
    return answer;
  }

  async #send(method, body, how) {
    const token = await this.session.token(how);
    const headers = { Authorization: `Bearer ${token.value}`, "Content-Type": "application/json" };
    try {
      return await fetch(this.address, { method, headers, body: body && JSON.stringify(body) });
    } catch (error) {
      throw new ApiError(0, "The API does not answer", `${this.address}: ${error.message}`);
    }
  }
}

function reason(answer) {
  if (Array.isArray(answer.detail)) return answer.detail.map((one) => `${one.loc.at(-1)}: ${one.msg}`).join("; ");
  return answer.error_description ?? "";
}
