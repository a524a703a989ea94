import { readFileSync } from 'node:fs';

const pathOf = (name: string): string => new URL(`fixtures/tls/${name}`, import.meta.url).pathname;
const read = (name: string): string => readFileSync(pathOf(name), 'utf8');

/** The certificate authority of the tests, as a file for `KOHAKU_HUB_CA_FILE`. */
export const TEST_CA_FILE = pathOf('ca.pem');
export const TEST_CA = read('ca.pem');

/** A certificate for localhost, hub.test, 127.0.0.1 and 127.0.0.2, issued by that authority. */
export const SERVER_TLS = { cert: read('server.pem'), key: read('server-key.pem') };

/** A client certificate with its key, issued by that authority. */
export const CLIENT_BUNDLE = read('client-bundle.pem');
export const CLIENT_NAME = 'hubfall-client';
