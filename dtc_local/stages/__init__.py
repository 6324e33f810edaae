"""The stages of a conversation, one file each; pipeline.py says in which order they come."""
