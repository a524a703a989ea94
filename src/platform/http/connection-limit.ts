import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './client-address.js';
import type { TrustsProxy } from './requested-address.js';

const MESSAGE =
  'Your address has too many connections to this hub. Close some of them, or wait until they are closed.\n';
/** Sent before the request was read, so that it is not even parsed. */
const REFUSAL = [
  'HTTP/1.1 429 Too Many Requests',
  'Connection: close',
  'Retry-After: 5',
  'X-Error-Code: RateLimited',
  `X-Error-Message: ${MESSAGE.trim()}`,
  'Content-Type: text/plain; charset=utf-8',
  `Content-Length: ${MESSAGE.length}`,
  '',
  MESSAGE,
].join('\r\n');

/**
 * Limits the open connections of each address. Connections of trusted proxies are not limited, because each of them serves many clients; the
 * proxy knows its clients and has such limits itself.
 */
export class ConnectionLimit {
  private readonly counts = new Map<string, number>();

  /** @param onRefused - called for each connection that is refused */
  constructor(
    private readonly max: number,
    private readonly trusts: TrustsProxy,
    private readonly onRefused: () => void,
  ) {}

  watch(server: Server): void {
    server.prependListener('connection', (socket: Socket) => this.check(socket));
  }

  private check(socket: Socket): void {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || this.trusts(remoteAddress, 0)) return;
    const address = networkOf(remoteAddress);
    const count = (this.counts.get(address) ?? 0) + 1;
    this.counts.set(address, count);
    socket.once('close', () => this.release(address));
    if (count <= this.max) return;
    this.onRefused();
    socket.end(REFUSAL, () => socket.destroy());
  }

  private release(address: string): void {
    const rest = this.counts.get(address)! - 1;
    if (rest > 0) this.counts.set(address, rest);
    else this.counts.delete(address);
  }
}
