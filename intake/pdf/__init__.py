"""PDFs, opened in a process that cannot harm this one.

`reading` is what the rest of the product calls; `examiner` keeps the other process; `server` is that process, which
has `contents`, `signatures` and `picture` answer. Nothing that runs over there imports anything of the product outside
this package.
"""
