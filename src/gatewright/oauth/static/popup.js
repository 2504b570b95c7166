(function () {
  "use strict";
  var d = JSON.parse(document.getElementById("data").textContent);
  var opener = window.opener;
  var done = false;

  function show(id) {
    document.getElementById("waiting").hidden = true;
    document.getElementById(id).hidden = false;
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
    if (d.origins.indexOf(event.origin) < 0) {
      document.getElementById("seen").textContent = event.origin;
      show("refused");
      return;
    }
    done = true;
    opener.postMessage(JSON.stringify({ a: "response", d: d.answer }), event.origin);
  }

  if (!opener) {
    show("alone");
    return;
  }
  window.addEventListener("message", receive);
  opener.postMessage(JSON.stringify({ a: "ready" }), "*");
})();
