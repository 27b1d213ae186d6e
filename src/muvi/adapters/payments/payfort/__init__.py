"""PayFort, today Amazon Payment Services: a hosted page, one payment for each reference, signed messages."""
