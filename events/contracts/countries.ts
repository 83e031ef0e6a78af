import { defineContract } from './contract.ts';
import { bigint, flag, id, integer, money, rate, text, timestamp } from './field.ts';

export const countries = defineContract({
  source: 'countries',
  version: 1,
  description: 'Members and permanent observers of the United Nations with what retail needs to know of them',
  owner: 'finance',
  key: ['country_code'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'json' },
  fields: {
    country_code: id('ISO 3166-1 alpha-2 code', { required: true }),
    country_code_3: id('ISO 3166-1 alpha-3 code', { required: true }),
    country_name: text('Short name in English', { required: true }),
    official_name: text('Formal name in English'),
    aliases: text('Other names and codes in use, separated by |'),
    continent: text('Continent', {
      required: true,
      values: ['Africa', 'Asia', 'Europe', 'North America', 'Oceania', 'South America'],
    }),
    region: text('Region by the geoscheme of the United Nations', {
      required: true,
      values: ['Africa', 'Americas', 'Asia', 'Europe', 'Oceania'],
    }),
    subregion: text('Subregion by the geoscheme of the United Nations'),
    capital: text('Capital, or seat of government'),
    currency_code: text('ISO 4217 code of the currency in use', { required: true }),
    languages: text('Official languages by ISO 639 codes, separated by |'),
    calling_code: text('Prefix of international calls, with +'),
    driving_side: text('Side of the road', { values: ['left', 'right'] }),
    first_day_of_week: text('Day on which calendars begin their weeks', {
      values: ['monday', 'friday', 'saturday', 'sunday'],
    }),
    measurement_system: text('Units that goods are labelled in', {
      values: ['metric', 'uk', 'us'],
    }),
    population: bigint('Inhabitants', { min: 0, unit: 'persons' }),
    gdp_per_capita: money('Gross domestic product per inhabitant at purchasing power parity', {
      min: 0,
      unit: 'international dollars',
    }),
    statistics_year: integer('Year in which population and gross domestic product were compiled'),
    timezone: text('IANA time zone of the capital or most inhabitants', { required: true }),
    latitude: rate('Degrees north', { min: -90, max: 90, unit: 'degrees' }),
    longitude: rate('Degrees east', { min: -180, max: 180, unit: 'degrees' }),
    is_eu_member: flag('Member state of the European Union', { required: true }),
    tax_rate: rate('Standard rate of value added or goods and services tax; 0 where the country levies none itself', {
      min: 0,
      max: 1,
      unit: 'fraction of the net price',
    }),
    updated_at: timestamp('When the facts were last changed', { required: true }),
  },
});
