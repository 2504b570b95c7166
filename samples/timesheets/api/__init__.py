"""The Timesheets API: it trusts access tokens and nothing else."""
