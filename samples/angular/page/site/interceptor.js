// Puts the JSON Web Token into every call of the API, and hears when the API refuses it.
"use strict";

angular.module("interceptor", ["configuration", "answer"]).factory("authInterceptor", [
  "$injector",
  "$q",
  "$rootScope",
  "configuration",
  "notice",
  ($injector, $q, $rootScope, configuration, notice) => {
    // To the API and to nobody else: whoever receives the token can use it.
    const isOfApi = ({ url }) => url.startsWith(`${configuration.api}/`);

    return {
      request(call) {
        // Looked up late, because the service itself makes calls.
        const { idToken } = $injector.get("auth");
        if (isOfApi(call) && idToken && !call.headers.Authorization) call.headers.Authorization = `Bearer ${idToken}`;
        return call;
      },

      responseError(answer) {
        if (answer.status === 401 && isOfApi(answer.config)) {
          notice.text = `Please sign in again. The API said: ${answer.data.error_description}.`;
          $rootScope.$broadcast("auth0.forbiddenRequest", answer);
        }
        return $q.reject(answer);
      },
    };
  },
]);
