import type { BuildDeps, PinnedInputs } from './ports.ts';

type Reads = Pick<BuildDeps, 'catalog' | 'sources'>;

/**
 * Reads of inputs that give the same versions however often they are asked: those that are pinned already, else what is
 * found first. The build's own table is read as it is.
 */
export class InputPins {
  readonly #tables: Map<string, string>;
  readonly #sources: Map<string, PinnedInputs['sources'][string]>;

  constructor(pinned: PinnedInputs = { tables: {}, sources: {} }) {
    this.#tables = new Map(Object.entries(pinned.tables));
    this.#sources = new Map(Object.entries(pinned.sources));
  }

  get pinned(): PinnedInputs {
    return { tables: Object.fromEntries(this.#tables), sources: Object.fromEntries(this.#sources) };
  }

  reads({ catalog, sources }: Reads, own: string): Reads {
    return {
      catalog: {
        ...catalog,
        get: async (database, table) => {
          const name = `${database}.${table}`;
          const entry = await catalog.get(database, table);
          if (entry === undefined || name === own) return entry;
          const metadataLocation = this.#tables.get(name) ?? entry.metadataLocation;
          this.#tables.set(name, metadataLocation);
          return { ...entry, metadataLocation };
        },
      },
      sources: {
        list: async (source) => {
          const objects = this.#sources.get(source.name) ?? (await sources.list(source));
          this.#sources.set(source.name, objects);
          return objects;
        },
      },
    };
  }
}
