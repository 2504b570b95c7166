"""Writers of the generated reference pages, one file a page."""
