"""Tickets: the code of a seat, the token a scanner checks without a network, and the tax authority's QR
text.
"""
