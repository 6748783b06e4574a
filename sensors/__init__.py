"""What starts runs by itself. Each module: a pure decision on what is seen, and a thin sensor that sees and acts."""
