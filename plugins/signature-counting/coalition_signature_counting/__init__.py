"""Counts signatures by letter and kind, city, day and source, as a plugin of coalition."""
