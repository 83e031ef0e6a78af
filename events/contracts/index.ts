import { accountingTransactions } from './accounting-transactions.ts';
import type { Contract } from './contract.ts';
import { countries } from './countries.ts';
import { couponRedemptions } from './coupon-redemptions.ts';
import { crmCustomers } from './crm-customers.ts';
import { ecommerceCustomers } from './ecommerce-customers.ts';
import { ecommerceOrderItems } from './ecommerce-order-items.ts';
import { ecommerceOrders } from './ecommerce-orders.ts';
import { ecommerceProducts } from './ecommerce-products.ts';
import { emailCampaignRecipients } from './email-campaign-recipients.ts';
import { emailCampaigns } from './email-campaigns.ts';
import { erpInventory } from './erp-inventory.ts';
import { erpProducts } from './erp-products.ts';
import { erpTransactions } from './erp-transactions.ts';
import { exchangeRates } from './exchange-rates.ts';
import { holidays } from './holidays.ts';
import { marketingContacts } from './marketing-contacts.ts';
import { pageViews } from './page-views.ts';
import { posTransactions } from './pos-transactions.ts';
import { productReviews } from './product-reviews.ts';
import { retailInvoices } from './retail-invoices.ts';
import { shippingOrders } from './shipping-orders.ts';
import { socialCampaigns } from './social-campaigns.ts';
import { stores } from './stores.ts';
import { supportTickets } from './support-tickets.ts';
import { thirdPartyInventory } from './third-party-inventory.ts';

/** Every source that Tributary takes in, by name. */
export const contracts: readonly Contract[] = [
  accountingTransactions,
  countries,
  couponRedemptions,
  crmCustomers,
  ecommerceCustomers,
  ecommerceOrderItems,
  ecommerceOrders,
  ecommerceProducts,
  emailCampaignRecipients,
  emailCampaigns,
  erpInventory,
  erpProducts,
  erpTransactions,
  exchangeRates,
  holidays,
  marketingContacts,
  pageViews,
  posTransactions,
  productReviews,
  retailInvoices,
  shippingOrders,
  socialCampaigns,
  stores,
  supportTickets,
  thirdPartyInventory,
];

const bySource = new Map(contracts.map((contract) => [contract.source, contract]));
const byEventType = new Map(
  contracts.flatMap((contract) =>
    contract.transport.stream ? [[contract.transport.stream.type, contract] as const] : [],
  ),
);

/** The contract of a source (and landing folder), if there is one. */
export const contractOf = (source: string): Contract | undefined => bySource.get(source);

/** The contract that a CloudEvents `type` names, if there is one. */
export const contractByEventType = (type: string): Contract | undefined => byEventType.get(type);

/** The `dataschema` by which a CloudEvent names this contract and its version. */
export const dataSchemaOf = (contract: Pick<Contract, 'source' | 'version'>): string =>
  `urn:tributary:${contract.source}:v${contract.version}`;
