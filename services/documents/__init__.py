"""The official documents 文书: from the facts of a case to a numbered content value, and from that to a PDF.

`kinds` says which documents there are; `source` what one is made of, `notices`, `acceptances`, `decisions` and `oversight` make
the content of each kind from facts alone; `content` is that value and its written form; `fonts` knows which characters can be
printed; `qr` draws the code; `rendering` makes the PDF. Nothing here knows tables, and nothing outside knows typst or segno.
"""
