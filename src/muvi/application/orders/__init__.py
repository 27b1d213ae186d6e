"""Buying seats: place an order, choose seats, pay, cancel, and the checkout that finishes all of them."""
