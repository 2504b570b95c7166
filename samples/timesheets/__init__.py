"""An API and a single-page application that calls it in the name of the person who signed in."""
