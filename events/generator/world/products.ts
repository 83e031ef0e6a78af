import { BRANDS, CATEGORIES, COLOURS, STYLES } from '../data/assortment.ts';
import { beta, normal, Weighted } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import { dayOf } from '../time.ts';

/** What a product is for good; prices and stock change and are kept elsewhere. */
export interface Product {
  readonly index: number;
  readonly productId: string;
  /** Its id in the shop, where other numbers are used. */
  readonly shopId: string;
  readonly sku: string;
  readonly name: string;
  readonly shopTitle: string;
  readonly category: (typeof CATEGORIES)[number];
  readonly subcategory: string;
  readonly brand: string;
  readonly colour: string;
  /** Recommended price on the first day and cost, in pence. */
  readonly price: number;
  readonly cost: number;
  readonly weightKg: number;
  /** Weight in the choice of customers when its price is the recommended one. */
  readonly popularity: number;
  /** How much demand reacts to the price: demand goes with price to the power of minus this. */
  readonly elasticity: number;
  /** From 0 to 1; it decides ratings and returns. */
  readonly quality: number;
  readonly leadTimeDays: number;
  readonly supplierId: string;
  /** First day of sale, and the first without, as days since 1970. */
  readonly launchDay: number;
  readonly endDay: number;
  /** Product that goes into a basket with this one, and the chance that it does. */
  readonly complement: number | undefined;
  readonly affinity: number;
}

const NEVER = dayOf('9999-01-01');
const pad = (number: number, digits: number) => String(number).padStart(digits, '0');

interface Place {
  readonly index: number;
  readonly count: number;
  readonly rank: number;
  readonly firstDay: number;
  readonly lastDay: number;
}

const categoryDraw = new Weighted(CATEGORIES.map(({ share }) => share));

function launchAndEnd(random: Random, { firstDay, lastDay }: Place): { launchDay: number; endDay: number } {
  const days = lastDay - firstDay + 1;
  // A few of the assortment come and go, as many as a year's share allows.
  const change = Math.min(0.3, 0.0013 * days);
  const isNew = random.chance(change);
  const isLeaving = !isNew && random.chance(change);
  return {
    launchDay: isNew ? firstDay + 1 + random.below(days) : firstDay - random.between(90, 3600),
    endDay: isLeaving ? firstDay + 1 + random.below(days) : NEVER,
  };
}

function productAt(random: Random, place: Place): Product {
  const { index, count, rank } = place;
  random.at(STREAM.product, index);
  const category = CATEGORIES[categoryDraw.draw(random)] as (typeof CATEGORIES)[number];
  const line = random.pick(category.lines);
  const [noun, style, colour, brand] = [
    random.pick(line.nouns),
    random.pick(STYLES),
    random.pick(COLOURS),
    random.chance(0.35) ? (BRANDS[0] ?? '') : random.pick(BRANDS),
  ];
  const [cheapest, dearest] = category.price;
  const price = Math.round(100 * cheapest * (dearest / cheapest) ** beta(random, 2, 3));
  const isShouting = random.chance(0.1);
  const shopTitle = `${style} ${noun} in ${colour}${random.chance(0.6) ? ` – ${brand}` : ''}`;
  return {
    index,
    productId: `P${pad(index + 1, 5)}`,
    shopId: String(700_000 + ((index * 7919 + 13) % 899_981)),
    sku: `${category.code}-${pad(index + 1, 5)}-${colour.slice(0, 3).toUpperCase()}`,
    name: `${brand} ${style} ${noun} ${colour}`.toUpperCase(),
    shopTitle: isShouting ? shopTitle.toLowerCase() : shopTitle,
    category,
    subcategory: line.subcategory,
    brand,
    colour,
    price,
    cost: Math.max(10, Math.round((price / 1.2) * category.cost * (0.85 + 0.3 * random.next()))),
    weightKg: Math.round(category.weightKg * (0.4 + 1.2 * random.next()) * 1000) / 1000,
    popularity: (rank + 1) ** -0.7,
    elasticity: Math.max(0.3, category.elasticity + 0.35 * normal(random)),
    quality: beta(random, 6, 2),
    leadTimeDays: random.between(3, 14),
    supplierId: `SUP${pad(random.below(40) + 1, 3)}`,
    ...launchAndEnd(random, place),
    complement: random.chance(0.35) && count > 1 ? (index + 1 + random.below(count - 1)) % count : undefined,
    affinity: 0.15 + 0.35 * random.next(),
  };
}

/** The assortment. Popularity follows Zipf's law over ranks that have nothing to do with the ids. */
export function productsOf(seed: number, count: number, firstDay: number, lastDay: number): readonly Product[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, index) => {
    const rank = (index * 7919 + seed) % count;
    return productAt(random, { index, count, rank, firstDay, lastDay });
  });
}

export const isOnSale = ({ launchDay, endDay }: Product, day: number): boolean => launchDay <= day && day < endDay;
