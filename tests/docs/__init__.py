"""What README and docs say can be done, is done."""
