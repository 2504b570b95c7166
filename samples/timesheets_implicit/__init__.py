"""The page of the sample `timesheets` on auth0.js and the implicit grant, with an API of its own."""
