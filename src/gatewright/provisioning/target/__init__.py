"""What a tenant shall be: its present state and the file on top. Plain functions, entity by entity."""
