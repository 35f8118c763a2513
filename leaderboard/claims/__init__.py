"""Evidence for or against claims of the field, from pairs of models that differ in one aspect."""
