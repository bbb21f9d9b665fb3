"""The close function: closes the site when an alarm says so."""
