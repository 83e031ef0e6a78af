import type { Case } from './case.ts';

export const BINARY: readonly Case[] = [
  ["to_hex(md5(to_utf8('a')))", '0CC175B9C0F1B6A831C399E269772661'],
  ["to_hex(sha256(to_utf8('a')))", 'CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB'],
  ["from_base(substr(to_hex(md5(to_utf8('a'))), 1, 15), 16)", '57446577476672362', 'bigint'],
  ["md5(to_utf8('a'))", '0c c1 75 b9 c0 f1 b6 a8 31 c3 99 e2 69 77 26 61', 'varbinary'],
  ["to_base64(to_utf8('hello'))", 'aGVsbG8='],
  ["from_utf8(from_base64('aGVsbG8='))", 'hello'],
  ["from_utf8(from_hex('6869'))", 'hi'],
  ["length(x'ff00')", '2'],
  ["to_hex(sha1(to_utf8('a')))", '86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8'],
  ["to_hex(md5(to_utf8('')))", 'D41D8CD98F00B204E9800998ECF8427E'],
  ["to_hex(md5(to_utf8('é')))", '66DDCD97CFDEABB2F6FB8A999B4BC76F'],
  ["to_base64url(to_utf8('a>?~'))", 'YT4_fg=='],
  ["from_utf8(from_base64url('YT4_fg=='))", 'a>?~'],
  ["to_hex(x'00ff')", '00FF'],
  [
    "to_base64(to_utf8(array_join(repeat('ab', 40), '')))",
    'YWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWI=',
  ],
  ["x'01' = x'01'", 'true'],
];
