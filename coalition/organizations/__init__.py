"""The directory of organizations, and who belongs to them."""
