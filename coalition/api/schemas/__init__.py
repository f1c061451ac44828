"""What the API takes and gives, feature by feature."""
