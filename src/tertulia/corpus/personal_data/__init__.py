"""Personal data: found by form and check digits, replaced by typed placeholders.

Nothing heavy is imported here: name the submodule that holds what you need.

find             `find(text)`: what is there, on one string
redact           `redact(text, spec)`: one string with placeholders
step             the corpus step `personal-data`
finding          kinds, finds and what a detector is
check_digits     whether an identifier's check digits hold
identifiers      numbers with check digits; `contact`, `addresses` and `names` are the other forms
"""
