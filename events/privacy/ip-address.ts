import { isIPv4, isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const parts = (text: string): string[] => (text === '' ? [] : text.split(':').flatMap(groupOrIpv4));
  const first = parts(head);
  const last = parts(tail ?? '');
  const gap = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...new Array<string>(gap).fill('0'), ...last].map((group) =>
    Number.parseInt(group, 16).toString(16),
  );
}

/** The last two groups may be written as an IPv4 address. */
function groupOrIpv4(part: string): readonly string[] {
  if (!part.includes('.')) return [part];
  const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
  return [(256 * a + b).toString(16), (256 * c + d).toString(16)];
}

/** One spelling of an address: IPv6 with all its groups, IPv4 also where IPv6 wraps it. */
export function normalisedIpAddress(address: string): string {
  const text = address.trim().toLowerCase();
  const ipv4 = MAPPED_IPV4.exec(text)?.[1] ?? text;
  if (isIPv4(ipv4)) return ipv4;
  return isIPv6(text) && !text.includes('%') ? groupsOf(text).join(':') : text;
}

/**
 * The network that an address is in, which many share: /24 of IPv4, /48 of IPv6. Undefined for what is no address.
 *
 * @param address normalised
 */
export function networkOf(address: string): string | undefined {
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
  return isIPv6(address) && !address.includes('%') ? `${address.split(':').slice(0, 3).join(':')}::/48` : undefined;
}
