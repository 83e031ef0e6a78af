import { defineContract } from './contract.ts';
import { date, flag, id, text, timestamp } from './field.ts';

export const holidays = defineContract({
  source: 'holidays',
  version: 1,
  description: 'Public holidays, and days that shops prepare for, by country',
  owner: 'merchandising',
  key: ['holiday_date', 'region_code', 'holiday_name'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'updated_at',
  transport: { file: 'csv' },
  fields: {
    holiday_date: date('Day', { required: true }),
    country_code: id('ISO 3166-1 alpha-2 code of the country', { required: true }),
    region_code: id('ISO 3166 code of who keeps the day: the whole country (GB) or a part of it (GB-SCT)', {
      required: true,
    }),
    holiday_name: text('Name in English', { required: true }),
    holiday_type: text('What kind of day it is; a substitute stands in for a holiday on a weekend', {
      required: true,
      values: ['public', 'substitute', 'observance'],
    }),
    is_public: flag('Whether people are off work', { required: true }),
    updated_at: timestamp('When the calendar was last changed', { required: true }),
  },
});
