"""Holds one Spark session and answers requests: one JSON object a line on standard input, one on standard output.

Ends when its input ends, and takes the JVM with it.
"""

import importlib.util
import json
import os
import struct
import sys
import threading
from base64 import b64encode
from datetime import date, datetime, timedelta
from decimal import Decimal
from queue import Queue

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as t


def main() -> None:
    # Whatever Python or Spark print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    requests: Queue = Queue()
    threading.Thread(target=read_requests, args=(requests,), daemon=True).start()
    session = start(json.loads(sys.argv[1]))
    while True:
        request = requests.get()
        try:
            answer = {"id": request["id"], "result": OPERATIONS[request["operation"]](session, request)}
        except Exception as error:
            answer = {"id": request["id"], "error": describe(error)}
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()


def read_requests(requests: Queue) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    # Also in the middle of a statement: the JVM ends with the process that holds its standard input.
    os._exit(0)


def start(settings: dict) -> SparkSession:
    builder = SparkSession.builder
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def query(session: SparkSession, request: dict) -> dict:
    frame = session.sql(request["sql"])
    rows = [[plain(value, field.dataType) for value, field in zip(row, frame.schema)] for row in frame.collect()]
    columns = [{"name": field.name, "type": athena_type(field.dataType)} for field in frame.schema]
    return {"columns": columns, "rows": rows, "processedRows": rows_read(frame)}


def rows_read(frame: DataFrame) -> int:
    """Rows that came out of files, after whole files were skipped and before any filter."""
    leaves = frame._jdf.queryExecution().executedPlan().collectLeaves()
    metrics = [leaves.apply(index).metrics().get("numOutputRows") for index in range(leaves.size())]
    return sum(metric.get().value() for metric in metrics if metric.isDefined())


def bind(session: SparkSession, request: dict) -> None:
    """A temporary view over files, by the columns' types as Spark spells them; no files give no rows."""
    frame: DataFrame
    if request["files"]:
        reader = session.read.schema(request["schema"]).options(**request.get("options", {}))
        frame = reader.format(request["format"]).load(request["files"])
    else:
        frame = session.createDataFrame([], t._parse_datatype_string(request["schema"]))
    frame.createOrReplaceTempView("`" + request["name"].replace("`", "``") + "`")


def call(session: SparkSession, request: dict) -> object:
    """Calls a function of a Python file as `function(session, argument)`; its result must be fit for JSON."""
    path = request["file"]
    name = os.path.splitext(os.path.basename(path))[0]
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        sys.path.insert(0, os.path.dirname(path))
        specification.loader.exec_module(module)
    return getattr(sys.modules[name], request["function"])(session, request["argument"])


OPERATIONS = {"query": query, "bind": bind, "call": call}


def describe(error: Exception) -> dict:
    """Spark's error class and message; where it has no class, the name of the innermost exception and its message."""
    if isinstance(error, PySparkException) and error.getErrorClass():
        return {"errorClass": error.getErrorClass(), "message": str(error)}
    found = {"errorClass": type(error).__name__, "message": str(error)}
    cause = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    while cause is not None:
        name = error_class_of(cause) or cause.getClass().getSimpleName()
        found = {"errorClass": name, "message": cause.getMessage() or name}
        cause = cause.getCause()
    return found


def error_class_of(exception: object) -> str | None:
    try:
        return exception.getErrorClass()
    except Py4JError:
        return None


def athena_type(kind: t.DataType) -> str:
    """A type as Athena spells it."""
    if isinstance(kind, t.DecimalType):
        return f"decimal({kind.precision},{kind.scale})"
    if isinstance(kind, t.ArrayType):
        return f"array({athena_type(kind.elementType)})"
    if isinstance(kind, t.MapType):
        return f"map({athena_type(kind.keyType)}, {athena_type(kind.valueType)})"
    if isinstance(kind, t.StructType):
        return "row(" + ", ".join(f"{field.name} {athena_type(field.dataType)}" for field in kind) + ")"
    return TYPES.get(type(kind)) or kind.simpleString()


TYPES = {
    t.StringType: "varchar",
    t.BinaryType: "varbinary",
    t.BooleanType: "boolean",
    t.ByteType: "tinyint",
    t.ShortType: "smallint",
    t.IntegerType: "integer",
    t.LongType: "bigint",
    t.FloatType: "real",
    t.DoubleType: "double",
    t.DateType: "date",
    t.TimestampNTZType: "timestamp(6)",
    t.TimestampType: "timestamp(6) with time zone",
    t.DayTimeIntervalType: "interval day to second",
    t.YearMonthIntervalType: "interval year to month",
    t.NullType: "unknown",
}


def plain(value: object, kind: t.DataType) -> object:
    """A value as Trino's protocol would give it: decimals, dates and times as text, bytes in base 64, rows as lists."""
    if isinstance(kind, t.YearMonthIntervalType) and value is not None:
        return f"{'-' if value < 0 else ''}{abs(value) // 12}-{abs(value) % 12}"
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return floating(value, isinstance(kind, t.FloatType))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        text = value.strftime("%H:%M:%S.%f")
        zone = " UTC" if isinstance(kind, t.TimestampType) else ""
        return f"{value.date().isoformat()} {text}{zone}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return interval(value)
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode()
    if isinstance(kind, t.StructType):
        return [plain(item, field.dataType) for item, field in zip(value, kind)]
    if isinstance(kind, t.MapType):
        return {str(plain(key, kind.keyType)): plain(item, kind.valueType) for key, item in value.items()}
    return [plain(item, kind.elementType) for item in value]


def floating(value: float, is_single: bool) -> object:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return shortest_single(value) if is_single else value


def shortest_single(value: float) -> float:
    """The shortest number that is this one with 32 bits."""
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    return next(float(text) for text in texts if struct.pack("f", float(text)) == struct.pack("f", value))


def interval(value: timedelta) -> str:
    """`2 03:04:05.678`, as Trino writes it."""
    milliseconds = abs(value) // timedelta(milliseconds=1)
    seconds, rest = divmod(milliseconds, 1000)
    days, seconds = divmod(seconds, 86_400)
    sign = "-" if value < timedelta() else ""
    return f"{sign}{days} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


main()
