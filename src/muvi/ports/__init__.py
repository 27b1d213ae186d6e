"""What the core asks of the world, by capability: Protocols named for their role, their errors, read
views.
"""
