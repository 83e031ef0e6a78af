"""The same tables with Polars, lazily: python with_polars.py <data folder> <output folder>. Money in binary floats."""

import hashlib
import sys
from datetime import date
from pathlib import Path

import polars as pl

AS_OF = date(2026, 1, 2)
RECEIVED = ["_ingested_at", "_origin", "_position"]
STATUSES = ["pending", "confirmed", "shipped", "delivered", "cancelled", "returned"]
CHANNELS = ["online", "in_store", "app"]

data, output = Path(sys.argv[1]) / "bronze", Path(sys.argv[2])


def latest(source, columns, key, version, money=()):
    """The last version of each key; of one received twice, the first."""
    rows = pl.scan_parquet(data / source / "**/*.parquet", hive_partitioning=False)
    order = [pl.col(version), "_ingested_at", "_origin", pl.col("_position").str.len_chars(), "_position"]
    return (
        rows.select(*columns, *RECEIVED, *(pl.col(name).cast(pl.Float64) for name in money))
        .sort(order, descending=[True, False, False, False, False])
        .unique(subset=key, keep="first")
        .drop("_origin", "_position")
    )


def write(rows, name, by=None):
    """Writes a table and reads it back lazily."""
    folder = output / name
    folder.mkdir(parents=True)
    if by is None:
        rows.sink_parquet(folder / "all.parquet", compression="zstd")
    else:
        column, length = by
        part = pl.col(column).cast(pl.Datetime).dt.strftime(length).alias("part")
        target = pl.PartitionBy(folder, key=part, include_key=False)
        rows.sort(column).sink_parquet(target, compression="zstd", mkdir=True)
    return pl.scan_parquet(folder / "**/*.parquet", hive_partitioning=False)


def rounded(column, digits):
    """Half away from zero, as SQL rounds; the binary float of a half may be a little less."""
    unit = 10.0**digits
    return column.sign() * (column.abs() * unit + 0.5 + 1e-6).floor() / unit


def surrogate_key(column):
    return pl.col(column).map_elements(
        lambda value: int(hashlib.md5(value.encode()).hexdigest()[:15], 16), return_dtype=pl.Int64
    )


def known_sum(column):
    """Null where no value is known, as in SQL."""
    return pl.when(pl.col(column).count() > 0).then(pl.col(column).sum())


def trimmed(column):
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def check(rows, **conditions):
    """Each condition is an expression that must be true for the table; all are computed in one pass."""
    for what, passed in rows.select(**conditions).collect().row(0, named=True).items():
        if not passed:
            raise ValueError(f"check failed: {what}")


def not_null(*columns):
    return {f"{name} is not null": pl.col(name).null_count() == 0 for name in columns}


def unique(*columns):
    key = pl.col(columns[0]) if len(columns) == 1 else pl.struct(columns)
    return {f"{', '.join(columns)} is unique": key.n_unique() == pl.len()}


def within(column, values):
    return {f"{column} is accepted": (pl.col(column).is_in(values) | pl.col(column).is_null()).all()}


def total(rows, column):
    return rows.select(pl.col(column).sum()).collect().item()


def exchange_rates():
    columns = ["base_currency", "quote_currency", "rate_date", "published_at"]
    rates = latest("exchange_rates", columns, ["base_currency", "quote_currency", "rate_date"], "published_at", ["rate"])
    rates = write(
        rates.filter(pl.col("quote_currency") == "GBP").select(
            pl.col("base_currency").str.strip_chars().str.to_uppercase().alias("currency"),
            "rate_date",
            pl.col("rate").alias("rate_to_base"),
        ),
        "silver.exchange_rates",
    )
    check(
        rates,
        **not_null("currency", "rate_date", "rate_to_base"),
        **unique("currency", "rate_date"),
        rate=(pl.col("rate_to_base") >= 0).all(),
    )
    return rates


def products():
    columns = ["product_id", "name", "category", "brand", "updated_at"]
    rows = latest("erp_products", columns, ["product_id"], "updated_at", ["unit_cost"]).select(
        surrogate_key("product_id").alias("product_key"),
        "product_id",
        trimmed("name").alias("product_name"),
        trimmed("category").alias("category"),
        trimmed("brand").alias("brand"),
        "unit_cost",
    )
    rows = write(rows, "silver.products")
    check(
        rows, **not_null("product_key", "product_id"), **unique("product_key"), **unique("product_id"), filled=pl.len() > 0
    )
    return rows


