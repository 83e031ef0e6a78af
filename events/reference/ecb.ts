import { TributaryError } from '../../common/errors.ts';
import { exchangeRates as contract } from '../contracts/exchange-rates.ts';

/** First day of the bundled history: the last publication before 2016. */
const FIRST_DAY = '2015-12-31';
/** The bank publishes around 16:00 Central European Time. */
const PUBLISHED_AT = 'T15:00:00Z';

const unreadable = (message: string): TributaryError =>
  new TributaryError({
    code: 'rates_unreadable',
    message: `the central bank's file is not what it used to be: ${message}`,
    advice: 'the bundled rates stay as they are',
  });

/**
 * The rates as `exchange_rates` takes them, from the European Central Bank's history: a CSV with a row per day of
 * publication and a column per currency. Only currencies that are still quoted are kept, by day and currency.
 * Throws `rates_unreadable`.
 */
export function ratesCsv(history: string): string {
  const [header = '', ...lines] = history.trim().split(/\r?\n/);
  const [dateName, ...currencies] = header.split(',').map((name) => name.trim());
  if (dateName !== 'Date' || !currencies.includes('GBP')) throw unreadable('it lacks the columns Date and GBP');
  const days = lines.map((line) => line.split(',').map((cell) => cell.trim())).sort(byDate);
  const last = days.at(-1) ?? [];
  const kept = currencies
    .map((currency, index) => ({ currency, column: index + 1 }))
    .filter(({ currency, column }) => currency !== '' && isRate(last[column]))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
  const rows = days
    .filter(([date = '']) => checkedDate(date) >= FIRST_DAY)
    .flatMap((cells) =>
      kept.flatMap(({ currency, column }) => {
        const rate = cells[column];
        return isRate(rate) ? [`${cells[0]},EUR,${currency},${rate},${cells[0]}${PUBLISHED_AT}`] : [];
      }),
    );
  if (rows.length === 0) throw unreadable('it holds no rates');
  return `${[Object.keys(contract.fields).join(','), ...rows].join('\n')}\n`;
}

const byDate = ([a = '']: readonly string[], [b = '']: readonly string[]): number => (a < b ? -1 : 1);

function checkedDate(date: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw unreadable(`${JSON.stringify(date)} is no date`);
  return date;
}

function isRate(cell: string | undefined): boolean {
  if (cell === undefined || cell === '' || cell === 'N/A') return false;
  if (!/^\d+(\.\d+)?$/.test(cell)) throw unreadable(`${JSON.stringify(cell)} is no rate`);
  return true;
}
