/** Headers that only S3 servers send: of AWS and most others, and of Google. */
const OF_S3 = /^(x-amz-|x-goog-|x-guploader-)/;
const REQUEST_ID = 'x-amz-request-id';

/** A request of the SDK, as far as it matters here. */
export interface SentRequest {
  readonly method?: string;
  readonly query?: Readonly<Record<string, unknown>>;
}

/** A reply to it. */
export interface ReceivedReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * The reply is not of an S3 server, but of a proxy in front of it, or of another server at its address. The message is a sentence without
 * addresses and without a full stop.
 */
export class ForeignReplyError extends Error {
  /** For the SDK, which repeats requests with a status from 500. */
  readonly $metadata: { readonly httpStatusCode: number };

  /** @param redirectsTo - the origin to which the reply redirects */
  constructor(
    status: number,
    readonly redirectsTo?: string,
  ) {
    super(
      redirectsTo === undefined
        ? `At the address of the S3 server, another server responds (HTTP ${status})`
        : `The S3 server redirects to another address (HTTP ${status})`,
    );
    this.name = 'ForeignReplyError';
    this.$metadata = { httpStatusCode: status };
  }
}

/** Distinguishes the replies of an S3 server from replies of other servers, which would otherwise look like content, or like missing content. */
export class ForeignReplies {
  /** Whether the server has sent request ids. It then sends them with all replies. */
  private sendsRequestIds = false;

  /** The error for a reply that is not of an S3 server. */
  find(request: SentRequest, { statusCode, headers }: ReceivedReply): ForeignReplyError | undefined {
    this.sendsRequestIds ||= REQUEST_ID in headers;
    if (Object.keys(headers).some((name) => OF_S3.test(name))) return undefined;
    if (statusCode >= 300 && statusCode < 400) {
      const { location } = headers;
      return location === undefined ? undefined : new ForeignReplyError(statusCode, originOf(location));
    }
    const isForeign = statusCode < 300 ? this.isForeignContent(request, headers) : isForeignError(headers);
    return isForeign ? new ForeignReplyError(statusCode) : undefined;
  }

  /** Objects can be of any type, but have an ETag. */
  private isForeignContent({ method, query = {} }: SentRequest, headers: ReceivedReply['headers']): boolean {
    if (this.sendsRequestIds) return true;
    const isObject = (method === 'GET' || method === 'HEAD') && !('list-type' in query) && 'etag' in headers;
    return !isObject && /^text\/html\b/i.test(headers['content-type'] ?? '');
  }
}

/** Errors of S3 are XML, or have no content. */
const isForeignError = ({ 'content-type': type = 'xml' }: ReceivedReply['headers']): boolean => !/\bxml\b/i.test(type);

const originOf = (location: string): string => (URL.canParse(location) ? new URL(location).origin : location);
