"""Uploading sets of photos."""
