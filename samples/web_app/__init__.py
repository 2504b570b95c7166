"""A server-side web application: a person signs in, sees what is known about them, and signs out."""
