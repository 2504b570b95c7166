"""A script that acts for itself the way of about 2014: as a user, with a password, at `/oauth/ro`."""
