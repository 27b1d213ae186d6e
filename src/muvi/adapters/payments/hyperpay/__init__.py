"""HyperPay, an instance of the Open Payment Platform: hosted card form, reports, refunds, encrypted
webhooks.
"""
