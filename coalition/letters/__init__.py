"""Texts that people and organizations put their name to."""
