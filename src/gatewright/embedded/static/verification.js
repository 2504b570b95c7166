(function () {
  "use strict";
  var d = JSON.parse(document.getElementById("data").textContent);
  var form = document.getElementById("verification-form");
  var frame = document.getElementById("application");
  var asked = false;
  var sent = false;

  function ask() {
    asked = true;
    frame.contentWindow.postMessage({ type: "co_verifier_request", request: { id: d.id } }, d.origin);
  }

  function send(verifier) {
    if (sent) return;
    sent = true;
    if (typeof verifier === "string" && verifier) {
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = "verifier";
      field.value = verifier;
      form.appendChild(field);
    }
    form.submit();
  }

  window.addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow || event.origin !== d.origin || !event.data) return;
    if (event.data.type === "ready") ask();
    if (event.data.type === "co_verifier_response" && event.data.response) send(event.data.response.verifier);
  });
  frame.addEventListener("load", function () {
    if (!asked) ask();
  });
  setTimeout(send, 8000, "");
})();
