import type { Retailer } from '../simulation/retailer.ts';
import { personId } from '../world/people.ts';
import type { CustomerSystem, Spelled } from '../world/spelling.ts';

/** Notes in the truth whom a record is about, and how it differs from what they would write. */
export function linkIdentity(
  { outbox, people }: Retailer,
  person: number,
  source: CustomerSystem,
  sourceId: string,
  { differences }: Spelled,
): void {
  outbox.truth('identity_links', {
    person_id: personId(person),
    household_id: personId(people.household[person] ?? person),
    source,
    source_id: sourceId,
    differences: differences.join(','),
  });
  if (differences.includes('invalid_email')) outbox.defect(source, sourceId, 'invalid_email');
}
