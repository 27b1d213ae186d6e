"""What staff write: banners, settings, reasons for a cancellation."""
