"""The same tables with PySpark: python with_spark.py <data folder> <output folder>. Money in decimals, as in SQL."""

import sys
from pathlib import Path

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

AS_OF = "2026-01-02"
STATUSES = ["pending", "confirmed", "shipped", "delivered", "cancelled", "returned"]
CHANNELS = ["online", "in_store", "app"]

data, output = Path(sys.argv[1]) / "bronze", Path(sys.argv[2])

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.driver.memory", "8g")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
    .config("spark.sql.parquet.compression.codec", "zstd")
    .config("spark.sql.shuffle.partitions", "8")
    .config("spark.local.dir", str(output / "spill"))
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def latest(source, key, version):
    """The last version of each key; of one received twice, the first."""
    order = [F.col(version).desc(), "_ingested_at", "_origin", F.length("_position"), "_position"]
    recency = F.row_number().over(Window.partitionBy(*key).orderBy(*order))
    return spark.read.parquet(str(data / source)).withColumn("recency", recency).where("recency = 1")


def write(rows, name, by=None):
    """Writes a table and reads it back."""
    folder = str(output / name)
    if by is None:
        rows.coalesce(1).write.parquet(folder)
        return spark.read.parquet(folder)
    column, pattern = by
    rows = rows.withColumn("part", F.date_format(column, pattern))
    rows.repartition("part").sortWithinPartitions("part", column).write.partitionBy("part").parquet(folder)
    return spark.read.parquet(folder).drop("part")


def surrogate_key(column):
    return F.conv(F.substring(F.md5(column), 1, 15), 16, 10).cast("bigint")


def trimmed(column):
    return F.nullif(F.trim(column), F.lit(""))


def check(rows, **failures):
    """Each condition marks rows that fail; all are counted in one pass."""
    counted = rows.select(*(F.count(F.when(condition, 1)).alias(what) for what, condition in failures.items())).first()
    for what, count in counted.asDict().items():
        if count > 0:
            raise ValueError(f"check failed: {what}")


def nulls(*columns):
    return {f"{name} is null": F.col(name).isNull() for name in columns}


def check_unique(rows, *columns):
    if rows.groupBy(*columns).count().where("count > 1").limit(1).count() > 0:
        raise ValueError(f"check failed: {columns} is not unique")


def check_known(rows, column, known):
    if rows.join(known, column, "left_anti").limit(1).count() > 0:
        raise ValueError(f"check failed: {column} is not known")


def check_sum(rows, column, others, other):
    if rows.agg(F.sum(column)).first()[0] != others.agg(F.sum(other)).first()[0]:
        raise ValueError(f"check failed: {column} does not add up")


def check_filled(rows):
    if rows.limit(1).count() == 0:
        raise ValueError("check failed: no rows")


def exchange_rates():
    rates = latest("exchange_rates", ["base_currency", "quote_currency", "rate_date"], "published_at")
    rates = rates.where("quote_currency = 'GBP'").select(
        F.upper(F.trim("base_currency")).alias("currency"), "rate_date", F.col("rate").alias("rate_to_base")
    )
    rates = write(rates, "silver.exchange_rates")
    check(rates, **nulls(*rates.columns), rate=F.col("rate_to_base") < 0)
    check_unique(rates, "currency", "rate_date")
    return rates


def products():
    rows = latest("erp_products", ["product_id"], "updated_at").select(
        surrogate_key("product_id").alias("product_key"),
        "product_id",
        trimmed("name").alias("product_name"),
        trimmed("category").alias("category"),
        trimmed("brand").alias("brand"),
        "unit_cost",
    )
    rows = write(rows, "silver.products")
    check(rows, **nulls("product_key", "product_id"))
    check_unique(rows, "product_key")
    check_unique(rows, "product_id")
    check_filled(rows)
    return rows


