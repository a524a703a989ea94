import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import type { ConnectionOptions as TlsOptions, SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import type { ForwardProxy } from '../../platform/config/hub-config.js';
import { proxyRefusal, proxyUnreachable } from './proxy-error.js';

/** Includes the time that the proxy needs to connect to the target. */
const TUNNEL_TIMEOUT_MS = 10_000;

/** Options of connections. */
export interface ConnectOptions {
  readonly timeout: number;
  readonly lookup: LookupFunction;
  readonly secureContext?: SecureContext;
}

/** Connects to a forward proxy, for requests in absolute form. */
export function proxyConnector(proxy: ForwardProxy, options: ConnectOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) =>
    connect(target, (...[error, socket]) => {
      if (error) callback(proxyUnreachable(proxy, error), null);
      else callback(null, socket);
    });
}

/** Connects to https hosts through a tunnel of a forward proxy. */
export function tunnelConnector(
  proxy: ForwardProxy,
  options: ConnectOptions,
  proxyContext: SecureContext | undefined,
): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    const authority = target.port ? target.host! : `${target.host}:443`;
    openTunnel(proxy, authority, { ...options, secureContext: proxyContext }).then(
      (socket) => connect({ ...target, httpSocket: socket }, callback),
      (error: Error) => callback(error, null),
    );
  };
}

/** @throws ProxyError */
function openTunnel(proxy: ForwardProxy, authority: string, options: ConnectOptions): Promise<Socket> {
  const { protocol, hostname, port } = new URL(proxy.url);
  const isTls = protocol === 'https:';
  const { authorization } = proxy;
  const connect: RequestOptions & Pick<TlsOptions, 'secureContext'> = {
    method: 'CONNECT',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port || (isTls ? 443 : 80),
    path: authority,
    headers: { host: authority, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
    agent: false,
    lookup: options.lookup,
    secureContext: options.secureContext,
    signal: AbortSignal.timeout(TUNNEL_TIMEOUT_MS),
  };
  return new Promise((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)(connect);
    request.once('connect', ({ statusCode = 0 }, socket: Socket) => {
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.destroy();
      reject(proxyRefusal(proxy, statusCode));
    });
    request.once('error', (error) => reject(proxyUnreachable(proxy, error)));
    request.end();
  });
}
