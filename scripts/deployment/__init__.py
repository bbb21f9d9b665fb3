"""Deploying the site, publishing its pages, closing and opening it, taking it off AWS."""
