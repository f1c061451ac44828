"""Places that public bodies govern."""
