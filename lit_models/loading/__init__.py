"""From a name, a class or a YAML file to a model that can be built."""
