"""From predictions and the truth to scores with intervals."""
