"""What a site costs, in an ordinary month and at worst."""
