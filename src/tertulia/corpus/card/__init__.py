"""The corpus card: a datasheet, a page with a funnel and samples, and a Croissant description.

facts      what a card states, read from the finished artifacts
sections   these facts in words and tables, in the reader's language
funnel     how many documents each step left, drawn
croissant  the description for machines
write      all files: `write_card`
"""
