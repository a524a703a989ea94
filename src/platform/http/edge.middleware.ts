import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';

type Middleware = (request: Request, response: Response, next: NextFunction) => void;

/** Swagger's page has inline styles and data images; HTTPS is the business of the proxy in front. */
const secured: Middleware = helmet({
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

const adminJson: Middleware = express.json({ limit: '1mb' });
const pathsJson: Middleware = express.json({ limit: '2mb' });
// `paths` may be repeated thousands of times: the limit in bytes is the limit.
const pathsForm: Middleware = express.urlencoded({ limit: '2mb', extended: false, parameterLimit: 200_000 });

/** Exactly these: a namespace may well be called `docs-team`. */
const isPage = (url: string): boolean => /^\/(admin|docs|docs-json|docs-yaml)([/?]|$)/.test(url);
const asksPaths = (request: Request): boolean =>
  request.method === 'POST' && request.url.startsWith('/api/') && request.url.includes('/paths-info/');

/**
 * What some requests need before their route: pages their security headers, a few routes their body. One function in front of all
 * routes, since each further layer of the router costs every download; bodies that are streamed stay unread.
 */
export function edge(request: Request, response: Response, next: NextFunction): void {
  if (isPage(request.url)) {
    secured(request, response, (error) => (error ? next(error) : adminJson(request, response, next)));
  } else if (asksPaths(request)) {
    pathsJson(request, response, (error) => (error ? next(error) : pathsForm(request, response, next)));
  } else {
    next();
  }
}
