/*
description: >-
  Every day of the calendar years in which something was sold. Holidays are the bank holidays of England and Wales, by
  rule and by proclamation; the fiscal year is the calendar year.
owner: analytics
grain: one row per day (date_key)
kind: table
sort_by: [date_key]
sla: {hours: 2}
columns:
  - {name: date_key, type: integer, description: The day as yyyymmdd, checks: [not_null, unique]}
  - {name: date, type: date, description: The day, checks: [not_null, unique]}
  - {name: year, type: integer, description: Calendar year, checks: [not_null]}
  - {name: quarter, type: integer, description: 'Quarter of the year, 1 to 4', checks: [not_null, {range: {min: 1, max: 4}}]}
  - {name: month, type: integer, description: 'Month of the year, 1 to 12', checks: [not_null, {range: {min: 1, max: 12}}]}
  - {name: month_name, type: varchar, description: Name of the month in English, checks: [not_null]}
  - {name: week, type: integer, description: 'ISO 8601 week; the first days of January may belong to week 52 or 53', checks: [not_null, {range: {min: 1, max: 53}}]}
  - {name: week_of_year, type: integer, description: 'Week counted from 1 January, 1 to 53', checks: [not_null, {range: {min: 1, max: 53}}]}
  - {name: day_of_month, type: integer, description: 'Day of the month, 1 to 31', checks: [not_null, {range: {min: 1, max: 31}}]}
  - {name: day_of_week, type: integer, description: 'Day of the week, 1 Monday to 7 Sunday', checks: [not_null, {range: {min: 1, max: 7}}]}
  - {name: day_name, type: varchar, description: Name of the day in English, checks: [not_null]}
  - {name: is_weekend, type: boolean, description: Saturday or Sunday, checks: [not_null]}
  - {name: is_holiday, type: boolean, description: 'Bank holiday in England and Wales, or the day that a substitute stands for', checks: [not_null]}
  - {name: holiday_name, type: varchar, description: Name of the holiday}
  - {name: fiscal_year, type: integer, description: Fiscal year; the calendar year, checks: [not_null]}
  - {name: fiscal_quarter, type: integer, description: 'Quarter of the fiscal year, 1 to 4', checks: [not_null, {range: {min: 1, max: 4}}]}
checks:
  - row_count: {min: 1, action: warn}
*/
with

sold as (
  select min(transaction_at) as first_sale_at, max(transaction_at) as last_sale_at
  from silver.order_lines
),

bounds as (
  select
    cast(date_trunc('year', first_sale_at) as date) as first_day,
    cast(date_add('day', -1, date_add('year', 1, date_trunc('year', last_sale_at))) as date) as last_day
  from sold
),

days as (
  select calendar.day
  from bounds
  cross join unnest(sequence(first_day, last_day, interval '1' day)) as calendar (day)
),

years as (
  select
    year(day) as year,
    min(day) as january_1,
    date_add('month', 4, min(day)) as may_1,
    date_add('day', 30, date_add('month', 4, min(day))) as may_31,
    date_add('day', 30, date_add('month', 7, min(day))) as august_31,
    date_add('day', 24, date_add('month', 11, min(day))) as december_25,
    date_add('day', 25, date_add('month', 11, min(day))) as december_26
  from days
  group by year(day)
),

-- Easter by Gauss's rule, which holds from 1900 to 2099: the days from 22 March to the full moon, then to the Sunday.
full_moons as (
  select year, january_1, mod(19 * mod(year, 19) + 24, 30) as days_to_moon
  from years
),

sundays as (
  select
    year, january_1, days_to_moon,
    mod(2 * mod(year, 4) + 4 * mod(year, 7) + 6 * days_to_moon + 5, 7) as days_to_sunday
  from full_moons
),

easter as (
  select
    date_add(
      'day',
      days_to_moon + days_to_sunday - case
        when days_to_sunday = 6 and (days_to_moon = 29 or (days_to_moon = 28 and mod(year, 19) > 10)) then 7
        else 0
      end,
      date_add('day', 21, date_add('month', 2, january_1))
    ) as easter_sunday
  from sundays
),

ruled as (
  select january_1 as day, 'New Year''s Day' as holiday_name from years
  union all
  select date_add('day', 8 - day_of_week(january_1), january_1), 'New Year''s Day (substitute)' from years
  where day_of_week(january_1) >= 6
  union all
  select date_add('day', -2, easter_sunday), 'Good Friday' from easter
  union all
  select date_add('day', 1, easter_sunday), 'Easter Monday' from easter
  union all
  select date_add('day', mod(8 - day_of_week(may_1), 7), may_1), 'Early May bank holiday' from years
  union all
  select date_add('day', 1 - day_of_week(may_31), may_31), 'Spring bank holiday' from years
  union all
  select date_add('day', 1 - day_of_week(august_31), august_31), 'Summer bank holiday' from years
  union all
  select december_25, 'Christmas Day' from years
  union all
  select date_add('day', 2, december_25), 'Christmas Day (substitute)' from years where day_of_week(december_25) >= 6
  union all
  select december_26, 'Boxing Day' from years
  union all
  select date_add('day', 2, december_26), 'Boxing Day (substitute)' from years where day_of_week(december_26) >= 6
),

proclaimed as (
  select day, holiday_name
  from (
    values
      (date '2011-04-29', 'Royal wedding'),
      (date '2012-06-04', 'Spring bank holiday'),
      (date '2012-06-05', 'Diamond Jubilee'),
      (date '2020-05-08', 'Early May bank holiday'),
      (date '2022-06-02', 'Spring bank holiday'),
      (date '2022-06-03', 'Platinum Jubilee'),
      (date '2022-09-19', 'State funeral of Queen Elizabeth II'),
      (date '2023-05-08', 'Coronation of King Charles III')
  ) as one_off (day, holiday_name)
),

holidays as (
  select day, holiday_name
  from ruled
  where day not in (date '2012-05-28', date '2020-05-04', date '2022-05-30')
  union all
  select day, holiday_name from proclaimed
)

select
  cast(year(days.day) * 10000 + month(days.day) * 100 + day_of_month(days.day) as integer) as date_key,
  days.day as date,
  cast(year(days.day) as integer) as year,
  cast(quarter(days.day) as integer) as quarter,
  cast(month(days.day) as integer) as month,
  date_format(days.day, '%M') as month_name,
  cast(week(days.day) as integer) as week,
  cast((day_of_year(days.day) - 1) / 7 + 1 as integer) as week_of_year,
  cast(day_of_month(days.day) as integer) as day_of_month,
  cast(day_of_week(days.day) as integer) as day_of_week,
  date_format(days.day, '%W') as day_name,
  day_of_week(days.day) >= 6 as is_weekend,
  holiday_name is not null as is_holiday,
  holiday_name,
  cast(year(days.day) as integer) as fiscal_year,
  cast(quarter(days.day) as integer) as fiscal_quarter
from days
left join holidays on holidays.day = days.day
