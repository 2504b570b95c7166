"""A script that acts for itself: it gets a token with its own secret and keeps timesheets in its own name."""
