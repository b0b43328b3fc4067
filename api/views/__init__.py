"""The endpoints. Each is read-only, anonymous, strict about its parameters and cacheable for a short while."""
