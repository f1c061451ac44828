"""Meetings in the calendars that people already use: feeds to subscribe to, one link a person."""