def stores():
    rows = latest("stores", ["store_id"], "updated_at").select(
        surrogate_key("store_id").alias("store_key"),
        "store_id",
        trimmed("store_name").alias("store_name"),
        trimmed("region").alias("region"),
    )
    rows = write(rows, "silver.stores")
    check(rows, **nulls("store_key", "store_id"))
    check_unique(rows, "store_key")
    check_unique(rows, "store_id")
    check_filled(rows)
    return rows


def in_base(column, digits):
    converted = (F.col(column) * F.col("fx_rate")).cast(f"decimal(18,{digits})")
    return F.when(F.col("currency") == "GBP", F.col(column)).otherwise(converted)


def order_lines(rates):
    lines = latest("pos_transactions", ["transaction_id", "line_number"], "updated_at")
    lines = (
        lines.withColumn("currency", F.upper(F.trim("currency")))
        .withColumn("channel", F.lower(F.trim("channel")))
        .withColumn("discount_amount", F.coalesce("discount_amount", F.lit(0).cast("decimal(18,2)")))
        .withColumn("rate_date", F.to_date("transaction_at"))
        .join(F.broadcast(rates), ["currency", "rate_date"], "left")
        .withColumn("fx_rate", F.when(F.col("currency") == "GBP", F.lit(1).cast("decimal(18,6)")).otherwise(F.col("rate_to_base")))
        .select(
            F.concat_ws("-", "transaction_id", "line_number").alias("order_line_id"),
            "transaction_id",
            "line_number",
            "store_id",
            "customer_id",
            "product_id",
            "quantity",
            in_base("unit_price", 4).alias("unit_price"),
            in_base("discount_amount", 2).alias("discount_amount"),
            in_base("total_amount", 2).alias("total_amount"),
            "currency",
            F.col("total_amount").alias("total_amount_original"),
            "fx_rate",
            "channel",
            "order_status",
            "payment_method",
            "transaction_at",
            "updated_at",
            F.col("_ingested_at").alias("ingested_at"),
        )
    )
    lines = write(lines, "silver.order_lines", ("transaction_at", "yyyy-MM-dd"))
    optional = {"customer_id", "payment_method", "channel", "order_status"}
    check(
        lines,
        **nulls(*(name for name in lines.columns if name not in optional)),
        quantity=~F.col("quantity").between(-1000, 1000),
        unit_price=F.col("unit_price") < 0,
        channel=~F.col("channel").isin(CHANNELS),
        order_status=~F.col("order_status").isin(STATUSES),
    )
    check_unique(lines, "order_line_id")
    check_filled(lines)
    return lines


def fact_sale(lines, products, stores):
    is_kept = ~F.col("order_status").isin("cancelled", "returned")
    sales = (
        lines.join(F.broadcast(products.select("product_id", "product_key", "unit_cost")), "product_id", "left")
        .join(F.broadcast(stores.select("store_id", "store_key")), "store_id", "left")
        .withColumn("net_quantity", F.when(is_kept, F.col("quantity")).otherwise(0))
        .withColumn("net_amount", F.when(is_kept, F.col("total_amount")).otherwise(0).cast("decimal(18,2)"))
        .withColumn("line_cost", (F.col("net_quantity") * F.col("unit_cost")).cast("decimal(18,2)"))
        .select(
            F.col("order_line_id").alias("sale_id"),
            "product_key",
            "store_key",
            F.date_format("transaction_at", "yyyyMMdd").cast("int").alias("date_key"),
            "transaction_id",
            "customer_id",
            "channel",
            "transaction_at",
            "quantity",
            "total_amount",
            "net_quantity",
            "net_amount",
            "line_cost",
            (F.col("net_amount") - F.col("line_cost")).cast("decimal(18,2)").alias("line_profit"),
            "ingested_at",
        )
    )
    sales = write(sales, "gold.fact_sale", ("transaction_at", "yyyy-MM"))
    optional = {"customer_id", "line_cost", "line_profit"}
    check(
        sales,
        **nulls(*(name for name in sales.columns if name not in optional)),
        channel=~F.col("channel").isin(CHANNELS),
    )
    check_unique(sales, "sale_id")
    check_known(sales, "product_key", products)
    check_known(sales, "store_key", stores)
    check_sum(sales, "total_amount", lines, "total_amount")
    return sales


