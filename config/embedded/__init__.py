"""Runs the whole product from one folder: PostgreSQL, Valkey, mail, web, worker and beat."""
