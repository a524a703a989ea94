import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { ClientKey } from '../../domain/client-key.js';
import type { HubRequest } from './hub-request.js';

/** Some proxies add the port of the client to the forwarded address: `192.0.2.1:5000`, `[2001:db8::1]:5000`. */
const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d+)?$/;

/** An address in its canonical form, without port. Undefined if the text is not an address. Runs several times per request. */
function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  const address = v6 ?? v4 ?? text;
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : undefined;
}

/**
 * The IP address of the client. Behind trusted proxies (`KOHAKU_HUB_TRUSTED_PROXIES`), it is the right-most untrusted entry of
 * `X-Forwarded-For`: clients can write all entries to the left of it. Empty if the connection is closed and its address unknown.
 */
export function clientAddress(request: IncomingMessage): string {
  const peer = request.socket.remoteAddress ?? '';
  const { ip = peer } = request as Request;
  return canonicalAddress(ip) ?? canonicalAddress(peer) ?? peer;
}

/** The key of an address in rate limits. An IPv6 /64 network (one household) counts as a single address. */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address;
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}

/** Identifies the client of a request among all clients. A link or token that the hub has signed belongs to the account that got it. */
export function clientKey(request: HubRequest): ClientKey {
  const account = request.caller.accountId ?? request.holder;
  return account === undefined ? addressKey(request) : `account ${account}`;
}

/** Identifies the address of a client, also before its caller is known. */
export const addressKey = (request: IncomingMessage): ClientKey => `address ${networkOf(clientAddress(request))}`;

/** The IP address of the client, as a parameter of a controller method. */
export const ClientAddress = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  clientAddress(context.switchToHttp().getRequest<Request>()),
);
