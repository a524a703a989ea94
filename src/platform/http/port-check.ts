import { createServer } from 'node:net';

/**
 * Opens the port and closes it again, so that startup fails before anything is created if the port cannot be used.
 * @throws the system's error, for example `EADDRINUSE`
 */
export function checkPort(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, host, () => server.close(() => resolve()));
  });
}
