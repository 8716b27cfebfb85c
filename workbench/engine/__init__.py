"""Engine processes: where Keras runs, and how the window talks to it. No Qt.

`client` drives one engine process from the window's side, `child` is the process itself, and
`local` runs the same jobs in the calling process for the command line and the tests.
"""
