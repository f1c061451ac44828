"""Culver City: its bodies and campaigns, as data."""
