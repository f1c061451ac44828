"""What the public sees of a coalition: its front page, and a page for each campaign."""