def stores():
    rows = latest("stores", ["store_id", "store_name", "region", "updated_at"], ["store_id"], "updated_at").select(
        surrogate_key("store_id").alias("store_key"),
        "store_id",
        trimmed("store_name").alias("store_name"),
        trimmed("region").alias("region"),
    )
    rows = write(rows, "silver.stores")
    check(rows, **not_null("store_key", "store_id"), **unique("store_key"), **unique("store_id"), filled=pl.len() > 0)
    return rows


def order_lines(rates):
    columns = ["transaction_id", "line_number", "store_id", "customer_id", "product_id", "quantity", "currency"]
    columns += ["channel", "order_status", "payment_method", "transaction_at", "updated_at"]
    money = ["unit_price", "discount_amount", "total_amount"]
    rate = pl.col("fx_rate")
    lines = (
        latest("pos_transactions", columns, ["transaction_id", "line_number"], "updated_at", money)
        .with_columns(
            pl.col("currency").str.strip_chars().str.to_uppercase(),
            pl.col("channel").str.strip_chars().str.to_lowercase(),
            pl.col("discount_amount").fill_null(0.0),
            pl.col("transaction_at").dt.date().alias("rate_date"),
        )
        .join(rates, on=["currency", "rate_date"], how="left")
        .with_columns(pl.when(pl.col("currency") == "GBP").then(1.0).otherwise("rate_to_base").alias("fx_rate"))
        .select(
            pl.format("{}-{}", "transaction_id", "line_number").alias("order_line_id"),
            "transaction_id",
            "line_number",
            "store_id",
            "customer_id",
            "product_id",
            "quantity",
            rounded(pl.col("unit_price") * rate, 4).alias("unit_price"),
            rounded(pl.col("discount_amount") * rate, 2).alias("discount_amount"),
            rounded(pl.col("total_amount") * rate, 2).alias("total_amount"),
            "currency",
            pl.col("total_amount").alias("total_amount_original"),
            "fx_rate",
            "channel",
            "order_status",
            "payment_method",
            "transaction_at",
            "updated_at",
            pl.col("_ingested_at").alias("ingested_at"),
        )
    )
    lines = write(lines, "silver.order_lines", ("transaction_at", "%Y-%m-%d"))
    optional = {"customer_id", "payment_method", "channel", "order_status"}
    check(
        lines,
        **not_null(*(name for name in lines.collect_schema().names() if name not in optional)),
        **unique("order_line_id"),
        **within("channel", CHANNELS),
        **within("order_status", STATUSES),
        quantity=pl.col("quantity").is_between(-1000, 1000).all(),
        unit_price=(pl.col("unit_price") >= 0).all(),
        filled=pl.len() > 0,
    )
    return lines


def fact_sale(lines, products, stores):
    at = pl.col("transaction_at").dt
    is_kept = ~pl.col("order_status").is_in(["cancelled", "returned"])
    sales = (
        lines.join(products.select("product_id", "product_key", "unit_cost"), on="product_id", how="left")
        .join(stores.select("store_id", "store_key"), on="store_id", how="left")
        .with_columns(
            pl.when(is_kept).then("quantity").otherwise(0).alias("net_quantity"),
            pl.when(is_kept).then("total_amount").otherwise(0.0).alias("net_amount"),
        )
        .with_columns(rounded(pl.col("net_quantity") * pl.col("unit_cost"), 2).alias("line_cost"))
        .select(
            pl.col("order_line_id").alias("sale_id"),
            "product_key",
            "store_key",
            (at.year() * 10000 + at.month().cast(pl.Int32) * 100 + at.day()).alias("date_key"),
            "transaction_id",
            "customer_id",
            "channel",
            "transaction_at",
            "quantity",
            "total_amount",
            "net_quantity",
            "net_amount",
            "line_cost",
            rounded(pl.col("net_amount") - pl.col("line_cost"), 2).alias("line_profit"),
            "ingested_at",
        )
    )
    sales = write(sales, "gold.fact_sale", ("transaction_at", "%Y-%m"))
    optional = {"customer_id", "line_cost", "line_profit"}
    product_keys = products.select("product_key").collect().to_series()
    store_keys = stores.select("store_key").collect().to_series()
    check(
        sales,
        **not_null(*(name for name in sales.collect_schema().names() if name not in optional)),
        **unique("sale_id"),
        **within("product_key", product_keys.implode()),
        **within("store_key", store_keys.implode()),
        **within("channel", CHANNELS),
        total_amount=(pl.col("total_amount").sum() - total(lines, "total_amount")).abs() <= 0.01,
    )
    return sales


