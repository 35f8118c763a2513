"""Small vision tasks on photographs that ship with scikit-image and scikit-learn."""
