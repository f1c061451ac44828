"""Mail from a coalition to many people, as a plugin of coalition."""
