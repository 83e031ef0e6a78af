import type { Contract } from './contract.ts';
import { couponRedemptions } from './coupon-redemptions.ts';
import { crmCustomers } from './crm-customers.ts';
import { emailCampaignRecipients } from './email-campaign-recipients.ts';
import { emailCampaigns } from './email-campaigns.ts';
import { erpProducts } from './erp-products.ts';
import { posTransactions } from './pos-transactions.ts';

/** Every source that Tributary takes in, by name. */
export const contracts: readonly Contract[] = [
  couponRedemptions,
  crmCustomers,
  emailCampaignRecipients,
  emailCampaigns,
  erpProducts,
  posTransactions,
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
export const dataSchemaOf = (contract: Contract): string => `urn:tributary:${contract.source}:v${contract.version}`;
