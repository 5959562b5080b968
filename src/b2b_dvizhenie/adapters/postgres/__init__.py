"""PostgreSQL: tables, migrations, transactions, repositories, read models, the job queue."""
