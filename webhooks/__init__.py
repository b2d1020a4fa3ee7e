"""What programs outside are told of: signed, tried again, and written down."""
