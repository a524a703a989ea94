import { connect } from 'node:net';

/**
 * Sends raw bytes and returns all received data until the connection is closed, for requests and responses that HTTP clients
 * would fix or reject. Requests should have `Connection: close`.
 */
export const rawHttp = (url: string, request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (received += text));
    socket.once('error', reject).once('close', () => resolve(received));
  });
