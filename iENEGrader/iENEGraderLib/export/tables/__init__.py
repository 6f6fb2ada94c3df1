"""Cases as rows of a table and as a FHIR bundle, for studies and for other systems."""
