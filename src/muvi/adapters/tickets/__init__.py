"""Tickets with real keys and real pictures: Ed25519, QR codes, the sheet drawn by Pillow."""
