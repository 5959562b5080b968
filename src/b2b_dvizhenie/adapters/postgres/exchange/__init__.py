"""The import of exchange files: records are copied into temporary tables and merged set by set in one transaction."""
