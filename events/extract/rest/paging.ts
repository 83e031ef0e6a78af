import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TributaryError } from '../../../common/errors.ts';
import type { RestExtraction } from '../extraction.ts';
import type { PulledRecord } from '../pull.ts';
import { atPath } from '../record.ts';
import { dateOf, earlier, type Moment } from '../version.ts';

const positionSchema = z.strictObject({
  /** Version asked for. */
  since: z.string().nullable(),
  /** Number of the page, of numbered pages. */
  page: z.int().nullable(),
  cursor: z.string().nullable(),
  /** Address of the page, of linked pages. */
  link: z.string().nullable(),
  /** Number of records as the first page told it. */
  total: z.number().nullable(),
  /** Pages of this pull that came before. */
  pagesBefore: z.int(),
});

/** Which page to ask for next. */
export type RestPosition = z.infer<typeof positionSchema>;

export const parsePosition = (position: unknown): RestPosition | undefined => positionSchema.safeParse(position).data;

export function firstPosition({ paging }: RestExtraction, since: Moment | null): RestPosition {
  const page = paging.kind === 'page' ? paging.first : null;
  return { since, page, cursor: null, link: null, total: null, pagesBefore: 0 };
}

/** A page as the API sent it. */
export interface Page {
  readonly body: unknown;
  readonly records: readonly PulledRecord[];
  /** Link header. */
  readonly link: string | null;
}

/** The address of a page. */
export function pageUrl(extraction: RestExtraction, position: RestPosition): URL {
  if (position.link !== null) return new URL(position.link);
  const url = new URL(extraction.url);
  const { paging, since } = extraction;
  for (const [name, value] of Object.entries(extraction.query)) url.searchParams.set(name, value);
  if (since !== undefined && position.since !== null) {
    url.searchParams.set(since.parameter, sinceText(position.since, since.format));
  }
  if (paging.kind === 'page') url.searchParams.set(paging.parameter, String(position.page));
  if (paging.kind === 'cursor' && position.cursor !== null) url.searchParams.set(paging.parameter, position.cursor);
  return url;
}

/** A moment as the API reads it; rounded down, so that nothing is missed. */
function sinceText(moment: Moment, format: NonNullable<RestExtraction['since']>['format']): string {
  const milliseconds = dateOf(moment).getTime();
  switch (format) {
    case 'iso':
      return moment;
    case 'date':
      return moment.slice(0, 10);
    case 'unix-seconds':
      return Math.floor(milliseconds / 1000).toString();
    case 'unix-milliseconds':
      return milliseconds.toString();
  }
}

/** How far before a version a pull begins anew: APIs count in seconds, and some leave the asked moment out. */
const GRAIN_SECONDS = 1;

/** The position after a page; undefined after the last. */
export function nextPosition(extraction: RestExtraction, position: RestPosition, page: Page): RestPosition | undefined {
  const next = { ...position, pagesBefore: position.pagesBefore + 1 };
  const { paging } = extraction;
  switch (paging.kind) {
    case 'none':
      return undefined;
    case 'cursor': {
      const cursor = atPath(page.body, paging.next);
      const isLast = cursor === undefined || cursor === null || cursor === '' || cursor === false;
      return isLast ? undefined : { ...next, cursor: String(cursor) };
    }
    case 'link': {
      const link = nextLink(page.link);
      return link === undefined ? undefined : { ...next, link: linkedUrl(extraction, position, link) };
    }
    case 'page':
      return nextNumbered(extraction.name, paging, next, page);
  }
}

type Numbered = Extract<RestExtraction['paging'], { kind: 'page' }>;

function nextNumbered(name: string, paging: Numbered, next: RestPosition, page: Page): RestPosition | undefined {
  const number = next.page ?? paging.first;
  if (paging.sortedByVersion) {
    requireSorted(name, page);
    const anchor = anchorOf(page);
    if (anchor !== undefined && (next.since === null || anchor > next.since)) {
      return { ...next, since: anchor, page: paging.first };
    }
  }
  const total = sameTotal(name, paging, next, page);
  if (page.records.length === 0 || isLastPage(paging, number, page)) return undefined;
  return { ...next, total, page: number + 1 };
}

