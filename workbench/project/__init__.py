"""A project: a folder with the three documents, their journal and the runs."""
