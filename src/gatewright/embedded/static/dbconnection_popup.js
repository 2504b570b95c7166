(function () {
  "use strict";
  var d = JSON.parse(document.getElementById("data").textContent);
  var opener = window.opener;
  var form = document.getElementById("popup-form");
  var done = false;

  function refuse(event) {
    var text = "The page at " + event.origin + " may not sign people in here.";
    var details = { code: "unauthorized_client", error: "unauthorized_client", description: text };
    var answer = { err: { status: 403, details: details, error: details.error, error_description: text } };
    opener.postMessage(JSON.stringify({ a: "response", d: answer }), event.origin);
  }

  function receive(event) {
    if (event.source !== opener) return;
    if (event.data === "die") window.close();
    var message;
    try {
      message = JSON.parse(event.data);
    } catch (problem) {
      return;
    }
    if (done || !message || message.a !== "request") return;
    if (d.origins.indexOf(event.origin) < 0) return refuse(event);
    done = true;
    var options = (message.d && message.d.options) || {};
    d.fields.forEach(function (name) {
      if (typeof options[name] === "string") form.elements[name].value = options[name];
    });
    form.submit();
  }

  if (!opener) {
    document.getElementById("waiting").hidden = true;
    document.getElementById("alone").hidden = false;
    return;
  }
  window.addEventListener("message", receive);
  opener.postMessage(JSON.stringify({ a: "ready" }), "*");
})();
