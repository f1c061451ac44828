"""Asking people and organizations to do something, and what they did."""
