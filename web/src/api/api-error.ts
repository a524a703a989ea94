/** The outcome of one source, as listed in an error response. */
export interface SourceAttempt {
  readonly name: string;
  readonly status?: number | null;
  readonly category?: string;
}

interface ErrorBody {
  readonly error?: string;
  readonly detail?: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
  readonly sources?: readonly SourceAttempt[];
}

type ApiErrorDetails = Partial<Pick<ApiError, 'code' | 'detail' | 'fields' | 'sources' | 'source' | 'retryAfter'>>;

/** An error response of the hub; status 0 if the hub is unreachable. */
export class ApiError extends Error {
  readonly code: string | undefined;
  readonly detail: string | undefined;
  /** Validation messages by form field. */
  readonly fields: Readonly<Record<string, string>>;
  readonly sources: readonly SourceAttempt[];
  readonly source: string | undefined;
  /** Seconds to wait before retrying (`Retry-After`). */
  readonly retryAfter: number | undefined;

  constructor(
    readonly status: number,
    message: string,
    { code, detail, fields = {}, sources = [], source, retryAfter }: ApiErrorDetails = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.detail = detail;
    this.fields = fields;
    this.sources = sources;
    this.source = source;
    this.retryAfter = retryAfter;
  }

  /** Reads an error response. The body may be something other than JSON, for example a proxy's error page. */
  static async of(response: Response): Promise<ApiError> {
    const body = (await response.json().catch(() => ({}))) as ErrorBody;
    const fields = Object.fromEntries((body.fields ?? []).map(({ field, message }) => [field, message]));
    return new ApiError(
      response.status,
      body.error ?? `The server returned ${response.status} ${response.statusText}`.trim(),
      {
        code: response.headers.get('x-error-code') ?? undefined,
        detail: body.detail,
        fields,
        sources: body.sources,
        source: response.headers.get('x-source') ?? undefined,
        retryAfter: Number(response.headers.get('retry-after')) || undefined,
      },
    );
  }

  /** For a successful response that does not contain the requested item. */
  static notFound(message: string, code: string): ApiError {
    return new ApiError(404, message, { code });
  }

  static unreachable(): ApiError {
    return new ApiError(0, 'Could not connect to the hub. Check your connection and that the hub is running.');
  }
}

/**
 * The reason for a conflict of names: the hub's explanation if a source has the name, `here` if it is taken on this hub. Undefined for other
 * errors.
 */
export function takenMessage(error: unknown, here: string): string | undefined {
  if (!(error instanceof ApiError) || error.status !== 409) return undefined;
  return error.sources.length > 0 ? error.message : here;
}
