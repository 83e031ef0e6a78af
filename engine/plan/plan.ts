import { mapBounded } from '../../common/concurrency.ts';
import { TributaryError } from '../../common/errors.ts';
import { isSelected } from '../build/blocked.ts';
import {
  brokenColumns,
  type ColumnChange,
  columnChanges,
  isBreaking,
  type PublishedColumn,
} from '../build/breaking.ts';
import { chooseEngine } from '../build/choose-engine.ts';
import { type Decision, decideTable, decideView } from '../build/decision.ts';
import type { BuildDeps } from '../build/index.ts';
import type { Reads } from '../build/inputs.ts';
import { type Published, publishedBy } from '../build/published.ts';
import { dependenciesOf, domainGraph, levels } from '../graph.ts';
import { loadTable, snapshotOf, tableColumns } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { EngineName } from '../model.ts';
import type { RunRequest } from '../run.ts';
import { type BuildMachine, estimateDollars, estimateSeconds, type PastBuild } from './cost.ts';
import { type Part, plannedPart } from './part.ts';

/** What a plan reads; it writes nothing. */
export interface PlanDeps extends Reads {
  readonly views: Pick<BuildDeps['views'], 'get'>;
  /** DuckDB looks for stale partitions, whatever builds them. */
  readonly adapters: Pick<BuildDeps['adapters'], 'duckdb'>;
  readonly engines: ReadonlySet<EngineName>;
  readonly settings: Pick<BuildDeps['settings'], 'engine' | 'thresholds'>;
  readonly history: readonly PastBuild[];
  readonly machine: BuildMachine;
}

export interface PlannedColumn extends ColumnChange {
  readonly breaking: boolean;
}

/** What a run would do with one model. */
export interface PlannedModel {
  readonly model: string;
  readonly domain: string;
  readonly kind: CompiledModel['kind'];
  /** `may_change`: as it stands nothing is to do, but something that it reads will be built first. */
  readonly action: 'build' | 'may_change' | 'held' | 'skip';
  readonly reason: string;
  /** What the model itself brings: it is new, or its SQL or header decides rows otherwise than in the published version. */
  readonly change: 'added' | 'logic' | null;
  readonly columns: readonly PlannedColumn[];
  /** The build would be refused without `--allow-breaking`. */
  readonly isRefused: boolean;
  /** Stale partitions where a part is built; null for whole tables and views. */
  readonly partitions: readonly string[] | null;
  /** Further partitions may be stale, which shows when the build looks at keys. */
  readonly isAtLeast: boolean;
  readonly inputBytes: number;
  readonly engine: EngineName | null;
  readonly seconds: number;
  /** Null where it cannot be estimated. */
  readonly dollars: number | null;
  /** What the build would cost with each engine that there is. */
  readonly dollarsByEngine: Readonly<Partial<Record<EngineName, number | null>>>;
}

type Asked = Pick<RunRequest, 'asOf' | 'full' | 'selected' | 'allowBreaking' | 'engine'>;

const PARALLEL = 8;

/** What a run of the models would do, in the order in which it would: by domains, in each by dependencies. */
export async function planModels(deps: PlanDeps, asked: Asked): Promise<readonly PlannedModel[]> {
  const { models } = deps.manifest;
  const domains = levels(domainGraph(models)).flat();
  const ordered = domains.flatMap((domain) => models.filter((model) => model.domain === domain));
  const selected = ordered.filter(({ name }) => isSelected(asked, name));
  const planned = await mapBounded(selected, PARALLEL, (model) => planModel(deps, model, asked));
  const changing = new Set<string>();
  return planned.map((one, index) => {
    const model = selected[index];
    const upstream = model && dependenciesOf(model).find((name) => changing.has(name));
    if (one.action === 'build' || (upstream !== undefined && one.action === 'skip')) changing.add(one.model);
    if (upstream === undefined || one.action !== 'skip') return one;
    return { ...one, action: 'may_change', reason: `${upstream} will be built` };
  });
}

interface Standing {
  readonly decision: Decision;
  readonly published: Published | undefined;
  /** Columns of the published version; undefined where there is none. */
  readonly columns: readonly PublishedColumn[] | undefined;
  readonly change: PlannedModel['change'];
}

async function planModel(deps: PlanDeps, model: CompiledModel, asked: Asked): Promise<PlannedModel> {
  const { name, domain, kind } = model;
  const nothing = {
    ...{ model: name, domain, kind, columns: [], isRefused: false, partitions: null, isAtLeast: false },
    ...{ inputBytes: 0, engine: null, seconds: 0, dollars: 0, dollarsByEngine: {} },
  };
  const standing = await standingOf(deps, model, asked).catch(absentInput);
  if (typeof standing === 'string') return { ...nothing, action: 'build', change: 'added', reason: standing };
  const { decision, published, change } = standing;
  const before = standing.columns ?? [];
  const columns = standing.columns === undefined ? [] : columnChanges(before, model);
  const common = {
    ...nothing,
    action: decision.action,
    reason: decision.reason,
    change,
    columns: columns.map((column) => ({ ...column, breaking: isBreaking(column) })),
  };
  if (decision.action !== 'build') return common;
  const request = { ...asked, audit: false, runId: 'plan', model: name };
  const part: Part = await plannedPart({ deps, model, request, inputs: decision.inputs }, published);
  const { inputBytes } = part;
  const { engine } = chooseEngine({
    inputBytes,
    override: asked.engine ?? deps.settings.engine,
    thresholds: deps.settings.thresholds,
    available: deps.engines,
  });
  const secondsBy = (by: EngineName): number => estimateSeconds(by, name, inputBytes, deps.history);
  const dollarsBy = (by: EngineName): number | null => estimateDollars(by, secondsBy(by), inputBytes, deps.machine);
  return {
    ...common,
    ...part,
    isRefused: !asked.allowBreaking && brokenColumns(deps.manifest, model, before).length > 0,
    engine,
    seconds: secondsBy(engine),
    dollars: dollarsBy(engine),
    dollarsByEngine: Object.fromEntries([...deps.engines].map((by) => [by, dollarsBy(by)])),
  };
}

async function standingOf(deps: PlanDeps, model: CompiledModel, asked: Asked): Promise<Standing> {
  const [database = '', name = ''] = model.name.split('.');
  if (model.kind === 'view') {
    const view = await deps.views.get(database, name);
    const decision = await decideView(deps, model, asked, view);
    return { decision, published: undefined, columns: view?.columns, change: view === undefined ? 'added' : null };
  }
  const table = await loadTable(deps.catalog, deps.io, database, name);
  const decision = await decideTable(deps, model, asked, table);
  if (table === undefined || snapshotOf(table) === undefined) {
    return { decision, published: undefined, columns: undefined, change: 'added' };
  }
  const published = publishedBy(table);
  const change = published !== undefined && published.logic !== model.logicHash ? 'logic' : null;
  return { decision, published, columns: tableColumns(table), change };
}

/** A model that reads a table which only this folder has can be said no more of. */
function absentInput(error: unknown): string {
  if (error instanceof TributaryError && error.code === 'input_missing') return error.message;
  throw error;
}
