import { defineContract } from './contract.ts';
import { email, freeText, id, integer, personName, phone, text, timestamp } from './field.ts';

export const supportTickets = defineContract({
  source: 'support_tickets',
  version: 1,
  description: 'Requests to customer service, each change of state as a version',
  owner: 'customer-service',
  key: ['ticket_id'],
  versionColumn: 'updated_at',
  eventTimeColumn: 'created_at',
  subject: 'customer_id',
  transport: {
    file: 'json',
    stream: { stream: 'customer-events', type: 'com.tributary.support.ticket.changed' },
  },
  fields: {
    ticket_id: id('Ticket', { required: true }),
    customer_id: id('Account in the shop, where known', { classification: 'sensitive' }),
    requester_email: email('E-mail address of who asked'),
    requester_name: personName('Name of who asked'),
    requester_phone: phone('Telephone number of who asked'),
    order_id: id('Order that it is about'),
    product_id: id('Product in the shop that it is about'),
    category: text('What it is about', {
      values: ['delivery', 'returns', 'payment', 'product', 'account', 'complaint', 'other'],
    }),
    priority: text('Urgency', { values: ['low', 'normal', 'high', 'urgent'] }),
    status: text('State', { required: true, values: ['open', 'pending', 'solved', 'closed'] }),
    channel: text('How it came in', { values: ['email', 'phone', 'chat', 'web', 'social'] }),
    subject_line: freeText('Subject line', { aliases: ['subject'] }),
    message: freeText('First message', { aliases: ['description', 'body'] }),
    agent_id: id('Agent who answers', { classification: 'sensitive' }),
    satisfaction: integer('Satisfaction that the customer gave, 1 to 5', { min: 1, max: 5, aliases: ['csat'] }),
    created_at: timestamp('When it came in', { required: true }),
    first_response_at: timestamp('When it was first answered'),
    resolved_at: timestamp('When it was solved'),
    updated_at: timestamp('When it was last changed', { required: true }),
  },
});
