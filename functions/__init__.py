"""What runs in Lambda, and the data shapes and AWS wrappers that its functions share."""
