"""The tour: requests taken through their whole lives on a stack of their own, with months passing in seconds.

Each story reads from top to bottom as one person would live it; `telling` moves time for all of them at once. Nothing
here reaches into the product: stories send mail, read letters, sign statements, follow links and read the record.
"""
