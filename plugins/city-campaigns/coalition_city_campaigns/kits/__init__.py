"""Kits: a campaign described in a file, loaded, exported, and carried to another city."""