def sales_by_day(sales):
    days = sales.group_by(pl.col("transaction_at").dt.date().alias("sale_date"), "store_key", "channel").agg(
        pl.len().alias("line_count"),
        pl.col("transaction_id").n_unique().alias("baskets"),
        pl.col("net_quantity").sum().alias("units"),
        pl.col("net_amount").sum().alias("revenue"),
        known_sum("line_profit").alias("profit"),
        pl.col("ingested_at").max().alias("last_ingested_at"),
    )
    days = write(days, "gold.sales_by_day", ("sale_date", "%Y-%m"))
    check(
        days,
        **not_null("sale_date", "store_key", "channel", "revenue", "last_ingested_at"),
        **unique("sale_date", "store_key", "channel"),
        line_count=(pl.col("line_count") >= 1).all(),
        baskets=(pl.col("baskets") >= 1).all(),
        revenue=(pl.col("revenue").sum() - total(sales, "net_amount")).abs() <= 0.01,
    )


def product_performance(sales, products):
    revenue = pl.col("revenue")
    totals = (
        sales.group_by("product_key")
        .agg(
            pl.col("net_amount").sum().round(2).alias("revenue"),
            pl.col("net_quantity").sum().alias("units"),
            pl.col("customer_id").drop_nulls().n_unique().alias("customers"),
            known_sum("line_profit").alias("profit"),
        )
        .join(products.select("product_key", "product_name", "category"), on="product_key", how="left")
        .sort("revenue", "product_key", descending=[True, False])
        .with_row_index("revenue_rank", offset=1)
        .with_columns(((revenue.cum_sum() - revenue) / revenue.sum()).alias("before"))
        .with_columns(
            pl.when(pl.col("before") < 0.8)
            .then(pl.lit("A"))
            .when(pl.col("before") < 0.95)
            .then(pl.lit("B"))
            .otherwise(pl.lit("C"))
            .alias("abc_class")
        )
        .drop("before")
    )
    totals = write(totals, "gold.product_performance")
    check(
        totals,
        **not_null("product_key", "revenue", "units", "revenue_rank"),
        **unique("product_key"),
        **unique("revenue_rank"),
        **within("abc_class", ["A", "B", "C"]),
        customers=(pl.col("customers") >= 0).all(),
        total=(revenue.sum() - total(sales, "net_amount")).abs() <= 0.01,
    )


def customer_metrics(sales):
    customers = (
        sales.filter(pl.col("customer_id").is_not_null())
        .group_by("customer_id")
        .agg(
            pl.col("transaction_id").n_unique().alias("baskets"),
            pl.len().alias("line_count"),
            pl.col("net_amount").sum().alias("revenue"),
            known_sum("line_profit").alias("profit"),
            pl.col("transaction_at").min().dt.date().alias("first_sale_date"),
            pl.col("transaction_at").max().dt.date().alias("last_sale_date"),
        )
        .with_columns((pl.lit(AS_OF) - pl.col("last_sale_date")).dt.total_days().alias("days_since_last_sale"))
    )
    customers = write(customers, "gold.customer_metrics")
    check(
        customers,
        **not_null("customer_id", "revenue", "first_sale_date", "last_sale_date"),
        **unique("customer_id"),
        baskets=(pl.col("baskets") >= 1).all(),
        line_count=(pl.col("line_count") >= 1).all(),
        days_since_last_sale=(pl.col("days_since_last_sale") >= 0).all(),
    )


def main():
    rates, all_products, all_stores = exchange_rates(), products(), stores()
    lines = order_lines(rates)
    sales = fact_sale(lines, all_products, all_stores)
    sales_by_day(sales)
    product_performance(sales, all_products)
    customer_metrics(sales)


main()
