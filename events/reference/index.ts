/** Reference data that comes with Tributary: read on first use, the same for everybody. README.md names its sources. */
export { type Country, countries } from './countries.ts';
export { type ExchangeRate, exchangeRates, ratePerEuro } from './exchange-rates.ts';
export { type Holiday, type HolidayQuery, holidays } from './holidays.ts';
