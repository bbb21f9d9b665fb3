"""Photos that are on the site: listed, deleted, processed again, exported."""
