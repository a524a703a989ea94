import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { compressJson } from './compress-json.js';
import type { HubRequest } from './hub-request.js';
import { drainAfterResponse, hasBody } from './request-body.js';

type Middleware = (request: Request, response: Response, next: NextFunction) => void;

/** Swagger's page has inline styles and data images. HTTPS is configured at the reverse proxy. */
const securityHeaders: Middleware = helmet({
  contentSecurityPolicy: {
    directives: {
      'style-src': ["'self'", "'unsafe-inline'"],
      'script-src': ["'self'"],
      'upgrade-insecure-requests': null,
    },
  },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: { policy: 'same-origin' },
});

/** Matches whole segments, because a namespace may be called `docs-team`. */
const isPage = (url: string): boolean => /^\/(admin|docs|docs-json|docs-yaml)([/?]|$)/.test(url);

/** Downloads do not pass through the compression, which would slow them down. */
const mayBeJson = (url: string): boolean => /^\/(admin\/)?api\/(?!resolve-cache\/)/.test(url);

/**
 * Adds security headers to pages, compresses JSON, and discards bodies that were not read. This is one function in front of all routes, because each further
 * router layer slows down every download.
 */
export function edge(request: Request, response: Response, next: NextFunction): void {
  if (hasBody(request)) drainAfterResponse(request, response);
  const proceed = mayBeJson(request.url) ? () => compressJson(request, response, next) : next;
  if (!isPage(request.url)) return proceed();
  securityHeaders(request, response, (error) => {
    if (!(request as HubRequest).urls.isSecureContext) response.removeHeader('Cross-Origin-Opener-Policy');
    if (error) next(error);
    else proceed();
  });
}
