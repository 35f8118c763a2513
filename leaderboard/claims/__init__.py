"""What the results say of the field's claims, from pairs of models that differ in one thing."""
