"""The same tables with pandas: python with_pandas.py <data folder> <output folder>. Money is kept in binary floats."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as dataset

AS_OF = pd.Timestamp("2026-01-02")
RECEIVED = ["_ingested_at", "_origin", "_position"]
STATUSES = ["pending", "confirmed", "shipped", "delivered", "cancelled", "returned"]
CHANNELS = ["online", "in_store", "app"]

data, output = Path(sys.argv[1]) / "bronze", Path(sys.argv[2])


def read(source, columns, money=()):
    """The columns of a source; decimals as floats, since objects of Python would be slower by far."""
    fields = {name: dataset.field(name) for name in [*columns, *RECEIVED]}
    fields |= {name: dataset.field(name).cast("double") for name in money}
    table = dataset.dataset(data / source, format="parquet", partitioning="hive").to_table(columns=fields)
    return table.to_pandas(split_blocks=True, self_destruct=True)


def latest(frame, key, version):
    """The last version of each key; of one received twice, the first."""
    frame = frame.assign(length=frame["_position"].str.len())
    order = [version, "_ingested_at", "_origin", "length", "_position"]
    frame = frame.sort_values(order, ascending=[False, True, True, True, True])
    return frame.drop_duplicates(key, keep="first").drop(columns=["length", "_origin", "_position"])


def write(frame, name, by=None):
    folder = output / name
    folder.mkdir(parents=True)
    if by is None:
        frame.to_parquet(folder / "all.parquet", compression="zstd", index=False)
        return
    column, unit = by
    parts = frame[column].dt.to_period(unit)
    for part, rows in frame.groupby(parts, sort=False):
        rows.sort_values(column).to_parquet(folder / f"{part}.parquet", compression="zstd", index=False)


def rounded(column, digits):
    """Half away from zero, as SQL rounds; the binary float of a half may be a little less."""
    unit = 10.0**digits
    return np.sign(column) * np.floor(column.abs() * unit + 0.5 + 1e-6) / unit


def surrogate_key(ids):
    return ids.map(lambda value: int(hashlib.md5(value.encode()).hexdigest()[:15], 16)).astype("int64")


def without_unknown(frame):
    """Profit is unknown where no line has a cost, as in SQL."""
    frame["profit"] = frame["profit"].where(frame["costed"] > 0)
    return frame.drop(columns="costed")


def check(condition, what):
    if not condition:
        raise ValueError(f"check failed: {what}")


def check_not_null(frame, columns):
    for column in columns:
        check(frame[column].notna().all(), f"{column} is null")


def check_unique(frame, columns):
    check(not frame.duplicated(columns).any(), f"{columns} is not unique")


def check_sum(one, other):
    check(abs(one.sum() - other.sum()) <= 0.01, f"{one.name} does not add up")


def trimmed(column):
    return column.str.strip().replace("", None)


def exchange_rates():
    rates = read("exchange_rates", ["base_currency", "quote_currency", "rate_date", "published_at"], ["rate"])
    rates = latest(rates[rates["quote_currency"] == "GBP"], ["base_currency", "rate_date"], "published_at")
    rates = pd.DataFrame(
        {
            "currency": rates["base_currency"].str.strip().str.upper(),
            "rate_date": rates["rate_date"],
            "rate_to_base": rates["rate"],
        }
    )
    check_not_null(rates, rates.columns)
    check((rates["rate_to_base"] >= 0).all(), "rate_to_base")
    check_unique(rates, ["currency", "rate_date"])
    write(rates, "silver.exchange_rates")
    return rates


def products():
    rows = latest(
        read("erp_products", ["product_id", "name", "category", "brand", "updated_at"], ["unit_cost"]),
        ["product_id"],
        "updated_at",
    )
    rows = pd.DataFrame(
        {
            "product_key": surrogate_key(rows["product_id"]),
            "product_id": rows["product_id"],
            "product_name": trimmed(rows["name"]),
            "category": trimmed(rows["category"]),
            "brand": trimmed(rows["brand"]),
            "unit_cost": rows["unit_cost"],
        }
    )
    check_not_null(rows, ["product_key", "product_id"])
    check_unique(rows, ["product_key"])
    check_unique(rows, ["product_id"])
    check(len(rows) > 0, "no products")
    write(rows, "silver.products")
    return rows


def stores():
    rows = latest(read("stores", ["store_id", "store_name", "region", "updated_at"]), ["store_id"], "updated_at")
    rows = pd.DataFrame(
        {
            "store_key": surrogate_key(rows["store_id"]),
            "store_id": rows["store_id"],
            "store_name": trimmed(rows["store_name"]),
            "region": trimmed(rows["region"]),
        }
    )
    check_not_null(rows, ["store_key", "store_id"])
    check_unique(rows, ["store_key"])
    check_unique(rows, ["store_id"])
    check(len(rows) > 0, "no stores")
    write(rows, "silver.stores")
    return rows


def order_lines(rates):
    columns = ["transaction_id", "line_number", "store_id", "customer_id", "product_id", "quantity", "currency"]
    columns += ["channel", "order_status", "payment_method", "transaction_at", "updated_at"]
    money = ["unit_price", "discount_amount", "total_amount"]
    lines = latest(read("pos_transactions", columns, money), ["transaction_id", "line_number"], "updated_at")
    lines["currency"] = lines["currency"].str.strip().str.upper()
    lines["channel"] = lines["channel"].str.strip().str.lower()
    lines["discount_amount"] = lines["discount_amount"].fillna(0.0)
    lines["total_amount_original"] = lines["total_amount"]
    lines["rate_date"] = lines["transaction_at"].dt.normalize()
    rates = rates.assign(rate_date=pd.to_datetime(rates["rate_date"]))
    lines = lines.merge(rates, on=["currency", "rate_date"], how="left")
    lines["fx_rate"] = np.where(lines["currency"] == "GBP", 1.0, lines["rate_to_base"])
    for column, digits in [("unit_price", 4), ("discount_amount", 2), ("total_amount", 2)]:
        lines[column] = rounded(lines[column] * lines["fx_rate"], digits)
    lines.insert(0, "order_line_id", lines["transaction_id"] + "-" + lines["line_number"].astype(str))
    lines = lines.drop(columns=["rate_date", "rate_to_base"]).rename(columns={"_ingested_at": "ingested_at"})
    check_not_null(lines, [name for name in lines.columns if name not in ("customer_id", "payment_method", "channel", "order_status")])
    check_unique(lines, ["order_line_id"])
    check(lines["quantity"].between(-1000, 1000).all(), "quantity")
    check((lines["unit_price"] >= 0).all(), "unit_price")
    check(lines["channel"].dropna().isin(CHANNELS).all(), "channel")
    check(lines["order_status"].dropna().isin(STATUSES).all(), "order_status")
    check(len(lines) > 0, "no lines")
    write(lines, "silver.order_lines", ("transaction_at", "D"))
    return lines


def fact_sale(lines, products, stores):
    kept = ["order_line_id", "product_id", "store_id", "transaction_id", "customer_id", "channel", "transaction_at"]
    sales = lines[[*kept, "quantity", "total_amount", "order_status", "ingested_at"]]
    sales = sales.merge(products[["product_id", "product_key", "unit_cost"]], on="product_id", how="left")
    sales = sales.merge(stores[["store_id", "store_key"]], on="store_id", how="left")
    taken_back = sales["order_status"].isin(["cancelled", "returned"])
    at = sales["transaction_at"].dt
    sales["date_key"] = at.year * 10000 + at.month * 100 + at.day
    sales["net_quantity"] = sales["quantity"].mask(taken_back, 0)
    sales["net_amount"] = sales["total_amount"].mask(taken_back, 0.0)
    sales["line_cost"] = rounded(sales["net_quantity"] * sales["unit_cost"], 2)
    sales["line_profit"] = rounded(sales["net_amount"] - sales["line_cost"], 2)
    sales = sales.rename(columns={"order_line_id": "sale_id"})
    sales = sales.drop(columns=["product_id", "store_id", "order_status", "unit_cost"])
    check_not_null(sales, [name for name in sales.columns if name not in ("customer_id", "line_cost", "line_profit")])
    check_unique(sales, ["sale_id"])
    check(sales["product_key"].isin(products["product_key"]).all(), "product_key")
    check(sales["store_key"].isin(stores["store_key"]).all(), "store_key")
    check(sales["channel"].isin(CHANNELS).all(), "channel")
    check_sum(sales["total_amount"], lines["total_amount"])
    write(sales, "gold.fact_sale", ("transaction_at", "M"))
    return sales


def sales_by_day(sales):
    days = sales.assign(sale_date=sales["transaction_at"].dt.normalize())
    days = days.groupby(["sale_date", "store_key", "channel"], as_index=False).agg(
        line_count=("sale_id", "size"),
        baskets=("transaction_id", "nunique"),
        units=("net_quantity", "sum"),
        revenue=("net_amount", "sum"),
        profit=("line_profit", "sum"),
        costed=("line_profit", "count"),
        last_ingested_at=("ingested_at", "max"),
    )
    days = without_unknown(days)
    check_not_null(days, ["sale_date", "store_key", "channel", "revenue", "last_ingested_at"])
    check((days["line_count"] >= 1).all(), "line_count")
    check((days["baskets"] >= 1).all(), "baskets")
    check_unique(days, ["sale_date", "store_key", "channel"])
    check_sum(days["revenue"], sales["net_amount"])
    write(days, "gold.sales_by_day", ("sale_date", "M"))


def product_performance(sales, products):
    totals = sales.groupby("product_key", as_index=False).agg(
        revenue=("net_amount", "sum"),
        units=("net_quantity", "sum"),
        customers=("customer_id", "nunique"),
        profit=("line_profit", "sum"),
        costed=("line_profit", "count"),
    )
    totals = without_unknown(totals)
    totals["revenue"] = totals["revenue"].round(2)
    totals = totals.merge(products[["product_key", "product_name", "category"]], on="product_key", how="left")
    totals = totals.sort_values(["revenue", "product_key"], ascending=[False, True], ignore_index=True)
    totals["revenue_rank"] = np.arange(1, len(totals) + 1)
    before = (totals["revenue"].cumsum() - totals["revenue"]) / totals["revenue"].sum()
    totals["abc_class"] = np.select([before < 0.8, before < 0.95], ["A", "B"], "C")
    check_not_null(totals, ["product_key", "revenue", "units", "revenue_rank"])
    check_unique(totals, ["product_key"])
    check_unique(totals, ["revenue_rank"])
    check((totals["customers"] >= 0).all(), "customers")
    check(totals["abc_class"].isin(["A", "B", "C"]).all(), "abc_class")
    check_sum(totals["revenue"], sales["net_amount"])
    write(totals, "gold.product_performance")


def customer_metrics(sales):
    customers = sales[sales["customer_id"].notna()].groupby("customer_id", as_index=False).agg(
        baskets=("transaction_id", "nunique"),
        line_count=("sale_id", "size"),
        revenue=("net_amount", "sum"),
        profit=("line_profit", "sum"),
        costed=("line_profit", "count"),
        first_sale_date=("transaction_at", "min"),
        last_sale_date=("transaction_at", "max"),
    )
    for column in ["first_sale_date", "last_sale_date"]:
        customers[column] = customers[column].dt.normalize()
    customers["days_since_last_sale"] = (AS_OF - customers["last_sale_date"]).dt.days
    customers = without_unknown(customers)
    check_not_null(customers, ["customer_id", "revenue", "first_sale_date", "last_sale_date"])
    check_unique(customers, ["customer_id"])
    check((customers[["baskets", "line_count"]] >= 1).all(axis=None), "baskets, line_count")
    check((customers["days_since_last_sale"] >= 0).all(), "days_since_last_sale")
    write(customers, "gold.customer_metrics")


def main():
    rates, all_products, all_stores = exchange_rates(), products(), stores()
    lines = order_lines(rates)
    sales = fact_sale(lines, all_products, all_stores)
    del lines
    sales_by_day(sales)
    product_performance(sales, all_products)
    customer_metrics(sales)


main()
