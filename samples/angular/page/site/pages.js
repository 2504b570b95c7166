// The two pages and the head over both: what happens when.
"use strict";

angular
  .module("pages", ["auth0", "configuration", "answer"])
  .controller("Head", ["auth", "configuration", Head])
  .controller("Login", ["auth", "newState", "notice", Login])
  .controller("Timesheets", ["$http", "auth", "configuration", Timesheets]);

function Head(auth, configuration) {
  this.auth = auth;

  /** Forgets the token here and the session at the provider. */
  this.signOut = () => {
    auth.signout();
    const query = new URLSearchParams({ client_id: configuration.clientId, returnTo: `${location.origin}/` });
    location.assign(`https://${configuration.domain}/v2/logout?${query}`);
  };
}

function Login(auth, newState, notice) {
  this.notice = { ...notice };
  notice.text = "";

  // Each word of the scope is one attribute of the person; the API reads `email` from the token.
  this.signIn = () => auth.signin({ authParams: { scope: "openid email", state: newState() } });
}

function Timesheets($http, auth, configuration) {
  const address = `${configuration.api}/timesheets`;
  const today = () => new Date(new Date().setHours(0, 0, 0, 0));

  this.timesheets = [];
  this.entry = { date: today(), project: "", hours: 8 };

  this.list = () => {
    this.problem = "";
    this.listing = true;
    return $http
      .get(address)
      .then(({ data }) => (this.timesheets = data), failed)
      .finally(() => (this.listing = false));
  };

  this.add = () => {
    this.problem = "";
    const { date, project, hours } = this.entry;
    // Sweden writes dates as ISO 8601 does.
    const day = date && date.toLocaleDateString("sv");
    return $http.post(address, { date: day, project, hours }).then(() => {
      this.entry.project = "";
      return this.list();
    }, failed);
  };

  /** Trades the id_token for one that is signed with the secret of payroll, and calls payroll with it. */
  this.askPayroll = () => {
    this.problem = "";
    this.paid = null;
    return auth
      .getToken({ targetClientId: configuration.payroll, api: "app", scope: "openid" })
      .then(({ id_token }) => $http.get(`${configuration.api}/payroll`, { headers: { Authorization: `Bearer ${id_token}` } }))
      .then(({ data }) => (this.paid = { ...data, audience: configuration.payroll }))
      .catch(failed);
  };

  const failed = (refused) => {
    const said = refused.data?.message ?? refused.error_description ?? refused.message;
    this.problem = said ?? "No answer: is it running?";
  };

  this.list();
}
