import { LEAST_BY_DIMENSION } from '../../engine/checks/score.ts';
import type { Dimension } from '../../engine/model.ts';
import { layOut } from '../query/layout.ts';
import type { FailedCheck, QualityReport, TableQuality } from './quality.ts';

/** Failing rows that are shown of each check. */
const SAMPLE_ROWS = 2;
const LONGEST_ROW = 200;

/** The report for a terminal: a line per table, then what failed, why, and what to do. */
export function reportText(report: QualityReport): string {
  const { overallScore, totalRecords, dimensions, tables } = report;
  const columns = [
    { name: 'table' },
    { name: 'score', isNumber: true },
    { name: 'trend' },
    { name: 'rows', isNumber: true },
    { name: 'checks', isNumber: true },
    { name: 'failed', isNumber: true },
    { name: 'by dimension' },
  ];
  const rows = tables.map(({ table, score, trend, rows: count, checks, failed, dimensions: scores }) => [
    table,
    score.toFixed(2),
    trendText(trend),
    count.toLocaleString('en'),
    String(checks),
    String(failed.length),
    dimensionText(scores),
  ]);
  const overall = `overall ${overallScore.toFixed(2)} of 100, ${totalRecords.toLocaleString('en')} rows: ${dimensionText(dimensions)}\n`;
  return [layOut(columns, rows), ...(tables.length > 1 ? [overall] : []), ...tables.flatMap(failures)].join('\n');
}

/** Scores that are lower than they should be say so: `accuracy 98.20 (below 99)`. */
const dimensionText = (scores: QualityReport['dimensions']): string =>
  Object.entries(scores)
    .map(([dimension, score]) => {
      const least = LEAST_BY_DIMENSION[dimension as Dimension] ?? 0;
      return `${dimension} ${score.toFixed(2)}${score < least ? ` (below ${least})` : ''}`;
    })
    .join(', ');

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** The lowest bar stands for this score, or the lowest of all where that is lower. */
const LOWEST_BAR = 90;

/** The last scores as bars, and where the last one went; scores that print alike count as equal. */
export function trendText(scores: readonly number[]): string {
  const lowest = Math.min(LOWEST_BAR, ...scores);
  const bar = (score: number) => BARS[Math.round(((score - lowest) / (100 - lowest)) * (BARS.length - 1))] ?? '';
  const [before, last] = scores.slice(-2).map((score) => score.toFixed(2));
  return `${scores.map(bar).join('')} ${arrow(Number(last) - Number(before))}`.trimEnd();
}

function arrow(change: number): string {
  if (Number.isNaN(change)) return '';
  if (change === 0) return '→';
  return change > 0 ? '↑' : '↓';
}

const failures = ({ table, failed }: TableQuality): string[] => failed.map((check) => failureText(table, check));

/** Wide rows are cut; `--json` has all of them. */
function rowText(row: unknown): string {
  const text = JSON.stringify(row);
  return text.length <= LONGEST_ROW ? text : `${text.slice(0, LONGEST_ROW - 1)}…`;
}

function failureText(table: string, { check, action, failures: count, rows, detail, sample, remedy }: FailedCheck) {
  const found = detail ?? `${count.toLocaleString('en')} of ${rows.toLocaleString('en')} rows fail`;
  const lines = [
    `${table}: ${check} (${action}): ${found}`,
    ...sample.slice(0, SAMPLE_ROWS).map((row) => `  e.g. ${rowText(row)}`),
    `  ${remedy}`,
  ];
  return `${lines.join('\n')}\n`;
}
