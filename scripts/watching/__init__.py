"""Keeping the site as a folder tree is."""
