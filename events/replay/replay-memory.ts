import { createHash } from 'node:crypto';
import { TributaryError } from '../../common/errors.ts';
import { contractOf, contracts } from '../contracts/index.ts';
import { type RecordIdentity, recordId } from './quarantined-row.ts';

/** What was sent again together. It is written before anything is sent, so that nobody else sends the same. */
export interface ReplayPlan {
  /** `<source>-<version>-<number>` */
  readonly id: string;
  readonly source: string;
  readonly version: string;
  readonly state: 'planned' | 'sent';
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly records: readonly ReplayedRecord[];
}

export interface ReplayedRecord extends RecordIdentity {
  /** Id of the record that it was sent as; set once it is sent. */
  readonly sentAs?: string;
}

/** Where plans are kept. */
export interface PlanStore {
  keys(prefix: string): Promise<readonly string[]>;
  read(key: string): Promise<string>;
  /** False when the key is taken. */
  create(key: string, text: string): Promise<boolean>;
  write(key: string, text: string): Promise<void>;
}

/** After this, whoever made a plan and has not said that it is sent has been interrupted. */
const INTERRUPTED_MS = 15 * 60_000;

/** Under what a source's records are judged now: its contract's version, or all contracts where the source is unknown. */
export function versionInForce(source: string): string {
  const contract = contractOf(source);
  if (contract !== undefined) return `v${contract.version}`;
  const all = contracts.map((one) => `${one.source} ${one.version}`).join('\n');
  return `c${createHash('sha256').update(all).digest('hex').slice(0, 12)}`;
}

const prefixOf = (source: string): string => `replays/${source}/`;
const keyOf = ({ id, source }: Pick<ReplayPlan, 'id' | 'source'>): string => `${prefixOf(source)}${id}.json`;

/** What is remembered of the replays of a source's quarantined records. */
export class ReplayMemory {
  readonly source: string;
  readonly version: string;
  readonly #store: PlanStore;
  readonly #plans: ReplayPlan[];
  #lastNumber: number;

  private constructor(source: string, store: PlanStore, plans: ReplayPlan[], lastNumber: number) {
    this.source = source;
    this.version = versionInForce(source);
    this.#store = store;
    this.#plans = plans;
    this.#lastNumber = lastNumber;
  }

  static async open(source: string, store: PlanStore, now = new Date()): Promise<ReplayMemory> {
    const keys = await store.keys(prefixOf(source));
    const plans = await Promise.all(keys.map(async (key) => JSON.parse(await store.read(key)) as ReplayPlan));
    const isKept = ({ state, createdAt }: ReplayPlan) =>
      state === 'sent' || now.getTime() - new Date(createdAt).getTime() < INTERRUPTED_MS;
    const numbers = keys.map((key) => Number(/-(\d+)\.json$/.exec(key)?.[1] ?? 0));
    return new ReplayMemory(source, store, plans.filter(isKept), Math.max(0, ...numbers));
  }

  /** Ids of records that were sent, or are being sent, under the version in force. */
  get replayed(): ReadonlySet<string> {
    const current = this.#plans.filter(({ version }) => version === this.version);
    return new Set(current.flatMap(({ records }) => records.map(recordId)));
  }

  /** By id of each record that was ever replayed, what it was last sent as. */
  get sentAs(): ReadonlyMap<string, string> {
    const plans = this.#plans.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    const sent = plans.flatMap(({ records }) =>
      records.flatMap((record) => (record.sentAs === undefined ? [] : [[recordId(record), record.sentAs] as const])),
    );
    return new Map(sent);
  }

  /** Ids that replays have been received under. */
  get copies(): ReadonlySet<string> {
    return new Set(this.#plans.flatMap(({ records }) => records.flatMap(({ sentAs }) => sentAs ?? [])));
  }

  /** Claims records before they are sent. Throws `replay_in_progress` when somebody else has claimed meanwhile. */
  async claim(records: readonly RecordIdentity[], now = new Date()): Promise<ReplayPlan> {
    this.#lastNumber += 1;
    const plan: ReplayPlan = {
      id: `${this.source}-${this.version}-${String(this.#lastNumber).padStart(6, '0')}`,
      source: this.source,
      version: this.version,
      state: 'planned',
      createdAt: now.toISOString(),
      records: records.map(({ origin, position }) => ({ origin, position })),
    };
    if (!(await this.#store.create(keyOf(plan), JSON.stringify(plan)))) {
      throw new TributaryError({
        code: 'replay_in_progress',
        message: `somebody else replays records of ${this.source} at this moment`,
        advice: 'try again when that is done',
      });
    }
    this.#plans.push(plan);
    return plan;
  }

  /** Notes what the records of a plan were sent as, by their order. */
  async sent(plan: ReplayPlan, ids: readonly string[]): Promise<void> {
    const records = plan.records.map((record, at) => ({ ...record, sentAs: ids[at] ?? '' }));
    const done: ReplayPlan = { ...plan, state: 'sent', records };
    await this.#store.write(keyOf(plan), JSON.stringify(done));
    this.#plans.splice(this.#plans.indexOf(plan), 1, done);
  }
}
