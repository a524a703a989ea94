import { once } from 'node:events';
import { connect } from 'node:net';

const STATUS = /^HTTP\/1\.1 (\d{3})/;

/**
 * Posts a body twice over one connection, and like some clients does not read the response before the whole body is sent. The second
 * request shows whether the connection is still usable.
 * @returns the two statuses
 */
export async function postWithoutReading(
  base: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<number[]> {
  const { hostname, port, host } = new URL(base);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const lines = Object.entries({ host, ...headers, 'content-length': String(body.length) });
  const head = [`POST ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  const statuses: number[] = [];
  for (let n = 0; n < 2; n++) {
    socket.pause();
    await new Promise<void>((done, fail) => {
      socket.once('error', fail);
      socket.write(head);
      socket.write(body, (error) => (error ? fail(error) : done()));
    });
    const [answer] = (await once(socket.resume(), 'data')) as [Buffer];
    statuses.push(Number(STATUS.exec(answer.toString('latin1'))?.[1]));
  }
  socket.destroy();
  return statuses;
}
