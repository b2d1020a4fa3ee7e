"""iCalendar (RFC 5545): written strictly, read leniently."""
