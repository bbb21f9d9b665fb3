"""The search function: a face in, the photos of that person out."""
