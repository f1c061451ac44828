"""Logins: users, their roles, sessions and tokens."""
