import type { Retailer } from '../simulation/retailer.ts';
import { endOfDay, instantText } from '../time.ts';

/** Where a visit came from. */
export interface Traffic {
  readonly referrer: string | null;
  readonly source: string | null;
  readonly medium: string | null;
  readonly campaign: string | null;
}

export const DIRECT: Traffic = { referrer: null, source: null, medium: null, campaign: null };

export interface Visitor {
  readonly sessionId: string;
  readonly visitorId: string;
  /** Account, where signed in. */
  readonly accountId: string | null;
  readonly country: string;
  readonly ipAddress: string;
  readonly channel: 'online' | 'app';
  readonly device: 'desktop' | 'mobile' | 'tablet' | 'app' | 'other';
  readonly traffic: Traffic;
}

export type EventType =
  | 'page_view'
  | 'product_view'
  | 'search'
  | 'add_to_cart'
  | 'remove_from_cart'
  | 'checkout'
  | 'purchase'
  | 'error';

/** One thing that a visitor does. */
export interface Step {
  readonly type: EventType;
  readonly path: string;
  readonly productId: string | null;
  readonly searchTerm: string | null;
  /** Time spent, in milliseconds. */
  readonly duration: number;
}

/** When a visit begins so that it is over on the same day. */
export function startOfVisit(at: number, steps: readonly Step[]): number {
  const length = steps.reduce((sum, { duration }) => sum + duration, 0);
  return Math.min(at, endOfDay(at) - length);
}

/**
 * Hands over what a visitor did, a step after the other.
 *
 * @param orderId order that the last step made
 */
export function handOverVisit(
  { outbox, day }: Retailer,
  visitor: Visitor,
  steps: readonly Step[],
  start: number,
  orderId: string | null,
): void {
  const box = outbox.source('page_views');
  const { sessionId, traffic } = visitor;
  let at = start;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as Step;
    box.push(
      {
        event_id: `${sessionId}-${index + 1}`,
        event_type: step.type,
        session_id: sessionId,
        visitor_id: visitor.visitorId,
        customer_id: visitor.accountId,
        page_path: step.path,
        product_id: step.productId,
        order_id: step.type === 'purchase' ? orderId : null,
        search_term: step.searchTerm,
        referrer: index === 0 ? traffic.referrer : null,
        utm_source: traffic.source,
        utm_medium: traffic.medium,
        utm_campaign: traffic.campaign,
        channel: visitor.channel,
        device_type: visitor.device,
        country: visitor.country,
        ip_address: visitor.ipAddress,
        duration_ms: step.duration,
        viewed_at: instantText(at),
      },
      day,
    );
    at += step.duration;
  }
}
