"""How the words of a good are stored: the text search vector and the list of words for typing errors.

Whoever writes goods (the import, a test's factory) uses both, so that what is stored is what a query looks for.
"""

VECTOR = """(
    setweight(to_tsvector('russian', {codes}), 'A') || setweight(to_tsvector('russian', {brand}), 'B')
    || setweight(to_tsvector('russian', {name}), 'C') || setweight(to_tsvector('russian', {rest}), 'D'))"""
"""SQL expression of `product.search`; format it with four SQL expressions: the fields of a `SearchDocument`."""

ADD_WORDS = """
INSERT INTO search_word (word)
SELECT word FROM (
    SELECT DISTINCT unnest(string_to_array({words}, ' ')) AS word FROM {source}) AS words
 WHERE length(word) BETWEEN 2 AND 60 AND word !~ '^[0-9]+$'
 ORDER BY word
    ON CONFLICT DO NOTHING
"""
"""Remember the words of many goods at once. `source` is a table of new goods, `words` an expression over its columns:
the words (fields of the `SearchDocument`, joined by spaces). Words are only ever added; ordered, so that two imports
cannot deadlock."""
