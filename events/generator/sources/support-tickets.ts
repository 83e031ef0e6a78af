import { TICKETS, type TicketCause } from '../data/tickets.ts';
import { Random, STREAM } from '../random/random.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { HOUR_MS, instantText, MINUTE_MS } from '../time.ts';
import { NONE } from '../world/people.ts';
import type { Order } from './ecommerce-orders.ts';

const CHANNELS = ['email', 'email', 'web', 'web', 'phone', 'chat', 'social'] as const;

/** Somebody asks for help; a ticket has a version per state. */
export function openTicket(retailer: Retailer, order: Order, cause: TicketCause, at: number): void {
  const { outbox, followUps, options, counters } = retailer;
  const number = ++counters.ticket;
  const random = new Random(options.seed).at(STREAM.ticket, number);
  const texts = TICKETS[cause];
  const requester = requesterOf(retailer, order);
  const fill = (text: string) =>
    text
      .replaceAll('{order}', order.id)
      .replaceAll('{name}', requester.name)
      .replaceAll('{email}', requester.email ?? 'my usual address')
      .replaceAll('{phone}', requester.phone ?? 'my mobile');
  const ticket = {
    ticket_id: `TK${String(number).padStart(7, '0')}`,
    customer_id: order.accountId,
    requester_email: requester.email,
    requester_name: requester.name,
    requester_phone: requester.phone,
    order_id: order.id,
    product_id: cause === 'product' ? (order.lines[0]?.product.shopId ?? null) : null,
    category: texts.category,
    priority: texts.priority,
    status: 'open',
    channel: random.pick(CHANNELS),
    subject: fill(random.pick(texts.subjects)),
    message: fill(random.pick(texts.messages)),
    agent_id: null as string | null,
    satisfaction: null as number | null,
    created_at: instantText(at),
    first_response_at: null as string | null,
    resolved_at: null as string | null,
    updated_at: instantText(at),
  };
  outbox.push('support_tickets', ticket);
  const agent = `A${String(random.between(1, 24)).padStart(3, '0')}`;
  const satisfaction = random.chance(0.45) ? random.between(cause === 'lost' || cause === 'late' ? 1 : 2, 5) : null;
  const answered = at + random.between(20, 30 * 60) * MINUTE_MS;
  const solved = answered + random.between(1, 70) * HOUR_MS;
  const responded = { ...ticket, agent_id: agent, first_response_at: instantText(answered) };
  followUps.at(answered, (instant) => {
    outbox.pushNewer('support_tickets', { ...responded, status: 'pending', updated_at: instantText(instant) });
  });
  followUps.at(solved, (instant) => {
    const now = instantText(instant);
    outbox.pushNewer('support_tickets', {
      ...responded,
      status: 'solved',
      satisfaction,
      resolved_at: now,
      updated_at: now,
    });
  });
}

function requesterOf({ identities }: Retailer, { person, email, recipient }: Order) {
  if (person === NONE) return { name: recipient, email, phone: null };
  const { phone } = identities.of(person);
  const digits = phone.replaceAll(' ', '');
  return { name: recipient, email, phone: `${identities.market(person).callingCode}${digits}` };
}
