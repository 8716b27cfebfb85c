"""How each backend runs a chunk of steps on its device, and hands back every batch's loss."""
