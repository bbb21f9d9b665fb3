"""Who is in the photos: the owner's decisions about people, and everything that is made from them."""
