"""Files from disk to documents: JSON and YAML within limits, folders, and documents of several files made one."""