function requireSorted(name: string, { records }: Page): void {
  const versions = records.flatMap(({ version }) => version ?? []);
  if (versions.every((version, at) => version >= (versions[at - 1] ?? ''))) return;
  throw new TributaryError({
    code: 'api_not_sorted',
    message: 'the records of a page are not in ascending order of their version',
    where: name,
    advice: 'Ask the API to sort by version (`query`), or set sortedByVersion to false.',
  });
}

/** Records that come or go while pages are counted push others over the edge of a page, out of sight. */
function sameTotal(name: string, { total: path }: Numbered, { total }: RestPosition, { body }: Page): number | null {
  const told = path === undefined ? null : Number(atPath(body, path));
  if (total === null || told === null || told === total) return told;
  throw new TributaryError({
    code: 'api_changed_while_paging',
    message: `the API had ${total} records at the first page and has ${told} now, so that some may have been passed over`,
    where: name,
    advice:
      'The watermark stays and the next pull reads them again. An API with cursors, or sortedByVersion, avoids it.',
  });
}

function isLastPage({ pages, first }: Numbered, number: number, { body }: Page): boolean {
  const total = pages === undefined ? undefined : atPath(body, pages);
  return total !== undefined && total !== null && number - first + 1 >= Number(total);
}

/** The version to ask for next, if that leaves out at least the first record of the page. */
function anchorOf({ records }: Page): Moment | undefined {
  const first = records[0]?.version;
  const last = records.at(-1)?.version;
  if (first === undefined || last === undefined) return undefined;
  const anchor = earlier(last, GRAIN_SECONDS);
  return earlier(anchor, GRAIN_SECONDS) > first ? anchor : undefined;
}

/** The address with rel="next" of a Link header. */
export function nextLink(header: string | null): string | undefined {
  for (const [, address = '', parameters = ''] of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[^,<]*)*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters)) return address;
  }
  return undefined;
}

function linkedUrl(extraction: RestExtraction, position: RestPosition, link: string): string {
  const base = pageUrl(extraction, position);
  const next = URL.canParse(link, base.href) ? new URL(link, base) : undefined;
  if (next?.origin === base.origin) return next.href;
  throw new TributaryError({
    code: 'api_links_elsewhere',
    message: `the next page is said to be on ${next?.origin ?? 'no valid address'}, not on ${base.origin}`,
    where: extraction.name,
    advice: 'Credentials are not sent to other hosts. If the API has moved, change the url of the extraction.',
  });
}

/** Finds out that an API does not get on: it sends a page again, or pages without end. */
export class LoopGuard {
  readonly #extraction: RestExtraction;
  readonly #seen = new Set<string>();

  constructor(extraction: RestExtraction) {
    this.#extraction = extraction;
  }

  /** Throws `api_repeats_page` or `api_never_ends`. */
  check(position: RestPosition, { records }: Page, next: RestPosition | undefined): void {
    const { maxPages, name } = this.#extraction;
    this.#once(`page ${hashOf(records.map(({ line }) => line))}`, records.length > 0, position, 'the same records');
    if (next === undefined) return;
    const { since, page, cursor, link } = next;
    this.#once(
      `position ${JSON.stringify([since, page, cursor, link])}`,
      true,
      position,
      'a page that was read before',
    );
    if (next.pagesBefore < maxPages) return;
    throw new TributaryError({
      code: 'api_never_ends',
      message: `after ${maxPages} pages the API still names a next one`,
      where: name,
      advice: 'Nothing of this page and no watermark was kept. If there is that much to pull, raise maxPages.',
    });
  }

  #once(what: string, matters: boolean, { pagesBefore }: RestPosition, described: string): void {
    if (!matters) return;
    if (!this.#seen.has(what)) {
      this.#seen.add(what);
      return;
    }
    throw new TributaryError({
      code: 'api_repeats_page',
      message: `page ${pagesBefore + 1} of the pull has, or leads to, ${described}`,
      where: this.#extraction.name,
      advice:
        'The watermark stays. Check the paging settings: the name of the parameter, where the next cursor is, and for an API that repeats its last page where the number of pages is.',
    });
  }
}

function hashOf(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line).update('\n');
  return hash.digest('base64url');
}
