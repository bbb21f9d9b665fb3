"""Keeping the site in step with a folder tree."""
