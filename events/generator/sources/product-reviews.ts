import { moodOf, REVIEWS, type ReviewPhrases } from '../data/reviews.ts';
import { normal } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, HOUR_MS, instantText } from '../time.ts';
import type { Product } from '../world/products.ts';
import type { Order } from './ecommerce-orders.ts';

const REVIEW_RATE = 0.12;
const REJECTION_RATE = 0.03;

/** Good products get good ratings; people differ. */
function ratingOf(random: Random, quality: number): number {
  return Math.max(1, Math.min(5, Math.round(1.1 + 4 * quality + 1.1 * normal(random))));
}

function textOf(random: Random, language: string, rating: number, noun: string) {
  const phrases = REVIEWS[language] ?? (REVIEWS.en as ReviewPhrases);
  const mood = moodOf(rating);
  const sentences = [
    random.pick(phrases.opening[mood]),
    ...(random.chance(0.8) ? [random.pick(phrases.detail[mood])] : []),
    ...(random.chance(0.6) ? [random.pick(phrases.close[mood])] : []),
  ];
  return { title: random.pick(phrases.titles[mood]), body: sentences.join(' ').replaceAll('{noun}', noun) };
}

/** Plans the reviews of what has been delivered. */
export function planReviews(retailer: Retailer, order: Order, deliveredAt: number): void {
  for (const { product } of order.lines) {
    const random = new Random(retailer.options.seed).at(STREAM.review, retailer.counters.review++);
    if (!random.chance(REVIEW_RATE)) continue;
    const at = deliveredAt + random.between(1, 9) * DAY_MS + random.below(3 * HOUR_MS);
    retailer.followUps.at(at, (instant) => handOverReview(retailer, random, order, product, instant));
  }
}

/** A review is pending until a moderator has read it. */
function handOverReview(retailer: Retailer, random: Random, order: Order, product: Product, at: number): void {
  const { identities, outbox } = retailer;
  const rating = ratingOf(random, product.quality);
  const language = REVIEWS[order.market.language] ? order.market.language : 'en';
  const noun = product.shopTitle.split(' in ')[0] ?? product.shopTitle;
  const { title, body } = textOf(random, language, rating, noun);
  const name = order.person < 0 ? null : identities.of(order.person).firstName;
  const review = (status: string, votes: number, updatedAt: number) => ({
    review_id: `RV${reviewNumber(order, product)}`,
    product_id: product.shopId,
    order_id: order.id,
    customer_id: order.accountId,
    author_name: name,
    rating,
    title,
    review_text: body,
    language,
    is_verified: true,
    helpful_votes: votes,
    status,
    created_at: instantText(at),
    updated_at: instantText(updatedAt),
  });
  outbox.push('product_reviews', review('pending', 0, at));
  const isRejected = random.chance(REJECTION_RATE);
  const votes = random.below(12);
  retailer.followUps.at(at + random.between(2, 30) * HOUR_MS, (instant) => {
    outbox.pushNewer('product_reviews', review(isRejected ? 'rejected' : 'published', votes, instant));
  });
}

const reviewNumber = (order: Order, product: Product): string => `${order.id.slice(1)}-${product.index + 1}`;
