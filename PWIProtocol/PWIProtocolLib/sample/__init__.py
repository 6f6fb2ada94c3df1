"""A made-up study, so that the module can be tried and tested without data of a patient."""
