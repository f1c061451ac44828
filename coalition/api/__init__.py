"""The REST API: what programs can do with a coalition, described in an OpenAPI document."""
