"""The commands that run and look after an installation."""
