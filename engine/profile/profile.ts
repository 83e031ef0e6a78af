/** A column to look at. */
export interface ColumnToProfile {
  readonly name: string;
  /** Athena type. */
  readonly type: string;
  /** Whether its values may be shown; of others only counts are read. */
  readonly isShown: boolean;
}

export interface TableToProfile {
  /** `gold.fact_sale` */
  readonly name: string;
  readonly columns: readonly ColumnToProfile[];
  /** Columns whose values should tell rows apart; empty where nobody says so. */
  readonly key: readonly string[];
}

export interface TableProfile {
  readonly table: string;
  readonly rows: number;
  /** Rows beyond the first of each key. */
  readonly duplicates: { readonly key: readonly string[]; readonly rows: number } | null;
  readonly columns: readonly ColumnProfile[];
}

/** What is in a column. What its type does not have, or what may not be shown, is null or empty. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly isShown: boolean;
  readonly nulls: number;
  /** Number of different values; approximate, within 2.3 % on the mean. */
  readonly distinct: number | null;
  /** Least and greatest value; of texts the first and last by code points. */
  readonly min: string | null;
  readonly max: string | null;
  readonly numbers: NumberProfile | null;
  readonly texts: TextProfile | null;
  /** Most frequent values, where there are few: at most a thousand, of numbers and times twelve. Null for one that may not be shown. */
  readonly top: readonly { readonly value: string | null; readonly rows: number }[];
  readonly hints: readonly string[];
}

/** Of numbers, and of dates and times in seconds since 1970. */
export interface NumberProfile {
  readonly mean: number | null;
  readonly deviation: number | null;
  /** At 5, 25, 50, 75 and 95 %; approximate. */
  readonly quantiles: readonly number[];
  /** Ranges of equal width from the least value to the greatest. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly rows: number }[];
  readonly outliers: {
    /** Values more than 1.5 interquartile ranges outside the quartiles. */
    readonly beyondFences: number;
    /** Values more than three standard deviations from the mean. */
    readonly beyondThreeDeviations: number;
  };
}

export interface TextProfile {
  readonly shortest: number | null;
  readonly longest: number | null;
  readonly empty: number;
  /** Values that begin or end with blanks. */
  readonly padded: number;
  /** Values that are numbers. */
  readonly numeric: number;
  /** Number of different values but for case and blanks around; approximate. */
  readonly distinctFolded: number;
}
