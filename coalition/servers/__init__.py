"""PostgreSQL and Valkey as private servers that belong to one data folder."""
