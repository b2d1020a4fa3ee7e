"""Asks whatever the OpenAPI schema allows, and whatever it does not."""
