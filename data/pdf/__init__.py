"""Books as PDF: every printed link with its exact place, from the text layer and the drawing of each page."""
