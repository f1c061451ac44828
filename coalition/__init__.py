"""The organizing system for coalitions that collect sign-ons and track what follows."""
