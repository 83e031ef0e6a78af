import type { Retailer } from '../simulation/retailer.ts';
import { instantText } from '../time.ts';
import { amount } from './amount.ts';
import type { Order } from './ecommerce-orders.ts';

export interface Shipment {
  readonly order: Order;
  readonly carrier: string;
  readonly service: 'standard' | 'express' | 'next_day' | 'economy' | 'collect';
  readonly originId: string;
  readonly trackingNumber: string;
  /** In hundredths of the market's currency. */
  readonly cost: number;
  readonly createdAt: number;
  readonly shippedAt: number;
  readonly promisedAt: number;
  readonly deliveredAt: number;
}

export type ShipmentStatus = 'created' | 'in_transit' | 'delayed' | 'delivered' | 'lost' | 'returned' | 'cancelled';

/** Hands over a version of a shipment; times that are yet to come are left out. */
export function handOverShipment({ outbox }: Retailer, shipment: Shipment, status: ShipmentStatus, at: number): void {
  const { order } = shipment;
  const hasLeft = status !== 'created' && status !== 'cancelled';
  const hasArrived = status === 'delivered' || status === 'returned';
  const weight = order.lines.reduce((sum, { product, quantity }) => sum + product.weightKg * quantity, 0);
  outbox.pushNewer('shipping_orders', {
    shipment_id: `SH${order.id.slice(1)}`,
    order_id: order.id,
    carrier: shipment.carrier,
    service_level: shipment.service,
    status,
    tracking_number: shipment.trackingNumber,
    origin_location_id: shipment.originId,
    recipient_name: order.recipient,
    address_line: order.addressLine,
    city: order.city,
    postcode: order.postcode,
    country: order.market.country,
    package_count: 1 + Math.floor(weight / 15),
    weight_kg: Math.round(weight * 1000) / 1000,
    shipping_cost: amount(shipment.cost),
    currency: order.market.currency,
    created_at: instantText(shipment.createdAt),
    shipped_at: hasLeft ? instantText(shipment.shippedAt) : null,
    promised_at: instantText(shipment.promisedAt),
    delivered_at: hasArrived ? instantText(shipment.deliveredAt) : null,
    updated_at: instantText(at),
  });
}
