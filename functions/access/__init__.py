"""Who may see what: audiences, passes, table ``access``, and what the edge knows of it (docs/private.md)."""
