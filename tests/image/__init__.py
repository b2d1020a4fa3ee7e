"""Docker's files replayed without Docker: the images, and what Compose makes of them."""
