"""Renders the site: its pages, scripts and styles, and what tells others about them; build.py puts it together."""
