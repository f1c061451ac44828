"""The one door through which mail leaves."""
