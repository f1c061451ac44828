"""Saved questions about people and organizations."""
