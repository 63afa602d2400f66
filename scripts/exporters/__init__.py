"""What the checks of the exporters against real back ends are made of."""
