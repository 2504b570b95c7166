"""Guards an API with access tokens."""
