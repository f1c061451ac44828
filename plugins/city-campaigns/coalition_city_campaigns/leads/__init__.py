"""Leads: people who want to challenge a contract in their city."""
