"""What tools return where their specification does not say: recorded, observed, given by the user, or inferred."""
