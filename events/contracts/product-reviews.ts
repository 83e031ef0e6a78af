import { defineContract } from './contract.ts';
import { flag, freeText, id, integer, personName, text, timestamp } from './field.ts';

export const productReviews = defineContract({
  source: 'product_reviews',
  version: 1,
  description: 'What customers wrote about products',
  owner: 'e-commerce',
  key: ['review_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'created_at',
  subject: 'customer_id',
  transport: {
    file: 'ndjson',
    stream: { stream: 'customer-events', type: 'com.tributary.shop.review.changed' },
  },
  fields: {
    review_id: id('Review', { required: true }),
    product_id: id('Product in the shop', { required: true }),
    order_id: id('Order that the product was bought in, where known'),
    customer_id: id('Account in the shop', { classification: 'sensitive' }),
    author_name: personName('Name that the author gave'),
    rating: integer('Stars', { required: true, min: 1, max: 5 }),
    title: freeText('Title'),
    review_text: freeText('Text', { aliases: ['body', 'text'] }),
    language: text('ISO 639-1 code of the language'),
    is_verified: flag('Whether the author bought the product'),
    helpful_votes: integer('Readers who found it helpful', { min: 0 }),
    status: text('State of moderation', { values: ['pending', 'published', 'rejected'] }),
    created_at: timestamp('When it was written', { required: true }),
    updated_at: timestamp('When it was last changed', { required: true }),
  },
});
