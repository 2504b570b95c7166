"""What a tenant file may say, rule by rule; ``rules.py`` is THE LIST. Pure functions."""
