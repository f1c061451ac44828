"""Petitions of people: sharing, a goal that grows, counts by city."""
