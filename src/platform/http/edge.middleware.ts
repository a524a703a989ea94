import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { isNestedTooDeeply, MAX_JSON_DEPTH } from '../../domain/json-nesting.js';
import { MAX_PATHS } from '../../domain/repo-path-limits.js';
import type { HubRequest } from './hub-request.js';
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
const json: Middleware = express.json({ limit: '1mb', type: JSON_TYPES, verify: checkJson });
// for file names with the first bytes of each file, or a whole README
const largeJson: Middleware = express.json({ limit: '10mb', type: JSON_TYPES, verify: checkJson });
const pathsJson: Middleware = express.json({ limit: '2mb', verify: checkJson });
// `paths` is repeated for each path; the other fields are few
const pathsForm: Middleware = express.urlencoded({ limit: '2mb', extended: false, parameterLimit: MAX_PATHS + 100 });

/**
 * Checks a body before it is parsed.
 *
 * @throws Error with a status, which Express passes on, if the body is nested too deeply or not in UTF-8
 */
function checkJson(_request: unknown, _response: unknown, body: Buffer, encoding: string): void {
  if (encoding !== 'utf-8') throw bodyError(415, `JSON must be in UTF-8, but the charset of this body is ${encoding}.`);
  if (isNestedTooDeeply(body))
    throw bodyError(400, `The JSON is nested too deeply. Use at most ${MAX_JSON_DEPTH} levels.`);
}

const bodyError = (status: number, message: string): Error => Object.assign(new Error(message), { status });

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
    securityHeaders(request, response, (error) => {
      if (!(request as HubRequest).urls.isSecureContext) response.removeHeader('Cross-Origin-Opener-Policy');
      if (error) next(error);
      else json(request, response, next);
    });
  } else if (isPathsInfo(request)) {
    pathsJson(request, response, (error) => (error ? next(error) : pathsForm(request, response, next)));
  } else {
    const parse = bodyParser(request);
    if (parse) parse(request, response, next);
    else next();
  }
}