def sales_by_day(sales):
    days = sales.groupBy(F.to_date("transaction_at").alias("sale_date"), "store_key", "channel").agg(
        F.count("*").alias("line_count"),
        F.countDistinct("transaction_id").alias("baskets"),
        F.sum("net_quantity").alias("units"),
        F.sum("net_amount").cast("decimal(18,2)").alias("revenue"),
        F.sum("line_profit").cast("decimal(18,2)").alias("profit"),
        F.max("ingested_at").alias("last_ingested_at"),
    )
    days = write(days, "gold.sales_by_day", ("sale_date", "yyyy-MM"))
    check(
        days,
        **nulls("sale_date", "store_key", "channel", "revenue", "last_ingested_at"),
        line_count=F.col("line_count") < 1,
        baskets=F.col("baskets") < 1,
    )
    check_unique(days, "sale_date", "store_key", "channel")
    check_sum(days, "revenue", sales, "net_amount")


def product_performance(sales, products):
    ranking = Window.orderBy(F.col("revenue").desc(), "product_key")
    running = ranking.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    everything = Window.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    before = (F.sum("revenue").over(running) - F.col("revenue")) * 100
    whole = F.sum("revenue").over(everything)
    totals = (
        sales.groupBy("product_key")
        .agg(
            F.sum("net_amount").cast("decimal(18,2)").alias("revenue"),
            F.sum("net_quantity").alias("units"),
            F.countDistinct("customer_id").alias("customers"),
            F.sum("line_profit").cast("decimal(18,2)").alias("profit"),
        )
        .join(F.broadcast(products.select("product_key", "product_name", "category")), "product_key", "left")
        .withColumn("revenue_rank", F.row_number().over(ranking))
        .withColumn("abc_class", F.when(before < whole * 80, "A").when(before < whole * 95, "B").otherwise("C"))
    )
    totals = write(totals, "gold.product_performance")
    check(
        totals,
        **nulls("product_key", "revenue", "units", "revenue_rank"),
        customers=F.col("customers") < 0,
        abc_class=~F.col("abc_class").isin("A", "B", "C"),
    )
    check_unique(totals, "product_key")
    check_unique(totals, "revenue_rank")
    check_sum(totals, "revenue", sales, "net_amount")


def customer_metrics(sales):
    customers = (
        sales.where("customer_id is not null")
        .groupBy("customer_id")
        .agg(
            F.countDistinct("transaction_id").alias("baskets"),
            F.count("*").alias("line_count"),
            F.sum("net_amount").cast("decimal(18,2)").alias("revenue"),
            F.sum("line_profit").cast("decimal(18,2)").alias("profit"),
            F.to_date(F.min("transaction_at")).alias("first_sale_date"),
            F.to_date(F.max("transaction_at")).alias("last_sale_date"),
        )
        .withColumn("days_since_last_sale", F.datediff(F.lit(AS_OF), "last_sale_date"))
    )
    customers = write(customers, "gold.customer_metrics")
    check(
        customers,
        **nulls("customer_id", "revenue", "first_sale_date", "last_sale_date"),
        baskets=F.col("baskets") < 1,
        line_count=F.col("line_count") < 1,
        days_since_last_sale=F.col("days_since_last_sale") < 0,
    )
    check_unique(customers, "customer_id")


def main():
    rates, all_products, all_stores = exchange_rates(), products(), stores()
    lines = order_lines(rates)
    sales = fact_sale(lines, all_products, all_stores)
    sales_by_day(sales)
    product_performance(sales, all_products)
    customer_metrics(sales)
    spark.stop()


main()
