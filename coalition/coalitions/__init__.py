"""Organizations acting together."""
