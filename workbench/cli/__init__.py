"""The command line: `keras-workbench`, one file per verb. Imports nothing heavy by itself."""
