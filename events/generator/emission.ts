import type { JsonRecord } from '../validator/layout.ts';
import type { DefectRates } from './defects.ts';

/** What a synthetic retailer is made by; the same options make the same records in the same order on any machine. */
export interface GeneratorOptions {
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** 1 is 500 products, 50 stores, 10,000 customers; a month has 150,000 transactions and 1,500,000 page views. */
  readonly scale: number;
  /** Days, at least 1. */
  readonly days: number;
  /** `yyyy-mm-dd`. */
  readonly firstDay: string;
  readonly defects: DefectRates;
}

/**
 * Records that a source hands over on a day, in the order in which it does. A source may hand over several times a day;
 * days follow one another. Timestamps are ISO 8601 in UTC, amounts are numbers with as many decimals as the currency
 * has, and what is not known is null. All records of a source have the same fields in the same order, except those with
 * an unknown column.
 */
export interface Handover {
  readonly kind: 'records';
  readonly source: string;
  /** `yyyy-mm-dd`. */
  readonly day: string;
  readonly records: readonly JsonRecord[];
  /** How many of them break their contract. */
  readonly refused: number;
  /** How many of the others repeat an earlier one: the same key in the same version. */
  readonly duplicates: number;
}

/** What really happened, which the platform is never told; README.md of the generator describes the columns. */
export type TruthTable =
  | 'identity_links'
  | 'fraud_labels'
  | 'attribution'
  | 'campaign_assignments'
  | 'churn'
  | 'defects'
  | 'demand_parameters'
  | 'product_affinities';

export interface Truth {
  readonly kind: 'truth';
  readonly table: TruthTable;
  readonly rows: readonly JsonRecord[];
}

export type Emission = Handover | Truth;
