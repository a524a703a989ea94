import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { drainAfterResponse } from './request-body.js';

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

const JSON_TYPES = ['json', '+json']; // git-lfs has its own type
const json: Middleware = express.json({ limit: '1mb', type: JSON_TYPES });
// for file names with the first bytes of each file, or a whole README
const largeJson: Middleware = express.json({ limit: '10mb', type: JSON_TYPES });
const pathsJson: Middleware = express.json({ limit: '2mb' });
// `paths` may be repeated thousands of times, so only the size in bytes is limited
const pathsForm: Middleware = express.urlencoded({ limit: '2mb', extended: false, parameterLimit: 200_000 });

/** Matches whole segments, because a namespace may be called `docs-team`. */
const isPage = (url: string): boolean => /^\/(admin|docs|docs-json|docs-yaml)([/?]|$)/.test(url);
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The parser for the body. Undefined for requests without a body, and for streamed bodies such as commits and large files. */
function bodyParser({ method, url }: Request): Middleware | undefined {
  if (BODILESS.has(method)) return undefined;
  if (/^\/api\/validate-yaml|\/preupload\//.test(url)) return largeJson;
  if ((url.startsWith('/api/') || url === '/org/create') && !url.includes('/commit/')) return json;
  return /\.git\/info\/lfs\/(objects\/)?(batch|verify|locks)|^\/lfs\/(verify\/|upload\/[^/]+\/complete)/.test(url)
    ? json
    : undefined;
}

const isPathsInfo = (request: Request): boolean =>
  request.method === 'POST' && request.url.startsWith('/api/') && request.url.includes('/paths-info/');

/**
 * Adds security headers to pages and parses the bodies of some routes. This is one function in front of all routes, because each further
 * router layer slows down every download. Streamed bodies are not read.
 */
export function edge(request: Request, response: Response, next: NextFunction): void {
  if (!BODILESS.has(request.method)) drainAfterResponse(request, response);
  if (isPage(request.url)) {
    securityHeaders(request, response, (error) => (error ? next(error) : json(request, response, next)));
  } else if (isPathsInfo(request)) {
    pathsJson(request, response, (error) => (error ? next(error) : pathsForm(request, response, next)));
  } else {
    const parse = bodyParser(request);
    if (parse) parse(request, response, next);
    else next();
  }
}
