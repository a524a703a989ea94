import { encodeForm } from '../../domain/encode-path.js';
import type { SourceSecrets } from '../../domain/source.js';
import type { Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';
import { isStaleSocket } from './exchange-errors.js';
import { exchange } from './exchange.js';
import type { FailureLog } from './failure-log.js';
import { fileDescription, isDescribed } from './file-description.js';
import type { OutboundDispatcher } from './outbound-dispatcher.js';
import type { OutboundHeaders } from './outbound-headers.js';
import type { BodyUse } from './read-body.js';
import type { ReplyBudget } from './reply-budget.js';
import { toReply } from './reply.js';
import type { SendContext } from './send-context.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether the body of the reply is passed on. */
export const isDownload = ({ expects, method }: UpstreamRequest): boolean => expects === 'stream' && method !== 'HEAD';

interface SourceExchangeOptions {
  readonly dispatcher: OutboundDispatcher;
  readonly headers: OutboundHeaders;
  readonly failures: FailureLog;
  readonly replies: ReplyBudget;
}

/** How a source is accessed. */
export interface SourceAccess {
  /** Sent to the source's own origin only. */
  readonly secrets: SourceSecrets;
  /** Timeout for the response headers. */
  readonly timeoutMs: number;
}

/** Sends requests to a source's own origin. */
export class SourceExchange {
  constructor(private readonly options: SourceExchangeOptions) {}

  /**
   * Sends a request and follows redirects on the source's own origin. The reply keeps the file description of the first one. Failures are
   * returned, never thrown.
   * @param urlOf - returns the URL; what it throws is a failure, too
   */
  async send(urlOf: () => URL, request: UpstreamRequest, context: SendContext, access: SourceAccess): Promise<Outcome> {
    try {
      let url = urlOf();
      let first: Reply | undefined;
      for (let redirects = 0; ; redirects++) {
        const reply = await this.exchangeOnce(
          { ...request, size: first?.headers['x-linked-size'] },
          url,
          context,
          access,
        );
        first ??= reply;
        const target = reply.location;
        const isFollowed =
          target &&
          REDIRECTS.has(reply.status) &&
          new URL(target).origin === url.origin &&
          !isDescribed(request, reply);
        if (!isFollowed)
          return first === reply ? reply : { ...reply, headers: { ...reply.headers, ...fileDescription(first) } };
        if (redirects === MAX_REDIRECTS)
          return { kind: 'failure', category: 'invalid', message: 'It redirected too many times' };
        url = new URL(target);
      }
    } catch (error) {
      return this.options.failures.describe(error);
    }
  }

  private async exchangeOnce(
    request: UpstreamRequest & Pick<BodyUse, 'size'>,
    url: URL,
    context: SendContext,
    { secrets, timeoutMs }: SourceAccess,
  ): Promise<Reply> {
    const { dispatcher, headers } = this.options;
    const options = () => ({
      route: dispatcher.forSource(url, isDownload(request) ? 'downloads' : 'metadata', secrets.client_certificate),
      url,
      method: request.method,
      headers: headers.of(request, context.via, secrets),
      body: request.form && encodeForm(request.form),
      timeoutMs,
      deadlineAt: context.deadlineAt,
      streams: request.expects === 'stream',
      signal: context.signal,
    });
    const data = await exchange(options()).catch((error: unknown) => {
      if (!isStaleSocket(error) || context.signal.aborted) throw error;
      return exchange(options()); // safe to retry: no request to a source changes anything
    });
    const expects = request.method === 'HEAD' ? 'nothing' : request.expects;
    const allowance = this.options.replies.open(context);
    return toReply(data, { expects, size: request.size, allowance, mayBeLarge: request.mayBeLarge }, url);
  }
}
