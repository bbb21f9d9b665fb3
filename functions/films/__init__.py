"""The films function: films in, posters, renditions, faces and rows out."""
