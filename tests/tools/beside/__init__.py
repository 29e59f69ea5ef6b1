"""What Sphinx makes of a book, beside what we make of it, fault by fault: `make beside`.

__main__ ──▶ makers (Sphinx's two builders, and us) ──▶ files ──▶ pdf, epub: what a reader would miss in each
"""
