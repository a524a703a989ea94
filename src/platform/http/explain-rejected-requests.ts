import { maxHeaderSize, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Rejection {
  readonly status: string;
  readonly message: string;
}

const MALFORMED: Rejection = { status: '400 Bad Request', message: 'The request is not valid HTTP.' };

/** By the error codes of Node's parser, for which it would respond without a message. */
const REJECTIONS: Readonly<Record<string, Rejection>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: `The URL and the headers of this request have more than ${maxHeaderSize} bytes together. Shorten them.`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    message: 'The request did not arrive in time. Send it again.',
  },
};

const responseOf = ({ status, message }: Rejection): string => {
  const body = JSON.stringify({ error: message });
  return [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    `X-Error-Message: ${message}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
};

/** A connection, with the response that Node is sending on it. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/** Responds with a message to requests that Node's parser rejects. They never reach the application. */
export function explainRejectedRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: HttpSocket) => {
    // a response that has begun must not continue with another one
    const mayRespond = socket.writable && !socket._httpMessage?.headersSent && error.code !== 'ECONNRESET';
    if (mayRespond) socket.end(responseOf(REJECTIONS[error.code ?? ''] ?? MALFORMED), () => socket.destroy());
    else socket.destroy();
  });
}
