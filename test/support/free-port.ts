import { createServer, type AddressInfo } from 'node:net';

/** A loopback port that nothing listens on now, for a program that cannot take port 0 and say what it got. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
