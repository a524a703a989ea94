import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { sendReply } from '../../../../src/platform/http/send-reply.js';

it('a client that stops reading a stream is disconnected, and the stream is destroyed', async () => {
  const endless = new Readable({ read: (size) => void endless.push(Buffer.alloc(size)) });
  const destroyed = new Promise((resolve) => endless.once('close', resolve));
  const server = createServer(
    (_, response) => void sendReply(response, { status: 200, headers: {}, stream: endless }, {}, 50),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: hub\r\n\r\n');
  client.pause();
  await destroyed;
  expect(endless.destroyed).toBe(true);
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});
