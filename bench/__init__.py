"""What is fast is measured here, side by side with others, never in a timed test."""
