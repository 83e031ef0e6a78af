"""Glue job: answers one request of the Spark adapter (engine/adapters/spark).

The request names views over files, the SQL to run on them, and where the answer goes: its rows, or the files that it
wrote. Nothing here knows of tables, catalogs or models. Errors are part of the answer; the job fails after it.
"""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql import types as t

Json = dict[str, Any]

PARTITION_KEY = "tributary_partition"
"""Names the folder of a row's partition; not part of the files."""

ELEMENT_ID = "tributary.element.id"
"""Where a column's metadata has the field id of its array's elements."""

LARGEST_EXACT_INTEGER = 2**53 - 1

COMMITTER = {
    # All files appear at the end of the job: what a task leaves that failed half-way is never among them.
    "mapreduce.fileoutputcommitter.algorithm.version": "1",
    "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}

ROW_GROUP_BYTES = 128 * 1024 * 1024

TYPE_NAMES = {
    "string": "varchar",
    "int": "integer",
    "float": "real",
    "binary": "varbinary",
    "timestamp_ntz": "timestamp",
    "timestamp": "timestamp with time zone",
}
"""Spark's names where models have others."""


class RequestError(Exception):
    """What the asker can put right."""

    def __init__(self, code: str, message: str, **more: str) -> None:
        super().__init__(message)
        self.details = {"code": code, "message": message, **more}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--request", required=True, help="object that holds the request")
    # Glue adds arguments of its own.
    known, _ = parser.parse_known_args(arguments)
    if not run(SparkSession.builder.getOrCreate(), known.request):
        sys.exit("the request failed; its answer says why")


def run(spark: SparkSession, uri: str) -> bool:
    """Answers a request, in a session of its own; tells whether it went well."""
    set_utc()
    session = spark.newSession()
    request = json.loads(session.read.text(uri, wholetext=True).head().value)
    try:
        answer = answer_to(session, request)
    except Exception as error:  # whatever it is, the asker has to know
        answer = {"error": described(error)}
    put_text(session, request["answer"], json.dumps(answer, ensure_ascii=False, allow_nan=False))
    return "error" not in answer


def set_utc() -> None:
    """Python shows instants in the zone of its process."""
    os.environ["TZ"] = "UTC"
    time.tzset()


def answer_to(session: SparkSession, request: Json) -> Json:
    for statement in request["statements"]:
        session.sql(statement)
    for view in request["views"]:
        bind(session, view)
    result = session.sql(request["sql"])
    if "write" in request:
        return {"files": write(session, result, request["write"])}
    return {"rows": rows_of(result, request["maxRows"])}


# Reading


def bind(session: SparkSession, view: Json) -> None:
    """Makes a temporary view of all rows of the scans, in the view's columns and types."""
    schema = t.StructType.fromJson(view["schema"])
    rows = session.range(0).select([f.lit(None).cast(field.dataType).alias(field.name) for field in schema])
    for part in view["scans"]:
        rows = rows.unionAll(scan(session, part, schema))
    rows.createOrReplaceTempView(quoted(view["name"]))


def scan(session: SparkSession, part: Json, schema: t.StructType) -> DataFrame:
    """The rows of files, whose columns become those of the schema in their order."""
    stored = t.StructType.fromJson(part["schema"])
    # A path may hold what elsewhere stands for any characters.
    paths = [path.replace("*", "\\*") for path in part["paths"]]
    rows = session.read.format(part["format"]).options(**part["options"]).schema(stored).load(paths)
    return rows.select(
        [
            f.col(quoted(there.name)).cast(here.dataType).alias(here.name)
            for there, here in zip(stored, schema, strict=True)
        ]
    )


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


# Rows


def rows_of(result: DataFrame, most: int) -> list[Json]:
    rows = result.limit(most + 1).collect()
    if len(rows) > most:
        raise RequestError(
            "result_too_large",
            f"the query has more than {most} rows",
            advice="Such a result is a table: write it, or aggregate it in the query.",
        )
    return [
        {field.name: spelled(value, field.dataType) for field, value in zip(result.schema, row, strict=True)}
        for row in rows
    ]


def spelled(value: Any, kind: t.DataType) -> Any:
    """A value as all engines give it: integers as numbers where they are exact, decimals, dates and times as text."""
    if value is None:
        return None
    match kind:
        case t.BooleanType() | t.StringType():
            return value
        case t.IntegralType():
            return value if abs(value) <= LARGEST_EXACT_INTEGER else str(value)
        case t.FractionalType() if not isinstance(value, Decimal):
            return number_or_text(value)
        case t.DecimalType():
            return format(value, "f")
        case t.TimestampNTZType():
            return moment(value)
        case t.TimestampType():
            return moment(value) + "+00"
        case t.BinaryType():
            return "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02X}" for byte in value)
        case t.ArrayType():
            return [spelled(item, kind.elementType) for item in value]
        case t.MapType():
            pairs = value.items()
            return [{"key": spelled(key, kind.keyType), "value": spelled(item, kind.valueType)} for key, item in pairs]
        case t.StructType():
            return {field.name: spelled(value[field.name], field.dataType) for field in kind}
        case _:
            return str(value)


