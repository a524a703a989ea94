import { connect } from 'node:net';

/**
 * Sends bytes as they are and gives back everything that came until the connection closed: for requests and answers that HTTP clients
 * would repair or refuse. Ask for `Connection: close`.
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
