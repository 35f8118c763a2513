"""mini-vision: small vision tasks on a dozen photographs, every transfer measured by this project."""

from datamodules.tables.repeated_seeds import three_seeds

MINI_VISION = three_seeds(name="mini-vision", field="vision", examples="patches")
