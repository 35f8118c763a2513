"""Small vision tasks on photographs that ship inside the wheels of scikit-image and scikit-learn."""
