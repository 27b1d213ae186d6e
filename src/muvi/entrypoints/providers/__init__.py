"""What is made of what, one module per capability. `container.py` puts them together."""
