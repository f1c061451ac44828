"""The coordinator's pages that look at several features at once, and the administrator's."""
