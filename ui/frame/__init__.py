"""The parts of the window's frame: activity bar, drawer, status bar, palette, dialogs."""
