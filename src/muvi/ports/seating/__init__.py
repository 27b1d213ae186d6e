"""The box office: whoever keeps the plan of a hall, takes an order for its seats and turns it into a
booking.
"""
