"""The function by which the owner manages the site from its pages: sets, photos, requests, dead letters."""
