"""Renders the site: its pages, scripts, styles and what is told about them elsewhere; build.py puts it together."""
