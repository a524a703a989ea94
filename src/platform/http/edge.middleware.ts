import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { dropAfterAnswer } from './request-body.js';

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

const JSON_TYPES = ['json', '+json']; // git-lfs has a type of its own
const json: Middleware = express.json({ limit: '1mb', type: JSON_TYPES });
// file names with the first bytes of each, or a whole README
const largeJson: Middleware = express.json({ limit: '10mb', type: JSON_TYPES });
const pathsJson: Middleware = express.json({ limit: '2mb' });
// `paths` may be repeated thousands of times: the limit in bytes is the limit.
const pathsForm: Middleware = express.urlencoded({ limit: '2mb', extended: false, parameterLimit: 200_000 });

/** Exactly these: a namespace may well be called `docs-team`. */
const isPage = (url: string): boolean => /^\/(admin|docs|docs-json|docs-yaml)([/?]|$)/.test(url);
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Which parser takes the body; undefined for what has none, or is streamed: commits, large files. */
function bodyParser({ method, url }: Request): Middleware | undefined {
  if (BODILESS.has(method)) return undefined;
  if (/^\/api\/validate-yaml|\/preupload\//.test(url)) return largeJson;
  if ((url.startsWith('/api/') || url === '/org/create') && !url.includes('/commit/')) return json;
  return /\.git\/info\/lfs\/(objects\/)?(batch|verify|locks)|^\/lfs\/(verify\/|upload\/[^/]+\/complete)/.test(url)
    ? json
    : undefined;
}

const asksPaths = (request: Request): boolean =>
  request.method === 'POST' && request.url.startsWith('/api/') && request.url.includes('/paths-info/');

/**
 * What some requests need before their route: pages their security headers, a few routes their body. One function in front of all
 * routes, since each further layer of the router costs every download; bodies that are streamed stay unread.
 */
export function edge(request: Request, response: Response, next: NextFunction): void {
  if (!BODILESS.has(request.method)) dropAfterAnswer(request, response);
  if (isPage(request.url)) {
    secured(request, response, (error) => (error ? next(error) : json(request, response, next)));
  } else if (asksPaths(request)) {
    pathsJson(request, response, (error) => (error ? next(error) : pathsForm(request, response, next)));
  } else {
    const parse = bodyParser(request);
    if (parse) parse(request, response, next);
    else next();
  }
}
