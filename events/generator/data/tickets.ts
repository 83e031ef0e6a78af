import { items } from './words.ts';

export type TicketCause = 'late' | 'lost' | 'return' | 'declined' | 'product' | 'account' | 'abuse';

interface TicketTexts {
  readonly category: 'delivery' | 'returns' | 'payment' | 'product' | 'account' | 'complaint' | 'other';
  readonly priority: 'low' | 'normal' | 'high' | 'urgent';
  readonly subjects: readonly string[];
  readonly messages: readonly string[];
}

/** What customers write; `{order}`, `{name}`, `{email}` and `{phone}` are theirs. */
export const TICKETS: Readonly<Record<TicketCause, TicketTexts>> = {
  late: {
    category: 'delivery',
    priority: 'high',
    subjects: items('Where is my order {order}?|Late delivery|Order {order} has not arrived|Parcel delayed'),
    messages: items(`Hello, my order {order} should have been here days ago. Please call me on {phone}. Regards, {name}|
      I am still waiting for my parcel, order {order}. What is going on? {name}|
      Delivery of {order} is late again. Please write to {email} when it will come.|
      The tracking has not moved for three days. My order number is {order}.`),
  },
  lost: {
    category: 'delivery',
    priority: 'urgent',
    subjects: items('Parcel lost|Order {order} never came'),
    messages: items(`The carrier says that my parcel is lost. Order {order}. I want a refund. {name}, {phone}|
      Nothing has arrived of order {order} and nobody answers. You can reach me at {email}.`),
  },
  return: {
    category: 'returns',
    priority: 'normal',
    subjects: items('Return of order {order}|How do I send this back?|Refund for {order}'),
    messages: items(`I have sent back order {order}. When do I get my money? {name}|
      Please send a return label for {order} to {email}.|
      The goods of {order} went back on Monday, the refund is still missing. Call {phone}.`),
  },
  declined: {
    category: 'payment',
    priority: 'normal',
    subjects: items('Card declined|Payment failed for {order}'),
    messages: items(`My card was declined although there is money on it. Order {order}. {name}|
      I tried to pay for {order} twice. Please help, {phone}.`),
  },
  product: {
    category: 'product',
    priority: 'normal',
    subjects: items('Damaged item in {order}|Question about a product|Wrong item'),
    messages: items(`One item of order {order} arrived damaged. I would like a replacement. {name}|
      I received the wrong colour with {order}. My e-mail is {email}.|
      Is it dishwasher safe? It does not say on the box. Thanks, {name}`),
  },
  account: {
    category: 'account',
    priority: 'low',
    subjects: items('Cannot sign in|Change my e-mail address|Delete my account'),
    messages: items(`I cannot sign in with {email} any more. {name}|Please change my phone number to {phone}.|
      Please tell me what data you hold about me. {name}, {email}`),
  },
  abuse: {
    category: 'complaint',
    priority: 'urgent',
    subjects: items('Refund now|Empty parcel {order}'),
    messages: items(`The parcel of {order} was empty. I demand a refund at once. {name}|
      Order {order} never reached me, whatever the driver says. Refund to my card. {email}`),
  },
};
