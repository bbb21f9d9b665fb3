"""Putting the site on AWS, closing and opening it, taking it off again."""
