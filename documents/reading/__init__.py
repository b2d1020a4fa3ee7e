"""From an uploaded file to its text, with pages or headings: guarded, and in a child process."""
