import { Random, STREAM } from '../random/random.ts';
import { type Identity, nicknameOf, withoutAccents } from './identity.ts';
import type { Market } from './markets.ts';

/** How a system's record of a person differs from what the person would write. */
export type Difference =
  | 'nickname'
  | 'typo'
  | 'no_accents'
  | 'swapped_names'
  | 'former_name'
  | 'other_case'
  | 'no_name'
  | 'other_email'
  | 'no_email'
  | 'invalid_email'
  | 'no_phone'
  | 'other_phone_format';

export type CustomerSystem = 'crm_customers' | 'ecommerce_customers' | 'marketing_contacts';

/** How often each difference occurs in a system. */
type Habits = Readonly<Record<Difference, number>>;

const HABITS: Readonly<Record<CustomerSystem, Habits>> = {
  crm_customers: {
    nickname: 0.03,
    typo: 0.03,
    no_accents: 0.5,
    swapped_names: 0.01,
    former_name: 0.6,
    other_case: 0.04,
    no_name: 0,
    other_email: 0.05,
    no_email: 0.08,
    invalid_email: 0,
    no_phone: 0.12,
    other_phone_format: 0.3,
  },
  ecommerce_customers: {
    nickname: 0.15,
    typo: 0.02,
    no_accents: 0.1,
    swapped_names: 0.015,
    former_name: 0.1,
    other_case: 0.1,
    no_name: 0,
    other_email: 0.14,
    no_email: 0,
    invalid_email: 0,
    no_phone: 0.35,
    other_phone_format: 0.5,
  },
  marketing_contacts: {
    nickname: 0.12,
    typo: 0.02,
    no_accents: 0.2,
    swapped_names: 0.03,
    former_name: 0.2,
    other_case: 0.12,
    no_name: 0.25,
    other_email: 0.1,
    no_email: 0,
    invalid_email: 0,
    no_phone: 0.6,
    other_phone_format: 0.5,
  },
};

/** A person's data as a system has them; null is what it was not told. */
export interface Spelled {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly differences: readonly Difference[];
}

/** Two neighbours swapped, or a letter lost. */
function mistyped(random: Random, text: string): string {
  if (text.length < 4) return text;
  const at = random.between(1, text.length - 3);
  const swapped = text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2);
  return random.chance(0.5) && swapped !== text ? swapped : text.slice(0, at) + text.slice(at + 1);
}

export function brokenEmail(random: Random, email: string): string {
  const [local = '', domain = ''] = email.split('@');
  return random.pick([
    `${local}${domain}`,
    `${local}@`,
    `${local}@@${domain}`,
    `${local} @${domain}`,
    'n/a',
    `${local}@${domain.replace('.', ',')}`,
  ]);
}

function phoneText(random: Random, market: Market, phone: string, isOther: boolean): string {
  const digits = phone.replaceAll(' ', '');
  if (!isOther) return `${market.callingCode}${digits}`;
  const trunk = market.callingCode === '+1' || market.callingCode === '+39' || market.callingCode === '+34' ? '' : '0';
  return random.pick([
    `${trunk}${phone}`,
    `${trunk}${digits}`,
    `${market.callingCode} ${phone}`,
    `${market.callingCode.replace('+', '00')} ${phone}`,
    `(${trunk}${phone.split(' ')[0]}) ${phone.split(' ').slice(1).join('-')}`,
  ]);
}

/** Spells people as systems do. The same person is spelled the same in the same system every time. */
export class Speller {
  readonly #random: Random;
  readonly #invalidEmails: number;

  constructor(seed: number, invalidEmails: number) {
    this.#random = new Random(seed);
    this.#invalidEmails = invalidEmails;
  }

  /** @param variant sets apart several records of a person in one system */
  spell(identity: Identity, market: Market, system: CustomerSystem, person: number, variant = 0): Spelled {
    const habits = { ...HABITS[system], invalid_email: this.#invalidEmails };
    const random = this.#random.at(STREAM.spelling, person, SYSTEM_NUMBER[system] * 4 + variant);
    // All draws are made, whatever comes of them, so that rates of defects change nothing else.
    const drawn = new Set<Difference>();
    for (const difference of DIFFERENCES) if (random.chance(habits[difference])) drawn.add(difference);
    if (variant > 0) drawn.add('typo').add('other_phone_format').delete('no_email');
    const differences: Difference[] = [];
    const has = (difference: Difference, applies = true) => {
      const does = applies && drawn.has(difference);
      if (does) differences.push(difference);
      return does;
    };
    const name = this.#name(identity, has);
    const email = has('other_email') ? identity.otherEmail : identity.email;
    return {
      ...name,
      email: this.#email(email, has),
      phone: has('no_phone') ? null : phoneText(random, market, identity.phone, has('other_phone_format')),
      differences,
    };
  }

  #name(identity: Identity, has: Has): { firstName: string | null; lastName: string | null } {
    if (has('no_name')) return { firstName: null, lastName: null };
    const nickname = nicknameOf(identity.firstName);
    let first = has('nickname', nickname !== undefined) ? (nickname ?? '') : identity.firstName;
    let last = has('former_name', identity.formerName !== undefined) ? (identity.formerName ?? '') : identity.lastName;
    if (has('no_accents', withoutAccents(first + last) !== first + last)) {
      first = withoutAccents(first);
      last = withoutAccents(last);
    }
    if (has('typo')) last = mistyped(this.#random, last);
    if (has('other_case')) {
      const isUpper = this.#random.chance(0.5);
      first = isUpper ? first.toUpperCase() : first.toLowerCase();
      last = isUpper ? last.toUpperCase() : last.toLowerCase();
    }
    return has('swapped_names') ? { firstName: last, lastName: first } : { firstName: first, lastName: last };
  }

  #email(email: string, has: Has): string | null {
    if (has('invalid_email')) return brokenEmail(this.#random, email);
    return has('no_email') ? null : email;
  }
}

type Has = (difference: Difference, applies?: boolean) => boolean;

const DIFFERENCES = Object.keys(HABITS.crm_customers) as Difference[];
const SYSTEM_NUMBER: Readonly<Record<CustomerSystem, number>> = {
  crm_customers: 1,
  ecommerce_customers: 2,
  marketing_contacts: 3,
};
