"""Events: sets that guests add photos to, and what is printed for them."""
