"""The wiring: settings, addresses, the job queue, and the embedded servers."""
