/**
 * The parsed form of a Trino query. `at` is the offset at which Trino would report an error about the node.
 * Names are kept as written; they compare without regard to case.
 */
export interface Name {
  readonly text: string;
  readonly at: number;
}

export type TypeNode =
  | {
      readonly kind: 'named';
      readonly name: string;
      readonly parameters: readonly number[];
      readonly zoned: boolean;
      readonly at: number;
    }
  | { readonly kind: 'array'; readonly element: TypeNode; readonly at: number }
  | { readonly kind: 'map'; readonly key: TypeNode; readonly value: TypeNode; readonly at: number }
  | {
      readonly kind: 'row';
      readonly fields: readonly { readonly name?: string; readonly type: TypeNode }[];
      readonly at: number;
    };

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type IntervalUnit = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year';

interface At {
  readonly at: number;
}

export type Literal = At & {
  readonly kind: 'literal';
  readonly type: 'null' | 'boolean' | 'number' | 'string' | 'binary';
  readonly value: string;
};

export interface SortItem {
  readonly value: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface FrameBound {
  readonly kind: 'unbounded preceding' | 'preceding' | 'current row' | 'following' | 'unbounded following';
  readonly value?: Expression;
}

export interface Window {
  /** Name of the window that this one extends. */
  readonly base?: Name;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortItem[];
  readonly frame?: {
    readonly unit: 'rows' | 'range' | 'groups';
    readonly start: FrameBound;
    readonly end?: FrameBound;
  };
}

export type Call = At & {
  readonly kind: 'call';
  /** In lower case. */
  readonly name: string;
  readonly args: readonly Expression[];
  readonly star: boolean;
  readonly distinct: boolean;
  readonly orderBy: readonly SortItem[];
  readonly filter?: Expression;
  readonly ignoreNulls: boolean;
  readonly over?: Window;
};

export type Lambda = At & {
  readonly kind: 'lambda';
  readonly parameters: readonly string[];
  readonly body: Expression;
};

export type Expression =
  | Literal
  | (At & { readonly kind: 'typed_literal'; readonly type: string; readonly value: string })
  | (At & {
      readonly kind: 'interval';
      readonly value: string;
      readonly negative: boolean;
      readonly from: IntervalUnit;
      readonly to?: IntervalUnit;
    })
  | (At & { readonly kind: 'parameter'; readonly index: number })
  | (At & { readonly kind: 'name'; readonly name: string })
  | (At & { readonly kind: 'field'; readonly base: Expression; readonly name: string; readonly nameAt: number })
  | (At & { readonly kind: 'subscript'; readonly base: Expression; readonly index: Expression })
  | Call
  | Lambda
  | (At & { readonly kind: 'cast'; readonly value: Expression; readonly type: TypeNode; readonly safe: boolean })
  | (At & { readonly kind: 'sign'; readonly negative: boolean; readonly value: Expression })
  | (At & { readonly kind: 'not'; readonly value: Expression })
  | (At & { readonly kind: 'logical'; readonly operator: 'and' | 'or'; readonly terms: readonly Expression[] })
  | (At & {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (At & { readonly kind: 'concat'; readonly left: Expression; readonly right: Expression })
  | (At & {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (At & {
      readonly kind: 'distinct_from';
      readonly left: Expression;
      readonly right: Expression;
      readonly negated: boolean;
    })
  | (At & {
      readonly kind: 'quantified';
      readonly operator: ComparisonOperator;
      readonly quantifier: 'any' | 'all';
      readonly left: Expression;
      readonly query: Query;
    })
  | (At & { readonly kind: 'is_null'; readonly value: Expression; readonly negated: boolean })
  | (At & {
      readonly kind: 'between';
      readonly value: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    })
  | (At & {
      readonly kind: 'in_list';
      readonly value: Expression;
      readonly list: readonly Expression[];
      readonly negated: boolean;
    })
  | (At & { readonly kind: 'in_query'; readonly value: Expression; readonly query: Query; readonly negated: boolean })
  | (At & {
      readonly kind: 'like';
      readonly value: Expression;
      readonly pattern: Expression;
      readonly escape?: Expression;
      readonly negated: boolean;
    })
  | (At & { readonly kind: 'exists'; readonly query: Query })
  | (At & { readonly kind: 'subquery'; readonly query: Query })
  | (At & {
      readonly kind: 'case';
      readonly operand?: Expression;
      readonly whens: readonly { readonly condition: Expression; readonly result: Expression }[];
      readonly otherwise?: Expression;
    })
  | (At & { readonly kind: 'array'; readonly elements: readonly Expression[] })
  | (At & { readonly kind: 'row'; readonly values: readonly Expression[] })
  | (At & { readonly kind: 'at_time_zone'; readonly value: Expression; readonly zone: Expression })
  | (At & { readonly kind: 'extract'; readonly field: string; readonly value: Expression })
  | (At & {
      readonly kind: 'current';
      readonly what: 'date' | 'time' | 'timestamp' | 'localtime' | 'localtimestamp' | 'user' | 'catalog' | 'schema';
      readonly precision?: number;
    });

export interface TableName {
  /** One to three names: [catalog.][schema.]table. */
  readonly parts: readonly string[];
  readonly at: number;
}

export type TableRelation = At & {
  readonly kind: 'table';
  readonly name: TableName;
  /** `for version as of` or `for timestamp as of`. */
  readonly asOf?: { readonly kind: 'version' | 'timestamp'; readonly value: Expression };
};

export type Relation =
  | TableRelation
  | (At & { readonly kind: 'query'; readonly query: Query; readonly lateral: boolean })
  | (At & { readonly kind: 'unnest'; readonly values: readonly Expression[]; readonly ordinality: boolean })
  | (At & {
      readonly kind: 'aliased';
      readonly relation: Relation;
      readonly alias: Name;
      readonly columns: readonly Name[];
    })
  | (At & {
      readonly kind: 'sample';
      readonly relation: Relation;
      readonly method: 'bernoulli' | 'system';
      readonly percent: Expression;
    })
  | (At & {
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
      readonly natural: boolean;
      readonly left: Relation;
      readonly right: Relation;
      readonly on?: Expression;
      readonly using: readonly Name[];
    });

export type SelectItem =
  | (At & { readonly kind: 'all'; readonly of?: Expression })
  | (At & { readonly kind: 'expression'; readonly value: Expression; readonly alias?: Name });

export type GroupingElement =
  | { readonly kind: 'simple'; readonly value: Expression }
  | { readonly kind: 'sets' | 'rollup' | 'cube'; readonly sets: readonly (readonly Expression[])[] };

export type Select = At & {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: readonly Relation[];
  readonly where?: Expression;
  readonly groupBy: readonly GroupingElement[];
  readonly having?: Expression;
  readonly windows: readonly { readonly name: Name; readonly window: Window }[];
};

export type QueryBody =
  | Select
  | (At & { readonly kind: 'values'; readonly rows: readonly Expression[] })
  | (At & {
      readonly kind: 'set';
      readonly operator: 'union' | 'intersect' | 'except';
      readonly distinct: boolean;
      readonly left: QueryBody;
      readonly right: QueryBody;
    })
  | (At & { readonly kind: 'nested'; readonly query: Query });

export interface CommonTable {
  readonly name: Name;
  readonly columns: readonly Name[];
  readonly query: Query;
}

export interface Query {
  readonly recursive: boolean;
  readonly with: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly SortItem[];
  readonly offset?: Expression;
  readonly limit?: Expression;
  readonly at: number;
}
