"""PDF: a finished page of ours, set by typst as a tagged document that looks the same on every machine.

The page is data, never program: it is read into elements, these into blocks, and a typst program that is always the
same sets the blocks. So no text of a page can become markup.
"""
