import { describe, expect, it } from 'vitest';
import { emailDomain, normalisedEmail } from '../../../events/privacy/email.ts';
import { mentions } from '../../../events/privacy/event-id.ts';
import { networkOf, normalisedIpAddress } from '../../../events/privacy/ip-address.ts';
import { normalised, postcodeArea } from '../../../events/privacy/normalise.ts';
import { isPhone, normalisedPhone } from '../../../events/privacy/phone.ts';

describe('e-mail addresses', () => {
  it('have one spelling, but dots and plus tags stay', () => {
    expect(normalisedEmail(' Jane.Doe+Shop@Example.COM ')).toBe('jane.doe+shop@example.com');
    expect(normalisedEmail('rene\u0301@example.com')).toBe('ren\u00e9@example.com');
  });

  it.each([
    ['jane@example.com', 'example.com'],
    ["o'neill+x@mail.example.co.uk", 'mail.example.co.uk'],
    ['josé@exämple.de', 'exämple.de'],
    ['a@xn--fsq.xn--0zwm56d', 'xn--fsq.xn--0zwm56d'],
    ['jane', undefined],
    ['@example.com', undefined],
    ['jane@', undefined],
    ['jane@localhost', undefined],
    ['jane@doe@example.com', undefined],
    ['jane doe@example.com', undefined],
    ['jane..doe@example.com', undefined],
    ['.jane@example.com', undefined],
    ['jane@-example.com', undefined],
    ['jane@example.c', undefined],
    ['jane@example.123', undefined],
    ['jane@example..com', undefined],
    [`${'x'.repeat(65)}@example.com`, undefined],
    [`jane@${'x.'.repeat(130)}com`, undefined],
  ])('%s is of the domain %s', (email, domain) => {
    expect(emailDomain(email)).toBe(domain);
  });
});

describe('telephone numbers', () => {
  it.each([
    ['+44 20 7946 0958', null, '+442079460958'],
    ['+44 (0)20 7946-0958', null, '+442079460958'],
    ['0044 20 7946 0958', 'DE', '+442079460958'],
    ['020 7946 0958', 'GB', '+442079460958'],
    ['(020) 7946.0958', 'GB', '+442079460958'],
    ['447700900123', 'GB', '+447700900123'],
    ['(202) 555-0143', 'US', '+12025550143'],
    ['1-202-555-0143', 'US', '+12025550143'],
    ['06 1234 5678', 'IT', '+390612345678'],
    ['030 901820', 'DE', '+4930901820'],
    ['06 20 123 4567', 'HU', '+36201234567'],
    ['8 495 123-45-67', 'RU', '+74951234567'],
    ['612 34 56 78', 'ES', '+34612345678'],
    ['020 7946 0958', null, '02079460958'],
    ['020 7946 0958', 'XX', '02079460958'],
    ['Not  Known', 'GB', 'not known'],
  ])('%s in %s is %s', (written, country, spelling) => {
    expect(normalisedPhone(written, country)).toBe(spelling);
  });

  it.each([
    ['020 7946 0958', true],
    ['+442079460958', true],
    ['12345', false],
    ['+44 20 7946 0958 ext. 5', false],
    ['1234567890123456', false],
    ['none', false],
  ])('%s can be one: %s', (written, can) => {
    expect(isPhone(written)).toBe(can);
  });
});

describe('internet addresses', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
    ['2001:DB8:1:2::7', '2001:db8:1:2:0:0:0:7', '2001:db8:1::/48'],
    ['2001:0db8:0001:0002:0000:0000:0000:0007', '2001:db8:1:2:0:0:0:7', '2001:db8:1::/48'],
    ['::1', '0:0:0:0:0:0:0:1', '0:0:0::/48'],
    ['::ffff:203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0:0:0:cb00:7107', '64:ff9b:0::/48'],
    ['300.0.0.1', '300.0.0.1', undefined],
    ['fe80::1%eth0', 'fe80::1%eth0', undefined],
    ['unknown', 'unknown', undefined],
  ])('%s is %s in %s', (written, spelling, network) => {
    expect(normalisedIpAddress(written)).toBe(spelling);
    expect(networkOf(normalisedIpAddress(written))).toBe(network);
  });
});

describe('other values', () => {
  it.each([
    ['name', '  José   O’NEILL ', "josé o'neill"],
    ['address', '12, High  Street.', '12 high street'],
    ['postcode', 'sw1a 1aa', 'SW1A1AA'],
    ['postcode', '00-950', '00950'],
    ['birth_date', '1980-02-29', '1980-02-29'],
  ] as const)('a %s has one spelling: %s', (kind, value, spelling) => {
    expect(normalised(kind, value, null)).toBe(spelling);
  });

  it.each([
    ['SW1A1AA', 'SW'],
    ['M11AE', 'M'],
    ['10115', '10'],
    ['1012AB', '10'],
    ['1000001', '100'],
    ['K1A0B1', 'K'],
    ['SW', undefined],
    ['1', undefined],
    ['-', undefined],
  ])('the postcode %s is in %s', (code, area) => {
    expect(postcodeArea(code)).toBe(area);
  });
});

describe('ids of events', () => {
  it('mention a person by a value of the record or any address', () => {
    expect(mentions('crm-jane.doe-17', ['Jane.Doe', null])).toBe(true);
    expect(mentions('x@y', [])).toBe(true);
    expect(mentions('e-1234', ['Li', 'Jane', undefined])).toBe(false);
  });
});
