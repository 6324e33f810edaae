"""Which result can fill which parameter: entities, scored edges, call graphs drawn along them, and their views."""
