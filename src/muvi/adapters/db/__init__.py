"""PostgreSQL: the truth about seats, orders and money. One adapter per port; tables in `tables/`."""