def number_or_text(value: float) -> float | str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def moment(value: datetime) -> str:
    """Digits that say nothing are left out."""
    text = value.strftime("%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{value.date().isoformat()} {text}"


# Writing


def write(session: SparkSession, result: DataFrame, target: Json) -> list[Json]:
    """Writes the rows as Parquet files below a folder, by partition, and describes those that have rows."""
    schema = t.StructType.fromJson(target["schema"])
    require_declared(result.schema, schema)
    rows = result.select(
        [f.col(quoted(field.name)).cast(field.dataType).alias(field.name, metadata=field.metadata) for field in schema]
    )
    writer = arranged(session, rows, target).write
    if target["partition"]:
        writer = writer.partitionBy(PARTITION_KEY)
    writer.options(**COMMITTER).parquet(target["folder"])
    if any(ELEMENT_ID in field.metadata for field in schema):
        add_element_ids(session, schema, target["folder"])
    return written_files(session, schema, target)


def arranged(session: SparkSession, rows: DataFrame, target: Json) -> DataFrame:
    """The rows in as many parts as files of a good size need, in order within each."""
    order = [f.col(quoted(name)).asc_nulls_last() for name in target["sortBy"]]
    if target["partition"]:
        key = f.to_json(f.array([f.expr(text) for text in target["partition"]]))
        rows = rows.withColumn(PARTITION_KEY, key)
        rows = session.sql(f"select /*+ rebalance({PARTITION_KEY}) */ * from {{rows}}", rows=rows)
        return rows.sortWithinPartitions(PARTITION_KEY, *order)
    if order:
        return rows.repartitionByRange(*order).sortWithinPartitions(*order)
    return rows.hint("rebalance")


def written_files(session: SparkSession, schema: t.StructType, target: Json) -> list[Json]:
    if not exists(session, target["folder"]):
        return []
    files = session.read.schema(schema).option("recursiveFileLookup", "true").parquet(target["folder"])
    by_file = files.groupBy(f.col("_metadata.file_path").alias("path"), f.col("_metadata.file_size").alias("bytes"))
    rows = by_file.agg(
        f.count(f.lit(1)).alias("rows"),
        f.sum(f.expr(target["hash"]).cast("decimal(20,0)")).alias("hash"),
        f.first(f.array([f.expr(text) for text in target["partition"]])).alias("partition"),
    ).collect()
    # Spark gives the path as a URI.
    return [{**row.asDict(), "path": unquote(row.path), "hash": str(row.hash)} for row in rows]


def add_element_ids(session: SparkSession, schema: t.StructType, folder: str) -> None:
    """Gives array elements their field ids, without which readers of Iceberg tables see no arrays.

    Spark writes ids of columns only. The data are copied as they are, below a schema that has the ids.
    """
    parquet = session._jvm.org.apache.parquet.hadoop
    element_ids = {field.name: field.metadata[ELEMENT_ID] for field in schema if ELEMENT_ID in field.metadata}
    system, root = file_system(session, folder)
    for source in files_below(system, root):
        given = parquet.util.HadoopInputFile.fromPath(source, system.getConf())
        reader = parquet.ParquetFileReader.open(given)
        metadata = reader.getFileMetaData()
        reader.close()
        target = session._jvm.org.apache.hadoop.fs.Path(source.getParent(), "ids-" + source.getName())
        writer = parquet.ParquetFileWriter(
            parquet.util.HadoopOutputFile.fromPath(target, system.getConf()),
            with_element_ids(session, metadata.getSchema(), element_ids),
            parquet.ParquetFileWriter.Mode.CREATE,
            ROW_GROUP_BYTES,
            0,
        )
        writer.start()
        writer.appendFile(given)
        writer.end(metadata.getKeyValueMetaData())
        system.delete(source, False)


def with_element_ids(session: SparkSession, schema: Any, ids: dict[str, int]) -> Any:
    """A Parquet schema in which the elements of some lists have ids."""
    fields = []
    for field in schema.getFields():
        if field.getName() in ids:
            repeated = field.asGroupType().getType(0).asGroupType()
            element = repeated.getType(0).withId(ids[field.getName()])
            field = field.asGroupType().withNewFields([repeated.withNewFields([element])])
        fields.append(field)
    return session._jvm.org.apache.parquet.schema.MessageType(schema.getName(), fields)


def require_declared(result: t.StructType, declared: t.StructType) -> None:
    """Names must be the same, in any order; a type may differ in width, but not in kind."""
    yielded = {field.name.lower(): field.dataType for field in result}
    missing = [f"{field.name} is missing" for field in declared if field.name not in yielded]
    extra = [f"{name} is not declared" for name in yielded if name not in declared.names]
    different = [
        f"{field.name} is {type_name(yielded[field.name]).upper()}, not {type_name(field.dataType)}"
        for field in declared
        if field.name in yielded and not is_same_kind(yielded[field.name], field.dataType)
    ]
    if missing or extra or different:
        raise RequestError(
            "schema_mismatch",
            "the result differs from the declared columns: " + "; ".join([*missing, *extra, *different]),
            advice="Change the SELECT, or the columns in the model’s header. Cast where a change of kind is meant.",
        )


def is_same_kind(given: t.DataType, declared: t.DataType) -> bool:
    match declared:
        case t.IntegralType():
            return isinstance(given, t.IntegralType) or (isinstance(given, t.DecimalType) and given.scale == 0)
        case t.NumericType():
            return isinstance(given, t.NumericType)
        case t.TimestampType() | t.TimestampNTZType():
            return isinstance(given, (t.TimestampType, t.TimestampNTZType, t.DateType))
        case t.ArrayType():
            return isinstance(given, t.ArrayType) and is_same_kind(given.elementType, declared.elementType)
        case _:
            return type(given) is type(declared)


def type_name(kind: t.DataType) -> str:
    """A type in the words of models."""
    if isinstance(kind, t.ArrayType):
        return f"array({type_name(kind.elementType)})"
    return TYPE_NAMES.get(kind.simpleString(), kind.simpleString())


# Objects


def put_text(session: SparkSession, uri: str, text: str) -> None:
    system, path = file_system(session, uri)
    stream = system.create(path, True)
    stream.write(bytearray(text, "utf-8"))
    stream.close()


def exists(session: SparkSession, uri: str) -> bool:
    system, path = file_system(session, uri)
    return system.exists(path)


def files_below(system: Any, folder: Any) -> list[Any]:
    found = system.listFiles(folder, True)
    paths = []
    while found.hasNext():
        paths.append(found.next().getPath())
    return paths


def file_system(session: SparkSession, uri: str) -> tuple[Any, Any]:
    """The store of an address and its path there: the job has no other way to objects than Spark's own."""
    path = session._jvm.org.apache.hadoop.fs.Path(uri)
    return path.getFileSystem(session._jsc.hadoopConfiguration()), path


# Errors


def described(error: Exception) -> Json:
    if isinstance(error, RequestError):
        return error.details
    message = root_message(error)
    missing = re.search(r"(?:Path does not exist|No such file or directory):? (s3[an]?://\S+)", message)
    if missing:
        where = re.sub(r"^s3[an]://", "s3://", missing[1].rstrip(".,;:"))
        return {
            "code": "object_missing",
            "message": "the object is listed as part of a table but is not in its bucket",
            "where": where,
            "advice": "It was deleted outside Tributary, or its snapshot has expired.",
        }
    return {"code": "query_failed", "message": message}


def root_message(error: Exception) -> str:
    """What the innermost cause says, without the names of classes before it and the plan after it."""
    message = str(error)
    cause = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    while cause is not None:
        message = cause.toString()
        cause = cause.getCause()
    return re.sub(r"^([\w$]+\.)+[\w$]+: ", "", message.split("\n")[0])


if __name__ == "__main__":
    main(sys.argv[1:])
