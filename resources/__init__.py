"""Everything that touches disk, network, hardware or money."""
