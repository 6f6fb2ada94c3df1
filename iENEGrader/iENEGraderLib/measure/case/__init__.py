"""All measurements of a case, and what of them belongs into its reading."""
