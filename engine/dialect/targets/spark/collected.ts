import type { Context } from '../../translate/context.ts';
import type { AggregateCall } from '../target.ts';
import { aggregate } from './relations.ts';
import { quoted } from './types.ts';

/** A list of all values, nulls among them, in the order that the call says. */
export function collected(value: string, call: Omit<AggregateCall, 'name' | 'args'>, context: Context): string {
  const keys = call.orderBy.map(({ sql }, index) => `, 'k${index}', ${sql}`);
  const item = `named_struct('v', ${value}${keys.join('')})`;
  const list = aggregate({ ...call, name: 'collect_list', args: [item] });
  const element = quoted(context.unique('e'));
  const inOrder = keys.length === 0 ? list : `array_sort(${list}, ${comparator(call.orderBy, context)})`;
  return `transform(${inOrder}, ${element} -> ${element}.v)`;
}

/** A lambda that is negative where the left item comes first. */
function comparator(orderBy: AggregateCall['orderBy'], context: Context): string {
  const [left, right] = [quoted(context.unique('l')), quoted(context.unique('r'))];
  const compared = orderBy.reduceRight((otherwise, { descending, nullsFirst }, index) => {
    const [a, b] = [`${left}.k${index}`, `${right}.k${index}`];
    const [before, after] = nullsFirst ? [-1, 1] : [1, -1];
    const [less, more] = descending ? [1, -1] : [-1, 1];
    const known = `when ${a} is null then ${before} when ${b} is null then ${after} when ${a} < ${b} then ${less}`;
    return `case when ${a} <=> ${b} then ${otherwise} ${known} else ${more} end`;
  }, '0');
  return `(${left}, ${right}) -> ${compared}`;
}
