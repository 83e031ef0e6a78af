import type { Contract, Upcast } from './contract.ts';
import { dataSchemaOf } from './index.ts';

const asItIs: Upcast = (record) => record;

/**
 * What makes a record that an event says it keeps (by `dataschema`) one of the contract's version in force; undefined
 * when no chain of upcasts leads there.
 */
export function upcastFrom(contract: Contract, dataschema: unknown): Upcast | undefined {
  for (let version = contract.version, upcast = asItIs; version >= 1; version--) {
    if (dataschema === dataSchemaOf({ ...contract, version })) return upcast;
    const step = contract.upcasts?.[version - 1];
    if (step === undefined) return undefined;
    const rest = upcast;
    upcast = (record) => rest(step(record));
  }
  return undefined;
}
