import { defineContract } from './contract.ts';
import { id, integer, ipAddress, text, timestamp } from './field.ts';

export const pageViews = defineContract({
  source: 'page_views',
  version: 1,
  description: 'What visitors of the shop and the app looked at and did there',
  owner: 'e-commerce',
  key: ['event_id'],
  versionColumn: 'viewed_at',
  eventTimeColumn: 'viewed_at',
  subject: 'customer_id',
  transport: {
    file: 'parquet',
    stream: { stream: 'clickstream-events', type: 'com.tributary.shop.page.viewed' },
  },
  fields: {
    event_id: id('Event', { required: true }),
    event_type: text('What the visitor did', {
      required: true,
      values: [
        'page_view',
        'product_view',
        'search',
        'add_to_cart',
        'remove_from_cart',
        'checkout',
        'purchase',
        'error',
      ],
    }),
    session_id: id('Visit', { required: true }),
    visitor_id: id('Browser or app, by its cookie', { required: true, classification: 'sensitive' }),
    customer_id: id('Account in the shop, where signed in', { classification: 'sensitive' }),
    page_path: text('Path of the page'),
    product_id: id('Product in the shop that was shown'),
    order_id: id('Order that a purchase made'),
    search_term: text('What was searched for', { classification: 'sensitive' }),
    referrer: text('Where the visitor came from'),
    utm_source: text('Source named by the link'),
    utm_medium: text('Medium named by the link'),
    utm_campaign: text('Campaign named by the link'),
    channel: text('Shop or app', {
      required: true,
      values: ['online', 'app'],
      synonyms: { web: 'online', mobile: 'app' },
    }),
    device_type: text('Device', { values: ['desktop', 'mobile', 'tablet', 'app', 'other'] }),
    country: text('ISO 3166 alpha-2 code of the country, by the network'),
    ip_address: ipAddress('Internet address'),
    duration_ms: integer('Time on the page', { min: 0, unit: 'ms' }),
    viewed_at: timestamp('When it happened', { required: true }),
  },
});
