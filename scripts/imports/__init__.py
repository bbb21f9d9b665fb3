"""Importing what other services gave the owner of photos."""
